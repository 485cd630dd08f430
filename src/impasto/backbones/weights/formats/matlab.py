"""Read the convolutions of a MatConvNet network from a MATLAB file of version 5.

The file is a header of 128 bytes and a sequence of elements: a type, a length, and the data, padded
to eight bytes; a compressed element holds another. A matrix is an element that holds elements: its
class, its dimensions, its name, and then numbers, or further matrices (of a cell or a struct).
MatConvNet keeps ``layers``, a cell of structs with ``name``, ``type`` and ``weights`` (older:
``filters`` and ``biases``).

Source: MathWorks, "MAT-File Format" (version 5).
"""

from __future__ import annotations

import math
import mmap
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

HEADER = 128
LARGEST = 1 << 31
"""Bytes that a compressed element may become: four times a VGG with its classifier."""

DEEPEST = 8
"""How far matrices may lie inside of each other; MatConvNet needs four levels."""

_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8",
            13: "u8", 16: "u1", 17: "u2", 18: "u4"}  # fmt: skip
_MATRIX, _COMPRESSED = 14, 15
_CELL, _STRUCT, _TEXT = 1, 2, 4
_NUMERIC = range(6, 16)


def read(path: Path) -> dict[str, Tensor]:
    """Return ``NAME.weight`` (O, I, K, K) and ``NAME.bias`` (O) of each convolution.

    Raises:
        ValueError: If the file is damaged, of another version, or holds no network.
    """
    with path.open("rb") as file:
        content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    if bytes(content[:10]) == b"MATLAB 7.3":
        raise ValueError("a file of MATLAB 7.3 is HDF5: save it again with -v7")
    if len(content) < HEADER or bytes(content[126:128]) not in (b"IM", b"MI"):
        raise ValueError("it has no header of a MATLAB file")
    order = "<" if bytes(content[126:128]) == b"IM" else ">"
    for kind, data in _elements(content[HEADER:], order):
        whole = kind == _COMPRESSED
        for inner, matrix in _elements(_inflate(data), order) if whole else [(kind, data)]:
            name, value = _matrix(matrix, order, 0) if inner == _MATRIX else ("", None)
            if name == "net" and isinstance(value, dict):
                name, value = "layers", value.get("layers", [None])[0]
            if name == "layers":
                return _convolutions(value)
    raise ValueError("it has no variable 'layers', as the networks of MatConvNet have")


def _convolutions(layers: Any) -> dict[str, Tensor]:
    """Return the tensors of those layers that are convolutions."""
    found: dict[str, Tensor] = {}
    for layer in layers if isinstance(layers, list) else []:
        parts = {key: values[0] for key, values in layer.items()} if type(layer) is dict else {}
        pair = parts.get("weights") or [parts.get("filters"), parts.get("biases")]
        if parts.get("type") != "conv" or not isinstance(pair, list) or len(pair) != 2:
            continue
        filters, biases = pair
        if isinstance(filters, np.ndarray) and isinstance(biases, np.ndarray):
            # (K, K, I, O), and MATLAB drops dimensions of 1 at the end.
            filters = filters.reshape(filters.shape + (1,) * (4 - filters.ndim))
            weight = np.ascontiguousarray(filters.transpose(3, 2, 0, 1), dtype=np.float32)
            found[f"{parts.get('name')}.weight"] = torch.from_numpy(weight)
            bias = torch.from_numpy(biases.astype(np.float32).flatten())
            found[f"{parts.get('name')}.bias"] = bias
    return found


def _inflate(data: memoryview) -> memoryview:
    """Return what a compressed element holds, which must not be absurdly much."""
    inflater = zlib.decompressobj()
    try:
        found = inflater.decompress(data, LARGEST)
    except zlib.error as error:
        raise ValueError(f"a compressed part is damaged ({error})") from error
    if not inflater.eof:
        raise ValueError("a compressed part ends early or is too large")
    return memoryview(found)


def _elements(data: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    """Yield the type and the data of each element."""
    at = 0
    while at < len(data):
        if len(data) - at < 8:
            raise ValueError("it ends in the middle of an element")
        kind, length = struct.unpack_from(order + "II", data, at)
        start = at + 8
        if kind >> 16:  # up to four bytes stand in the place of the length
            kind, length, start = kind & 0xFFFF, kind >> 16, at + 4
            end = at + 8
        else:
            end = start + length + (-length % 8 if kind != _COMPRESSED else 0)
        if length > (4 if start == at + 4 else len(data) - start):
            raise ValueError("it ends in the middle of an element")
        yield kind, data[start : start + length]
        at = end


def _matrix(data: memoryview, order: str, depth: int) -> tuple[str, Any]:
    """Return the name and the value of a matrix.

    A cell is a list, a struct a dictionary of lists, text a string, and numbers an array in
    MATLAB's dimensions; other classes are None.
    """
    if not data:
        return "", None
    if depth > DEEPEST:
        raise ValueError("its matrices lie too deep inside of each other")
    parts = list(_elements(data, order))
    if len(parts) < 3:
        raise ValueError("a matrix has no class, dimensions and name")
    flags = _array(*parts[0], order)
    dimensions = [int(n) for n in _array(*parts[1], order)]
    name, rest = _text(*parts[2], order), parts[3:]
    kind = int(flags[0]) & 0xFF if len(flags) else 0
    if kind == _CELL:
        return name, [_matrix(inner, order, depth + 1)[1] for _, inner in rest]
    if kind == _STRUCT and len(rest) >= 2:
        return name, _fields(rest, order, depth)
    if kind == _TEXT and rest:
        return name, _text(*rest[0], order)
    if kind in _NUMERIC and rest:
        numbers = _array(*rest[0], order)
        if math.prod(dimensions) != numbers.size:
            raise ValueError(f"it has {numbers.size} numbers for the shape {tuple(dimensions)}")
        return name, numbers.reshape(dimensions, order="F")
    return name, None


def _fields(parts: list[tuple[int, memoryview]], order: str, depth: int) -> dict[str, list[Any]]:
    """Return the fields of a struct array: each a list with one value per element."""
    lengths = _array(*parts[0], order)
    length = int(lengths[0]) if len(lengths) else 0
    text = bytes(parts[1][1])
    if length < 1 or len(text) % length:
        raise ValueError("a struct has no field names")
    names = [
        text[at : at + length].split(b"\0")[0].decode("ascii", "replace")
        for at in range(0, len(text), length)
    ]
    values = [_matrix(inner, order, depth + 1)[1] for _, inner in parts[2:]]
    if not names or not values or len(values) % len(names):
        raise ValueError("a struct has fields without values")
    return {name: values[index :: len(names)] for index, name in enumerate(names)}


def _array(kind: int, data: memoryview, order: str) -> NDArray[Any]:
    if kind not in _NUMBERS:
        raise ValueError(f"numbers have the unknown type {kind}")
    dtype = np.dtype(order + _NUMBERS[kind])
    if len(data) % dtype.itemsize:
        raise ValueError("numbers end in the middle of one")
    return np.frombuffer(data, dtype)


def _text(kind: int, data: memoryview, order: str) -> str:
    return "".join(map(chr, _array(2 if kind == 1 else kind, data, order)))
