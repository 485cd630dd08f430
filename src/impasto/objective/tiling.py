"""How an image is divided into tiles with margins, and where they lie in its feature maps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from impasto.backbones import FrozenNetwork, empty_features, memory_format


@dataclass(frozen=True)
class Span:
    """A stretch of rows or columns with its margins.

    Attributes:
        start: First pixel of the inner part.
        stop: One beyond its last pixel.
        outer_start: First pixel, margin included.
        outer_stop: One beyond the last pixel, margin included.
        last: Whether the inner part ends where the image ends.
    """

    start: int
    stop: int
    outer_start: int
    outer_stop: int
    last: bool

    @property
    def outer(self) -> slice:
        """The pixels of the padded part."""
        return slice(self.outer_start, self.outer_stop)

    def inner(self, stride: int) -> slice:
        """The inner part in a feature map of the padded part, one position every ``stride``."""
        start = (self.start - self.outer_start) // stride
        return slice(start, None if self.last else start + (self.stop - self.start) // stride)

    def whole(self, stride: int) -> slice:
        """The inner part in a feature map of the whole image."""
        return slice(self.start // stride, None if self.last else self.stop // stride)


@dataclass(frozen=True)
class Tile:
    """One tile of an image: ``rows`` times ``columns``."""

    rows: Span
    columns: Span

    def cut(self, image: Tensor) -> Tensor:
        """Return the padded part of an image (B, C, H, W)."""
        return image[..., self.rows.outer, self.columns.outer]

    def inner(self, features: Tensor, stride: int) -> Tensor:
        """Return the inner part of a feature map of the padded part."""
        rows, columns = self.rows.inner(stride), self.columns.inner(stride)
        part: Tensor = _Part.apply(features, rows, columns)  # type: ignore[no-untyped-call]
        return part

    def place(self, stride: int) -> tuple[slice, slice]:
        """Return rows and columns of the inner part in a feature map of the whole image."""
        return self.rows.whole(stride), self.columns.whole(stride)


class _Part(torch.autograd.Function):
    """Some rows and columns of a feature map; they and the gradient lie in memory as the map does.

    Torch's own gradient of a slice is channels first: all that follows would take twice the time.
    """

    @staticmethod
    def forward(ctx: Any, features: Tensor, rows: slice, columns: slice) -> Tensor:
        ctx.shape, ctx.rows, ctx.columns = features.shape, rows, columns
        ctx.format = memory_format(features)
        return features[..., rows, columns].contiguous(memory_format=ctx.format)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        change = empty_features(ctx.shape, gradients[0], ctx.format).zero_()
        change[..., ctx.rows, ctx.columns] = gradients[0]
        return change, None, None


def spans(length: int, side: int, margin: int, stride: int) -> list[Span]:
    """Divide a length into inner parts of about equal size, at most ``side`` pixels each.

    All borders but the end of the image lie on multiples of ``stride``, so that pooling sees the
    same squares as in the whole image. Side 0 gives one part.

    Example:
        >>> [(span.start, span.stop, span.outer_stop) for span in spans(100, 64, 10, 16)]
        [(0, 64, 80), (64, 100, 100)]
    """
    if side == 0:
        return [Span(0, length, 0, length, last=True)]
    margin = round_up(margin, stride)
    count = -(-length // max(side // stride * stride, stride))
    step = round_up(-(-length // count), stride)
    starts = range(0, length, step)
    return [
        Span(
            start,
            min(start + step, length),
            max(start - margin, 0),
            min(start + step + margin, length),
            last=start + step >= length,
        )
        for start in starts
    ]


def round_up(number: int, multiple: int) -> int:
    """Return the next multiple that is not below a number."""
    return -(-number // multiple) * multiple


def tiles(image: Tensor, backbone: FrozenNetwork, layers: Collection[str], side: int) -> list[Tile]:
    """Divide an image (1, 3, H, W) into tiles for the given layers; side 0 gives one tile."""
    # A cut-out of one position's margin may be too small for the network itself.
    margin = max(backbone.margin(layers), backbone.minimum_side - 1) if side else 0
    stride = backbone.stride(layers) if side else 1  # one tile needs no grid
    rows, columns = (spans(length, side, margin, stride) for length in image.shape[-2:])
    return [Tile(row, column) for row in rows for column in columns]
