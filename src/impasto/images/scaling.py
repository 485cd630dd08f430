"""Sizes: how large a picture becomes, and making it so."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from impasto.images.picture import FloatArray, Picture
from impasto.images.resampling import resample, resample_rows

LEAST_ALPHA = 0.5 / 255
"""What is more transparent than this is written as fully transparent in 8 bits."""


def fit(width: int, height: int, long_side: int) -> tuple[int, int]:
    """Return ``(width, height)`` in proportion with the longer side exactly ``long_side`` pixels.

    The shorter side is rounded to the nearest pixel (a half up), and is at least 1.

    Example:
        >>> fit(4000, 3000, 512)
        (512, 384)
    """
    longest = max(width, height)
    new_width, new_height = (
        max(1, (2 * side * long_side + longest) // (2 * longest)) for side in (width, height)
    )
    return new_width, new_height


def resize(array: npt.NDArray[np.floating[Any]], width: int, height: int) -> FloatArray:
    """Return the picture at exactly ``width x height`` pixels, as float64 if it is, else float32.

    An axis that shrinks is filtered with Lanczos-3 over the whole area of each new pixel
    (antialiased), one that grows with a cubic (a = -1/2), which reproduces linear ramps exactly.
    Both put pixel centers where they belong, so nothing is shifted, and the result is the same on
    every run. At a hard edge these filters overshoot by up to a tenth of the step; what would leave
    the range of the input, channel by channel, is cut off there.

    Args:
        array: ``(H, W, C)`` or ``(H, W)``, any range.
        width: The new width in pixels, at least 1.
        height: The new height in pixels, at least 1.

    Example:
        >>> resize(np.zeros((20, 30, 3)), 15, 10).shape
        (10, 15, 3)
    """
    if array.dtype == np.float64:
        return _resize_double(array, width, height)
    values = np.asarray(array, np.float32)
    if values.ndim == 2:
        return _resize_channel(values, width, height)
    channels = [_resize_channel(values[..., c], width, height) for c in range(values.shape[2])]
    return np.stack(channels, axis=2)


def resize_rows(
    array: npt.NDArray[np.floating[Any]], width: int, height: int, rows: slice
) -> FloatArray:
    """Return some rows of what `resize` gives, up to rounding, without the others.

    Args:
        array: ``(H, W, C)`` or ``(H, W)``, any range.
        width: Of the whole at its new size, in pixels.
        height: Likewise.
        rows: Of the new size.
    """
    old_height, old_width = array.shape[:2]
    found = array[rows] if old_height == height else resample_rows(array, height, rows)
    if old_width != width:
        found = resample(found.astype(np.float64, copy=False), width, axis=1)
    clipped: FloatArray = np.clip(found, array.min(axis=(0, 1)), array.max(axis=(0, 1)))
    return clipped.astype(array.dtype, copy=False)


def resize_cutout(picture: Picture, width: int, height: int) -> FloatArray:
    """Return the colors of a picture with transparency at exactly ``width x height`` pixels.

    Each color counts by its alpha, so that what transparency hides does not seep into the border;
    where the result is transparent, it is white.

    Args:
        picture: With or without transparency.
        width: The new width in pixels, at least 1.
        height: The new height in pixels, at least 1.

    Returns:
        ``(H, W, 3)``, sRGB in [0, 1], not multiplied by alpha.

    Source: Porter and Duff (1984), "Compositing Digital Images", section 3: colors are filtered
    multiplied by alpha.
    """
    if picture.alpha is None or picture.alpha.shape == (height, width):
        return resize(picture.rgb, width, height)
    alpha = resize(picture.alpha, width, height)[..., None]
    colors = resize(picture.over_black(), width, height)
    seen = alpha >= LEAST_ALPHA
    divided: FloatArray = np.where(seen, colors / np.where(seen, alpha, 1), colors.dtype.type(1))
    return divided.clip(0, 1)


def cover(array: npt.NDArray[np.floating[Any]], width: int, height: int) -> FloatArray:
    """Return the middle of the picture that has the shape ``width x height``, at that size.

    The proportions stay, up to the rounding of a pixel; what reaches beyond the shape is cut off,
    as much on one side as on the other.

    Example:
        >>> cover(np.zeros((30, 40, 3)), 20, 20).shape
        (20, 20, 3)
    """
    old_height, old_width = array.shape[:2]
    scale = max(width / old_width, height / old_height)
    rows, columns = round(old_height * scale), round(old_width * scale)
    rows = height if abs(rows - height) <= 1 else rows  # Rounded by someone else: no need to cut.
    columns = width if abs(columns - width) <= 1 else columns
    covering = resize(array, columns, rows)
    top, left = (rows - height) // 2, (columns - width) // 2
    return np.ascontiguousarray(covering[top : top + height, left : left + width])


def _resize_channel(channel: FloatArray, width: int, height: int) -> FloatArray:
    # Pillow in its float mode, not libvips: vips_resize 8.18 shifts what it enlarges, by a third of
    # a pixel from 64 to 100, and this code leaves a ramp where it was to 1e-6.
    image = Image.fromarray(np.ascontiguousarray(channel))
    if width != image.width:
        image = image.resize((width, image.height), _filter(image.width, width))
    if height != image.height:
        image = image.resize((width, height), _filter(image.height, height))
    return np.clip(np.asarray(image, np.float32), channel.min(), channel.max())


def _resize_double(array: npt.NDArray[Any], width: int, height: int) -> FloatArray:
    values: npt.NDArray[Any] = array
    for axis, new in ((1, width), (0, height)):
        if values.shape[axis] != new:
            values = resample(values, new, axis)
    clipped: FloatArray = np.clip(values, array.min(axis=(0, 1)), array.max(axis=(0, 1)))
    return clipped


def _filter(old: int, new: int) -> Image.Resampling:
    return Image.Resampling.LANCZOS if new < old else Image.Resampling.BICUBIC
