"""How large the pictures of a painting are at each size, and how small ones are padded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from impasto import images
from impasto.images import Picture, Rgb, fit

Shape = tuple[int, int]
"""Height and width in pixels."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The geometry of a painting.

    Attributes:
        content: Height and width of the content image's file.
        styles: Likewise of the style pictures.
        style_scale: The size of style pictures relative to the result's: one for all, or for each.
        minimum_side: The smallest height and width that reach the deepest layer and suit the
            losses.
    """

    content: Shape
    styles: tuple[Shape, ...]
    style_scale: tuple[float, ...]
    minimum_side: int = 1

    def shape(self, size: int) -> Shape:
        """Return height and width of the result whose long side is ``size``."""
        return fitted_shape(self.content, size)

    def style_shapes(self, size: int) -> list[Shape]:
        """Return height and width of each style picture where the result has a side of ``size``."""
        sides = self.style_sizes(size)
        return [fitted_shape(*each) for each in zip(self.styles, sides, strict=True)]

    def style_sizes(self, size: int) -> list[int]:
        """Return the long side of each style picture where the result has one of ``size``."""
        scales = self.style_scale
        scales = scales * len(self.styles) if len(scales) == 1 else scales
        return [max(round(size * scale), 1) for scale in scales]

    def pad(self, image: Tensor) -> Tensor:
        """Continue sides of an image (1, C, H, W) that are below the minimum by reflection."""
        for dim in (2, 3):
            side, least = image.shape[dim], self.minimum_side
            if side < least:
                index = torch.arange(least, device=image.device) - _before(side, least)
                index = index % (2 * side)
                image = image.index_select(dim, torch.minimum(index, 2 * side - 1 - index))
        return image

    def cut(self, image: Tensor, size: int) -> Tensor:
        """Return an image of one size without what `pad` has added."""
        height, width = self.shape(size)
        top, left = _before(height, self.minimum_side), _before(width, self.minimum_side)
        return image[:, :, top : top + height, left : left + width]


def _before(side: int, least: int) -> int:
    """Return how many pixels are padded before a side that is below the minimum."""
    return max(least - side, 0) // 2


def fitted_shape(shape: Sequence[int], long_side: int) -> Shape:
    """Return height and width of a picture resized to a long side."""
    width, height = fit(shape[1], shape[0], long_side)
    return height, width


def shape_of(picture: Picture) -> Shape:
    """Return height and width of a picture."""
    height, width = picture.rgb.shape[:2]
    return height, width


def scaled(rgb: Rgb, long_side: int) -> Rgb:
    """Return a picture resized to a long side."""
    height, width = fitted_shape(rgb.shape, long_side)
    return images.resize(rgb, width, height)
