"""Read the convolutions of a ``.caffemodel``: Caffe's networks, in protocol buffers.

A message is a sequence of fields: a tag ``number << 3 | kind``, then a variable-length integer
(kind 0), eight bytes (1), a length and so many bytes (2), or four bytes (5). Of Caffe's messages,
only what leads to the numbers is looked at:

    NetParameter   layer = 100 (new), layers = 2 (before 2014)
    layer          new: name = 1, type = 2, blobs = 7; old: name = 4, type = 5, blobs = 6
    BlobProto      shape = 7 (its dim = 1), or num, channels, height, width = 1 to 4; data = 5,
                   double_data = 8

Source: Caffe's caffe.proto for the numbers; the protocol buffer documentation for the encoding.
"""

from __future__ import annotations

import math
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from impasto.filesystem import open_regular

FieldValue = int | memoryview
FIXED = {1: 8, 5: 4}
"""Bytes of the kinds that have always as many."""

NET_LAYER, NET_OLD_LAYER = 100, 2


@dataclass(frozen=True)
class _Layout:
    """The numbers of a layer's fields, and the type of a convolution."""

    name: int
    type: int
    blobs: int
    convolution: FieldValue


_LAYOUTS = {
    NET_LAYER: _Layout(1, 2, 7, memoryview(b"Convolution")),
    NET_OLD_LAYER: _Layout(4, 5, 6, 4),
}


def read(path: Path) -> dict[str, Tensor]:
    """Return ``NAME.weight`` (O, I / groups, K, K) and ``NAME.bias`` (O) of each convolution.

    Raises:
        ValueError: If the file is damaged or no network; the message says where.
    """
    with open_regular(path) as file:
        # Mapped, because most of a large file are classifiers, which nobody asks for.
        content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    found: dict[str, Tensor] = {}
    layers = 0
    for number, value in fields(content):
        if number in _LAYOUTS and isinstance(value, memoryview):
            layers += 1
            found |= _layer(value, _LAYOUTS[number])
    if not layers:
        raise ValueError("it has no layers")
    return found


def fields(message: memoryview) -> Iterator[tuple[int, FieldValue]]:
    """Yield the number and the value of each field of a message.

    Raises:
        ValueError: If the bytes are no message.
    """
    at = 0
    while at < len(message):
        tag, at = varint(message, at)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            value, at = varint(message, at)
            yield number, value
            continue
        if kind == 2:
            length, at = varint(message, at)
        elif kind in FIXED:
            length = FIXED[kind]
        else:
            raise ValueError(f"a field has the unknown kind {kind}")
        if number == 0 or length > len(message) - at:
            raise ValueError("it ends in the middle of a field")
        yield number, message[at : at + length]
        at += length


def varint(message: memoryview, at: int) -> tuple[int, int]:
    """Return the variable-length integer at a place, and the place behind it.

    Seven bits per byte, the lowest first; the highest bit says that another byte follows.

    Raises:
        ValueError: If it has no end, or more than 64 bits.
    """
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise ValueError("it ends in the middle of a number")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number has more than 64 bits")


def _layer(message: memoryview, layout: _Layout) -> dict[str, Tensor]:
    """Return weight and bias of a layer; nothing if it is no convolution."""
    name, kind, blobs = "", None, []
    for number, value in fields(message):
        if number == layout.name and isinstance(value, memoryview):
            name = bytes(value).decode("utf-8")
        elif number == layout.type:
            kind = value
        elif number == layout.blobs and isinstance(value, memoryview):
            blobs.append(value)
    if kind != layout.convolution or not blobs:
        return {}
    if len(blobs) > 2:
        raise ValueError(f"layer {name} has {len(blobs)} blobs where a convolution has two")
    tensors = {f"{name}.weight": _blob(blobs[0], name)}
    if len(blobs) == 2:
        tensors[f"{name}.bias"] = _blob(blobs[1], name).flatten()
    return tensors


def _blob(message: memoryview, layer: str) -> Tensor:
    """Return the numbers of a blob in its shape."""
    shape: list[int] = []
    legacy = {1: 0, 2: 0, 3: 0, 4: 0}
    pieces: dict[int, list[memoryview]] = {5: [], 8: []}
    for number, value in fields(message):
        if number in legacy and isinstance(value, int):
            legacy[number] = value
        elif number == 7 and isinstance(value, memoryview):
            shape = _dimensions(value)
        elif number in pieces and isinstance(value, memoryview):
            pieces[number].append(value)
    # Old files have four dimensions always, the first of them 1 where fewer are meant.
    shape = shape or list(legacy.values())
    doubles = bool(pieces[8])
    numbers = _numbers(pieces[8 if doubles else 5], "<f8" if doubles else "<f4", layer)
    if math.prod(shape) != numbers.size:
        raise ValueError(f"layer {layer} has {numbers.size} numbers for the shape {tuple(shape)}")
    return torch.from_numpy(numbers.astype(np.float32)).reshape(shape)


def _dimensions(message: memoryview) -> list[int]:
    """Return the dimensions of a BlobShape, packed into one field or not."""
    found: list[int] = []
    for number, value in fields(message):
        if number != 1:
            continue
        if isinstance(value, int):
            found.append(value)
            continue
        at = 0
        while at < len(value):
            dimension, at = varint(value, at)
            found.append(dimension)
    return found


def _numbers(pieces: list[memoryview], kind: str, layer: str) -> NDArray[np.floating]:
    """Return numbers that are packed into one field, or have a field each."""
    data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    if len(data) % np.dtype(kind).itemsize:
        raise ValueError(f"the numbers of layer {layer} end in the middle of one")
    return np.frombuffer(data, kind)
