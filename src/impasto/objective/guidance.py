"""Masks spread with the network: from the pixels of a picture to the positions of a layer.

A position of a deep layer sees many pixels: the square that it stands for, and a margin around it.
Near the border of a region it sees both sides. A row of
`impasto.registry.SPREADS` decides how much such a position counts; larger regions and shallow
layers hardly notice.

Source: Gatys et al. (2017), "Controlling Perceptual Factors in Neural Style Transfer", section 4.
# Differs from Gatys et al. (2017): they find what a position sees by sending noise through the
network; here it is known from the network's geometry, so soft masks can be spread as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as nnf
from torch import Tensor

from impasto.backbones import Geometry

RowsAndColumns = tuple[int, int]

Spread = Callable[[Tensor, Geometry, RowsAndColumns], Tensor]
"""From a mask (1, 1, H, W), where the positions of a layer lie, and their rows h and columns w to
the weights (1, 1, h, w) of these positions."""

NEGLIGIBLE = 1e-3
"""Weights with a smaller sum are none."""


def simple(mask: Tensor, where: Geometry, shape: RowsAndColumns) -> Tensor:
    """Count a position by the share of its square that lies in the region.

    The square is in the middle of what the position sees: a network without padding sees further
    to the right and below than its strides tell.
    """
    side = where.stride
    first = (where.after - where.before - side + 1) // 2
    return nnf.avg_pool2d(_cut(mask, first, side, side, shape), side)


def eroded(mask: Tensor, where: Geometry, shape: RowsAndColumns) -> Tensor:
    """Count a position by the least of its square and the eight around it."""
    shares = _cut(simple(mask, where, shape), -1, 3, 1, shape)
    return _minimum(shares, 3, 1)


def inside(mask: Tensor, where: Geometry, shape: RowsAndColumns) -> Tensor:
    """Count a position by the least of all pixels that it sees."""
    side = where.before + where.after + 1
    return _minimum(_cut(mask, -where.before, side, where.stride, shape), side, where.stride)


def _cut(mask: Tensor, first: int, side: int, stride: int, shape: RowsAndColumns) -> Tensor:
    """Return the pixels of squares that lie ``stride`` apart, from the one beginning at ``first``.

    Outside of the picture its border is continued.
    """
    for dim, count in zip((2, 3), shape, strict=True):
        pixels = torch.arange(first, first + (count - 1) * stride + side, device=mask.device)
        mask = mask.index_select(dim, pixels.clamp(0, mask.shape[dim] - 1))
    return mask


def _minimum(mask: Tensor, side: int, stride: int) -> Tensor:
    """Return the smallest value in squares."""
    rows = nnf.max_pool2d(-mask, (side, 1), (stride, 1))
    return -nnf.max_pool2d(rows, (1, side), (1, stride))


def spread(mask: Tensor, where: Geometry, shape: RowsAndColumns, how: Spread) -> Tensor:
    """Return the weights of a layer's positions.

    Where a region is too small for a layer to have a position inside, positions count by their
    share instead, so that no region loses a layer at the coarse sizes.
    """
    weights = how(mask, where, shape)
    if weights.sum() > NEGLIGIBLE:
        return weights
    # Unlike the squares, this sees every pixel, wherever the positions lie.
    return nnf.adaptive_avg_pool2d(mask, shape)


@dataclass(frozen=True, eq=False)
class Region:
    """A part of the image at one size, and the parts of the style pictures that it is painted with.

    Attributes:
        name: Empty if it is the only one.
        content: How much each pixel of the image belongs to it, (1, 1, H, W); None for all of it.
        styles: The style pictures that it is painted with, by index, and which part of each.
    """

    name: str
    content: Tensor | None
    styles: Mapping[int, Tensor | None]

    @classmethod
    def whole(cls, styles: int) -> Region:
        """Return the region that is everything, painted with all of so many style pictures."""
        return cls("", None, dict.fromkeys(range(styles)))

    @property
    def share(self) -> float:
        """The share of the picture that it covers."""
        return 1.0 if self.content is None else float(self.content.mean())
