"""How a sound file is damaged: as by bad memory, a broken copy, or somebody who means harm."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from random import Random

HEAD = 256
"""Bytes at the beginning that are hit as often as all the others together."""

EXTREMES = tuple(
    (value & (256**size - 1)).to_bytes(size, order)
    for size in (1, 2, 4, 8)
    for value in (0, 1, -1, -2, 1 << (8 * size - 1), (1 << (8 * size - 1)) - 1, 1 << (4 * size))
    for order in ("little", "big")
)
"""Numbers that programs forget."""

PNG = b"\x89PNG\r\n\x1a\n"


def mutant(data: bytes, other: bytes, random: Random) -> bytes:
    """Return a damaged file.

    Args:
        data: The sound file.
        other: Another one, of which parts may get into it.
        random: Draws the damage.
    """
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        data = random.choice(DAMAGES)(data, other, random)
    if data.startswith(PNG) and random.random() < 0.5:
        data = with_right_checksums(data)
    return data


def _place(data: bytes, random: Random) -> int:
    most = min(len(data), HEAD) if random.random() < 0.5 else len(data)
    return random.randrange(most) if most else 0


def _piece(data: bytes, random: Random) -> bytes:
    at = _place(data, random)
    return data[at : at + random.choice((1, 4, 16, 64, 512))]


def flip(data: bytes, other: bytes, random: Random) -> bytes:
    """Flip some bits."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8)) if data else 0):
        changed[_place(data, random)] ^= 1 << random.randrange(8)
    return bytes(changed)


def cut(data: bytes, other: bytes, random: Random) -> bytes:
    """Leave the end out."""
    return data[: random.randrange(len(data) + 1)]


def splice(data: bytes, other: bytes, random: Random) -> bytes:
    """Go on with another file."""
    return data[: _place(data, random)] + other[_place(other, random) :]


def paste(data: bytes, other: bytes, random: Random) -> bytes:
    """Overwrite a place with a piece of another file."""
    at, piece = _place(data, random), _piece(other, random)
    return data[:at] + piece + data[at + len(piece) :]


def double(data: bytes, other: bytes, random: Random) -> bytes:
    """Let a piece stand twice, or many times."""
    at, piece = _place(data, random), _piece(data, random)
    return data[:at] + piece * random.choice((1, 1, 50)) + data[at:]


def drop(data: bytes, other: bytes, random: Random) -> bytes:
    """Take a piece out."""
    at = _place(data, random)
    return data[:at] + data[at + random.choice((1, 4, 16, 64, 512)) :]


def exaggerate(data: bytes, other: bytes, random: Random) -> bytes:
    """Write a number that is as large, small or negative as can be, as a length may be."""
    at, number = _place(data, random), random.choice(EXTREMES)
    return data[:at] + number + data[at + len(number) :]


def fill(data: bytes, other: bytes, random: Random) -> bytes:
    """Overwrite a piece with zeros, as a disk does, or with noise."""
    at, length = _place(data, random), random.choice((4, 16, 512, 4096))
    length = min(length, len(data) - at)
    piece = random.randbytes(length) if random.random() < 0.5 else bytes(length)
    return data[:at] + piece + data[at + length :]


DAMAGES: tuple[Callable[[bytes, bytes, Random], bytes], ...] = (
    *(flip, cut, splice, paste, double, drop, exaggerate, fill),
)


def with_right_checksums(png: bytes) -> bytes:
    """Return a PNG file whose chunks have the checksums of what is in them.

    So what is damaged gets past the first check.
    """
    at, found = len(PNG), [png[: len(PNG)]]
    while at + 12 <= len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        chunk = png[at + 4 : at + 8 + length]
        found += [png[at : at + 4], chunk, struct.pack(">I", zlib.crc32(chunk))]
        at += 12 + length
    return b"".join(found) + png[at:]
