"""Clips in: pictures in a folder, or of a pattern, one a frame."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import final

from impasto import images
from impasto.errors import PictureError
from impasto.video.source import Source, SourceFrame

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp")
"""What counts in a folder of frames."""

FRAME_NUMBER = re.compile(r"%0?\d*d")
"""Where the number stands in a pattern like ``frame-%04d.png``."""


def pictures_of(pattern: str) -> list[Path]:
    """Return the files of a pattern, in the order of the numbers in their names."""
    number = FRAME_NUMBER.search(pattern)
    if number is None:
        return sorted(map(Path, glob.glob(pattern)), key=by_number)  # noqa: PTH207 - any depth
    before, after = pattern[: number.start()], pattern[number.end() :]
    found = glob.glob(f"{glob.escape(before)}*{glob.escape(after)}")  # noqa: PTH207
    numbered = [name for name in found if name[len(before) : len(name) - len(after)].isdecimal()]
    return sorted(map(Path, numbered), key=by_number)


def by_number(path: Path) -> list[tuple[int, str]]:
    """Return what sorts names as people count: frame 9 before frame 10."""
    parts = re.split(r"(\d+)", path.name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


@final
class PictureSequence(Source):
    """Pictures of equal size, one a frame."""

    def __init__(self, path: Path, pictures: list[Path], rate: float) -> None:
        """Read the first one."""
        if not pictures:
            raise PictureError(
                f"'{path}' has no pictures: it must be a folder or a pattern of "
                f"{', '.join(PICTURES)}."
            )
        self.path, self.pictures = path, pictures
        self.height, self.width = images.read(pictures[0]).rgb.shape[:2]
        self.rate = Fraction(rate).limit_denominator(1001)
        self.time_base = 1 / self.rate
        self.expected = len(pictures)

    def frames(self, start: float = 0) -> Iterator[SourceFrame]:
        """Yield the pictures; see `Source.frames`."""
        for number, path in enumerate(self.pictures):
            if (number + 1) * self.time_base <= start:
                continue
            rgb = images.read(path).over_white()
            if rgb.shape[:2] != (self.height, self.width):
                raise PictureError(
                    f"'{path}' has {rgb.shape[1]} x {rgb.shape[0]} pixels and the first frame "
                    f"{self.width} x {self.height}: all frames must have one size."
                )
            yield SourceFrame(rgb, number, 1)

    def files(self) -> list[Path]:
        """Return the pictures."""
        return self.pictures
