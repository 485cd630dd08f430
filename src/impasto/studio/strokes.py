"""What is painted onto a picture with the page's brush: a color, or none, for every place."""

from __future__ import annotations

import base64
import binascii
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from impasto.controls import CORNERS, LEAST_SHARE
from impasto.errors import PictureError
from impasto.images import Picture

Strokes = NDArray[np.uint8]
"""(H, W): 0 where nothing is painted, else 1 and more, the place in `STROKE_COLORS`."""

STROKE_COLORS = ("red", "green", "blue", "yellow", "magenta", "cyan")
"""The colors of the brush: those of a color mask but white, which hides on a bright picture."""

PREFIX = "data:image/png;base64,"

MOST_LETTERS = 4_000_000
"""Letters of a message with strokes."""

MOST_SIDE = 2048
"""Pixels of the longer side of what is painted on: the page sends 1024."""

VALUES = np.array([(0, 0, 0), *(CORNERS[name] for name in STROKE_COLORS)], np.float32)


def received(message: object) -> Strokes | None:
    """Return what a page says was painted, or None if that is nothing; anything may come.

    Args:
        message: A PNG with transparency as a data URI.

    Raises:
        PictureError: If it is something else, or too large.
    """
    if not isinstance(message, str) or not message.startswith(PREFIX):
        raise PictureError("what the brush painted did not arrive: paint again.")
    if len(message) > MOST_LETTERS:
        raise PictureError("what the brush painted is too large: reload the page and paint again.")
    try:
        data = base64.b64decode(message[len(PREFIX) :], validate=True)
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            if max(picture.size) > MOST_SIDE:
                raise PictureError(
                    f"what the brush painted has {picture.width} x {picture.height} pixels: at "
                    f"most {MOST_SIDE} on a side are accepted."
                )
            rgba = np.asarray(picture.convert("RGBA"), np.float32) / np.float32(255)
    except (binascii.Error, OSError, ValueError, SyntaxError) as error:
        raise PictureError("what the brush painted cannot be read: paint again.") from error
    strokes = nearest(rgba[..., :3])
    strokes[rgba[..., 3] < 0.5] = 0
    return strokes if strokes.any() else None


def nearest(rgb: NDArray[np.float32]) -> Strokes:
    """Return the nearest color of the brush, or none where it is nearly black."""
    distances = np.stack([np.square(rgb - value).sum(axis=2) for value in VALUES], axis=2)
    found: Strokes = distances.argmin(axis=2).astype(np.uint8)
    return found


def of_mask(mask: Picture) -> Strokes:
    """Return the strokes of a mask: what is white in it was painted in a single color."""
    rgb = mask.over_black()
    strokes = nearest(rgb)
    strokes[rgb.min(axis=2) > 0.5] = 1
    return strokes


def sent(strokes: Strokes) -> str:
    """Return strokes as a page shows them, the opposite of `received`."""
    rgba = np.concatenate([VALUES[strokes], (strokes > 0)[..., None]], axis=2)
    file = io.BytesIO()
    Image.fromarray((255 * rgba).astype(np.uint8)).save(file, "PNG")
    return PREFIX + base64.b64encode(file.getvalue()).decode()


def shares(strokes: Strokes) -> dict[str, float]:
    """Return how much of the picture each color covers, the colors that are there.

    Example:
        >>> shares(np.array([[1, 1, 0, 2]], np.uint8))
        {'red': 0.5, 'green': 0.25}
    """
    counts = np.bincount(strokes.reshape(-1), minlength=len(VALUES))[1:] / strokes.size
    return {name: float(share) for name, share in zip(STROKE_COLORS, counts, strict=True) if share}


def used(strokes: Strokes) -> list[str]:
    """Return the colors that are regions: what is left of a color painted over is none.

    A color mask tells colors apart from `LEAST_SHARE` on; a single region may be smaller.
    """
    found = shares(strokes)
    large = [name for name, share in found.items() if share > LEAST_SHARE]
    return large or sorted(found, key=lambda name: -found[name])[:1]


def as_mask(strokes: Strokes, names: list[str]) -> NDArray[np.float32]:
    """Return a mask (H, W, 3) of some colors in these colors, everything else black."""
    values = VALUES.copy()
    for index, name in enumerate(STROKE_COLORS, start=1):
        if name not in names:
            values[index] = 0
    mask: NDArray[np.float32] = values[strokes]
    return mask


def as_gray(strokes: Strokes, name: str) -> NDArray[np.float32]:
    """Return a mask (H, W, 3) that is white where a color is, and black elsewhere."""
    inside = strokes == STROKE_COLORS.index(name) + 1
    return np.repeat(inside[..., None], 3, axis=2).astype(np.float32)
