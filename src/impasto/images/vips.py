"""libvips images as pictures: upright, sRGB, alpha apart."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt
import pyvips

from impasto.errors import PictureError
from impasto.images.picture import FloatArray, Picture, assemble
from impasto.machine import Threads

# How many of the bands are color, by libvips's interpretation; a band after them is alpha.
_COLOR_BANDS = {"b-w": 1, "grey16": 1, "srgb": 3, "rgb": 3, "rgb16": 3, "cmyk": 4}
_COLOR_BANDS_OF_UNNAMED = {1: 1, 2: 1, 3: 3, 4: 3}
_PEAK = {"uchar": 255, "ushort": 65535}
_ICC_SPACE = {1: b"GRAY", 3: b"RGB ", 4: b"CMYK"}

MM_PER_INCH = 25.4
"""libvips counts pixels per millimeter."""

LIBVIPS = Threads("pictures cannot be read or written")
"""Used wherever libvips is going to compute."""


def from_vips(
    image: Any, name: str, *, has_alpha: bool = True, dtype: npt.DTypeLike = np.float32
) -> Picture:
    """Turn a decoded libvips image into a Picture.

    Args:
        image: Gray, RGB or CMYK in 8 or 16 bits.
        name: What it is called in messages.
        has_alpha: Whether a band after the colors is alpha; else it is left out.
        dtype: Of the picture's numbers.

    Raises:
        PictureError: If it is of another kind.
        UsageError: In a process forked from one where libvips has computed.
        pyvips.Error: If it cannot be computed.
    """
    LIBVIPS.use()
    image = image.autorot()
    bands = _COLOR_BANDS.get(image.interpretation)
    if image.interpretation == "multiband":
        bands = _COLOR_BANDS_OF_UNNAMED.get(image.bands)
    if bands is None or image.bands - bands not in (0, 1) or image.format not in _PEAK:
        raise PictureError(
            f"{name} has {image.bands} channels of kind {image.interpretation}/{image.format}: "
            "only gray, RGB and CMYK in 8 or 16 bits are read, with at most one channel of alpha, "
            "so convert it to one of these."
        )
    rgb = _to_srgb(image.extract_band(0, n=bands), dtype)
    if image.bands == bands or not has_alpha:
        return assemble(rgb, None)
    return assemble(rgb, _numbers(image.extract_band(bands), dtype)[..., 0])


def resolution_of(image: Any) -> float | None:
    """Return the pixels per inch of a libvips image, or None where its file does not say.

    What libvips gives then is 72, or for some formats one pixel per millimeter, which nobody means.
    """
    return None if abs(image.xres - 1) < 1e-3 or image.xres <= 0 else image.xres * MM_PER_INCH


@functools.cache
def srgb_profile() -> bytes:
    """Return the sRGB ICC profile that libvips carries (480 bytes, in the public domain)."""
    return bytes(pyvips.Image.profile_load("srgb"))


def _numbers(image: Any, dtype: npt.DTypeLike) -> FloatArray:
    """Return 8- or 16-bit bands as numbers in [0, 1], shape ``(H, W, C)``."""
    values = image.numpy().reshape(image.height, image.width, image.bands)
    numbers: FloatArray = np.array(values, dtype)
    numbers /= numbers.dtype.type(_PEAK[image.format])
    return numbers


def _to_srgb(color: Any, dtype: npt.DTypeLike) -> FloatArray:
    """Convert 1, 3 or 4 color bands of 8 or 16 bits to sRGB in [0, 1], shape ``(H, W, 3)``."""
    profile = _usable_profile(color)
    if profile not in (None, srgb_profile()):
        try:
            return _by_profile(color, dtype, embedded=True)
        except pyvips.Error:  # A damaged profile: show the picture as a viewer would without it.
            pass
    if color.bands == 4:
        return _by_profile(color, dtype, input_profile="cmyk")
    return np.broadcast_to(_numbers(color, dtype), (color.height, color.width, 3))


def _by_profile(color: Any, dtype: npt.DTypeLike, **source: Any) -> FloatArray:
    wide = color.format == "ushort"
    names = {1: "grey16" if wide else "b-w", 3: "rgb16" if wide else "srgb", 4: "cmyk"}
    named = color.copy(interpretation=names[color.bands])
    # 16 bits out also for 8 bits in: a conversion must not add a second rounding.
    converted = named.icc_transform(
        "srgb", depth=16, intent="relative", black_point_compensation=True, **source
    )
    return _numbers(converted, dtype)


def _usable_profile(color: Any) -> bytes | None:
    """Return the embedded profile if it is of the picture's own color space."""
    if not color.get_typeof("icc-profile-data"):
        return None
    profile = bytes(color.get("icc-profile-data"))
    return profile if profile[16:20] == _ICC_SPACE[color.bands] else None
