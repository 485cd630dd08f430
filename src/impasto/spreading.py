"""Masks spread with the network: from the pixels of a picture to the positions of a layer.

A position of a deep layer sees many pixels: the square that it stands for, and a margin around it.
Near the border of a region it sees both sides. A row of `tables.SPREADS` decides how much such a
position counts; larger regions and shallow layers hardly notice.

Source: Gatys et al. (2017), "Controlling Perceptual Factors in Neural Style Transfer", section 4.
# Differs from Gatys et al. (2017): they find what a position sees by sending noise through the
network; here it is known from the network's margin, so soft masks can be spread as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch.nn.functional as nnf
from torch import Tensor

Spread = Callable[[Tensor, int, int], Tensor]
"""From a mask (1, 1, H, W), the stride of a layer and its margin, both in pixels, to the weights
(1, 1, H // stride, W // stride) of its positions."""

LEAST = 1e-3
"""Weights with a smaller sum are none."""


def simple(mask: Tensor, stride: int, margin: int) -> Tensor:
    """Count a position by the share of its square that lies in the region."""
    return nnf.avg_pool2d(mask, stride)


def eroded(mask: Tensor, stride: int, margin: int) -> Tensor:
    """Count a position by the least of its square and the eight around it."""
    return _least(simple(mask, stride, margin), 3, 1, 1)


def inside(mask: Tensor, stride: int, margin: int) -> Tensor:
    """Count a position by the least of all pixels that it sees."""
    return _least(mask, stride + 2 * margin, stride, margin)


def _least(mask: Tensor, side: int, stride: int, margin: int) -> Tensor:
    """Return the smallest value in squares; what lies outside of the picture does not count."""
    rows = nnf.max_pool2d(-mask, (side, 1), (stride, 1), (margin, 0))
    return -nnf.max_pool2d(rows, (1, side), (1, stride), (0, margin))


def spread(mask: Tensor, stride: int, margin: int, how: Spread) -> Tensor:
    """Return the weights of a layer's positions.

    Where a region is too small for a layer to have a position inside, positions count by their
    share instead, so that no region loses a layer at the coarse sizes.
    """
    weights = how(mask, stride, margin)
    if weights.sum() > LEAST:
        return weights
    height, width = mask.shape[2:]
    # Unlike a pooling, this also sees the rows and columns that the stride does not divide.
    return nnf.adaptive_avg_pool2d(mask, (height // stride, width // stride))


@dataclass(frozen=True, eq=False)
class Area:
    """A region at one size.

    Attributes:
        name: Of the region; empty if it is the only one.
        content: How much each pixel of the image belongs to it, (1, 1, H, W); None for all of it.
        styles: The paintings that it is painted with, by index, and which part of each.
    """

    name: str
    content: Tensor | None
    styles: Mapping[int, Tensor | None]

    @property
    def share(self) -> float:
        """The share of the picture that it covers."""
        return 1.0 if self.content is None else float(self.content.mean())
