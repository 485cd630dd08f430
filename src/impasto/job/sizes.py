"""How large the pictures of a painting are at each size."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from impasto import images
from impasto.controls.color import Rgb
from impasto.errors import SettingsError
from impasto.images import Picture, fit
from impasto.job.resources import Extent
from impasto.optimize.curvature_pairs import kept_type
from impasto.losses.matting import BYTES
from impasto.settings.settings import Settings


def style_sizes(settings: Settings, size: int, count: int) -> list[int]:
    """Return the long side of each style picture where the result has one of ``size``."""
    scales = (
        settings.style_scale * count if len(settings.style_scale) == 1 else settings.style_scale
    )
    return [max(round(size * scale), 1) for scale in scales]


def shape_of(picture: Picture, long_side: int) -> tuple[int, int]:
    """Return height and width of a picture resized to a long side."""
    height, width = picture.rgb.shape[:2]
    return fit(width, height, long_side)[::-1]


def scaled(rgb: Rgb, long_side: int) -> Rgb:
    """Return a picture resized to a long side."""
    width, height = fit(rgb.shape[1], rgb.shape[0], long_side)
    return images.resize(rgb, width, height)


def extent_of(settings: Settings, content: Picture, styles: Sequence[Picture]) -> Extent:
    """Return the sizes that decide how much memory a painting needs.

    Raises:
        SettingsError: If a picture would be larger than Impasto reads and writes.
    """
    sizes = style_sizes(settings, settings.size, len(styles))
    sides = [(content, settings.size), *zip(styles, sizes, strict=True)]
    shapes = []
    for picture, side in sides:
        shapes.append(shape_of(picture, side))
        if math.prod(shapes[-1]) > images.MAX_PIXELS:
            height, width = shapes[-1]
            raise SettingsError(
                f"a picture would have {width} x {height} pixels: at most "
                f"{images.MAX_PIXELS // 10**6} million are possible, so lower size or style_scale."
            )
    type_ = torch.float64 if settings.precision == "float64" else torch.float32
    vectors = 2.0
    if settings.optimizer.startswith("lbfgs"):
        kept = kept_type(3 * math.prod(shapes[0]), type_)
        vectors = 2 * settings.history * kept.itemsize / type_.itemsize
    terms = BYTES if settings.photoreal_weight else 0
    return Extent(shapes[0], max(shapes, key=math.prod), vectors, type_.itemsize, terms)
