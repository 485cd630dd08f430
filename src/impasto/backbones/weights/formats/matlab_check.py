"""Check a MATLAB file of version 5 before SciPy reads it.

SciPy believes what it reads: it makes room for as many cells as a matrix declares, unpacks whatever
is compressed, and numbers of an unknown type end the process. It gets only a variable whose every
matrix holds exactly what it declares.

The file is a header of 128 bytes and a sequence of elements: a type, a length, and the data, padded
to eight bytes; a compressed element holds another. A matrix is an element that holds elements: its
class, its dimensions, its name, and then numbers, or further matrices (of a cell or a struct).

Source: MathWorks, "MAT-File Format" (version 5); SciPy's ``scipy/io/matlab/_mio5_utils.pyx``.
"""

from __future__ import annotations

import math
import mmap
import struct
import zlib
from collections.abc import Container, Iterator
from itertools import islice
from pathlib import Path

from impasto.filesystem import open_regular

HEADER = 128
LARGEST = 1 << 31
"""Bytes that a compressed element may become: four times a VGG with its classifier."""

RATIO, PLAIN = 20, 1 << 20
"""How many times as large a compressed element may become, beyond a first part of so many bytes:
weights shrink by a tenth at most, and what becomes a thousand times as large is all zeros."""

DEEPEST = 8
"""How far matrices may lie inside of each other; MatConvNet needs four levels."""

MOST = 100_000
"""Matrices in one variable: SciPy takes 100 bytes for an empty one. A VGG has less than 1000."""

FIELDS = 1000
"""Fields of a struct: SciPy compares each name with all before it."""

SIDES = 32
"""Dimensions of a matrix, as NumPy allows."""

_NUMBERS = frozenset({1, 2, 3, 4, 5, 6, 7, 9, 12, 13, 16, 17, 18})
_MATRIX, _COMPRESSED = 14, 15
_CELL, _STRUCT, _TEXT, _NUMERIC = 1, 2, 4, range(6, 16)
_COMPLEX = 1 << 11

_Element = tuple[int, memoryview]


def check(path: Path, variables: Container[str]) -> str | None:
    """Return the first of some variables that a file has, or None; all up to its end is sound.

    Raises:
        ValueError: If something is not, or if it is no MATLAB file of version 5.
    """
    with open_regular(path) as file:
        content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    if bytes(content[:10]) == b"MATLAB 7.3":
        raise ValueError("a file of MATLAB 7.3 is HDF5: save it again with -v7")
    if len(content) < HEADER or bytes(content[126:128]) not in (b"IM", b"MI"):
        raise ValueError("it has no header of a MATLAB file")
    order = "<" if bytes(content[126:128]) == b"IM" else ">"
    for kind, data in _elements(content[HEADER:], order):
        if kind == _COMPRESSED:
            kind, data = next(_elements(_inflate(data), order), (0, data))
        if kind != _MATRIX:
            raise ValueError("a variable is no matrix")
        name = bytes(_parts(data, order)[2][1]).decode("latin1")
        if name in variables:
            _check(data, order)
            return name
    return None


def _inflate(data: memoryview) -> memoryview:
    """Return what a compressed element holds, which must not be absurdly much."""
    inflater, largest = zlib.decompressobj(), min(LARGEST, PLAIN + RATIO * len(data))
    try:
        found = inflater.decompress(data, largest)
    except zlib.error as error:
        raise ValueError(f"a compressed part is damaged ({error})") from error
    if not inflater.eof:
        raise ValueError("a compressed part ends early or is too large")
    return memoryview(found)


def _elements(data: memoryview, order: str) -> Iterator[_Element]:
    """Yield the type and the data of each element: a known type, and data that are all there."""
    at = 0
    while at < len(data):
        if len(data) - at < 8:
            raise ValueError("it ends in the middle of an element")
        kind, length = struct.unpack_from(order + "II", data, at)
        start, room = at + 8, len(data) - at - 8
        if small := kind >> 16:  # up to four bytes stand in the place of the length
            kind, length, start, room = kind & 0xFFFF, small, at + 4, 4
        if length > room:
            raise ValueError("it ends in the middle of an element")
        # SciPy goes on behind the last part of a matrix, so the matrix has to end there too.
        if kind not in _NUMBERS | {_MATRIX, _COMPRESSED} or (
            kind == _MATRIX and (small or length % 8)
        ):
            raise ValueError(f"an element has the unknown type {kind}")
        yield kind, data[start : start + length]
        padding = 0 if kind == _COMPRESSED else -length % 8
        at = at + 8 if small else start + length + padding


def _parts(matrix: memoryview, order: str) -> list[_Element]:
    """Return the parts of a matrix: flags, dimensions, name, and what follows."""
    parts = list(islice(_elements(matrix, order), MOST))
    if len(parts) < 3 or len(parts[0][1]) != 8 or len(parts[1][1]) > 4 * SIDES:
        raise ValueError("a matrix has no class, dimensions and name")
    return parts


def _check(matrix: memoryview, order: str, depth: int = 0) -> int:
    """Return how many matrices a matrix is and has inside; each holds exactly what it declares.

    Raises:
        ValueError: If one does not, if there are too many, or if they lie too deep.
    """
    if not matrix:
        return 1
    if depth > DEEPEST:
        raise ValueError("its matrices lie too deep inside of each other")
    (_, flags), (_, sides), _, *parts = _parts(matrix, order)
    (flag,) = struct.unpack_from(f"{order}I", flags)
    shape = struct.unpack_from(f"{order}{len(sides) // 4}i", sides)
    size = math.prod(shape)
    leaves, inner = _declared(flag, size, parts, order)
    kinds = [kind for kind, _ in parts]
    exact = len(kinds) == leaves + inner and _NUMBERS.issuperset(kinds[:leaves])
    proper = len(shape) > 1 and min(shape) >= 0
    if not proper or not exact or set(kinds[leaves:]) - {_MATRIX}:
        raise ValueError(f"a matrix of the shape {shape} holds something else than it declares")
    if leaves and not inner and size > len(parts[0][1]):  # a number takes a byte at least
        raise ValueError(f"a matrix of the shape {shape} has {len(parts[0][1])} bytes of numbers")
    count = 1
    for _, data in parts[leaves:]:
        count += _check(data, order, depth + 1)
        if count > MOST:
            raise ValueError(f"it holds more than {MOST} matrices")
    return count


def _declared(flag: int, size: int, parts: list[_Element], order: str) -> tuple[int, int]:
    """Return how many parts of numbers a matrix has to hold, and how many matrices."""
    kind = flag & 0xFF
    if kind == _CELL:
        return 0, size
    if kind == _STRUCT:  # the length of a name, the names in a row, and the values
        text = parts[1][1] if len(parts) > 1 else b""
        length = int.from_bytes(parts[0][1], "little" if order == "<" else "big") if text else 0
        if not length or len(text) % length or len(text) > FIELDS * length:
            raise ValueError("a struct has no field names")
        return 2, size * (len(text) // length)
    if (kind == _TEXT or kind in _NUMERIC) and not flag & _COMPLEX:
        return 1, 0
    raise ValueError(f"a matrix has the class {kind}, or complex numbers: networks have not")
