"""What a picture is once it is in memory, and how large or small it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from impasto.errors import PictureError

MAX_PIXELS = 200_000_000
"""The most pixels a picture may have (a file can claim billions in a header of 30 bytes)."""

MIN_LONG_SIDE = 16
"""The fewest pixels along the longer side; the shorter side may be a single pixel."""

FloatArray = npt.NDArray[np.floating[Any]]
"""Numbers in single precision, or in double where a run is in double."""

Rgb = FloatArray
"""A picture (H, W, 3), sRGB in [0, 1]."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as Impasto sees it, upright and in sRGB.

    Attributes:
        rgb: ``(H, W, 3)`` float32 or float64, sRGB values in [0, 1], not multiplied by alpha.
            Where alpha is 0 the file's color is one that nobody has seen, so it is white here.
        alpha: ``(H, W)`` in [0, 1], 1 is opaque; None for a picture without transparency.
        notes: What was taken for granted in reading it, or left out, one sentence each.
        resolution: Pixels per inch when it is printed, or None where its file does not say.
    """

    rgb: FloatArray
    alpha: FloatArray | None = None
    notes: tuple[str, ...] = ()
    resolution: float | None = None

    def over_white(self) -> FloatArray:
        """Return the colors seen on white paper: ``a rgb + (1 - a)``, shape ``(H, W, 3)``."""
        if self.alpha is None:
            return self.rgb
        return self.rgb * self.alpha[..., None] + (1 - self.alpha[..., None])

    def over_black(self) -> FloatArray:
        """Return the colors seen on black paper: ``a rgb``, shape ``(H, W, 3)``."""
        return self.rgb if self.alpha is None else self.rgb * self.alpha[..., None]


@dataclass(frozen=True)
class Canvas:
    """The shape of a picture that is painted from nothing, in place of a photograph.

    Attributes:
        width: In pixels.
        height: In pixels.

    Raises:
        PictureError: If it has too many pixels, or too few.
    """

    width: int
    height: int

    def __post_init__(self) -> None:
        check_size(self.width, self.height, "the canvas")

    @property
    def picture(self) -> Picture:
        """A gray picture of this shape, which takes no memory."""
        gray = np.broadcast_to(np.float32(0.5), (self.height, self.width, 3))
        return Picture(gray)


def check_size(width: int, height: int, name: str, most: int = MAX_PIXELS) -> None:
    """Refuse a picture that is too large or too small, before its pixels are decoded.

    Raises:
        PictureError: If it has more than ``most`` pixels, or its longer side has fewer
            than ``MIN_LONG_SIDE``.
    """
    if width * height > most:
        raise PictureError(
            f"{name} has {width} x {height} pixels: at most {most // 1_000_000} million "
            "are read, so make a smaller copy of it."
        )
    if max(width, height) < MIN_LONG_SIDE or min(width, height) < 1:
        raise PictureError(
            f"{name} has {width} x {height} pixels: its longer side must have at least "
            f"{MIN_LONG_SIDE}, so choose a larger picture."
        )


def assemble(rgb: FloatArray, alpha: FloatArray | None) -> Picture:
    """Return the picture, with white in place of the colors that full transparency hides."""
    if alpha is not None:
        rgb = np.where(alpha[..., None] == 0, rgb.dtype.type(1), rgb)
    return Picture(np.ascontiguousarray(rgb), alpha)
