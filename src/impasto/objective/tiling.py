"""How an image is divided into tiles with margins, and where they lie in its feature maps.

A process may have a part of the image: some bands of rows, each as high as a row of tiles.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, final

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


@dataclass(frozen=True, eq=False)
class Band:
    """Some rows of an image, with margins: all of them, or those of one process.

    Attributes:
        rows: Which they are.
        pixels: The image there (1, C, h, W), margins included.
        height: Of the whole image.
    """

    rows: Span
    pixels: Tensor
    height: int

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the image."""
        return self.rows.stop - self.rows.start == self.height

    @property
    def inner(self) -> slice:
        """Its rows without margins, in ``pixels``."""
        first = self.rows.outer_start
        return slice(self.rows.start - first, self.rows.stop - first)

    def owns(self, tile: Tile) -> bool:
        """Tell whether the inner part of a tile lies in its rows."""
        return self.rows.start <= tile.rows.start < self.rows.stop

    def cut(self, tile: Tile, like: Tensor | None = None) -> Tensor:
        """Return the padded part of a tile, of the image or of another tensor ``like`` it."""
        first = self.rows.outer_start
        rows = slice(tile.rows.outer_start - first, tile.rows.outer_stop - first)
        return (self.pixels if like is None else like)[..., rows, tile.columns.outer]


class Bands(Protocol):
    """Divides an image into bands, of which some may lie in other processes."""

    def share(self, image: Tensor) -> Sequence[Band]:
        """Return the bands that lie here, with margins, from what this process has of an image."""

    def collect(self, gradients: Sequence[Tensor]) -> Tensor:
        """Return the gradient of what this process has, given those of the bands that lie here.

        This is the adjoint of `share`: what falls on a margin belongs to the rows below it.
        """

    def gather(self, parts: Sequence[Any]) -> Sequence[Any]:
        """Return what belongs to each band, for all of them in their order.

        Everybody adds up the same in the same order, so that all know the same sum.

        Args:
            parts: What belongs to each band that lies here.
        """


@final
class OneBand:
    """One band that is the whole image."""

    def share(self, image: Tensor) -> Sequence[Band]:
        """Return the image."""
        height = image.shape[2]
        return [Band(Span(0, height, 0, height, last=True), image, height)]

    def collect(self, gradients: Sequence[Tensor]) -> Tensor:
        """Return its gradient."""
        (gradient,) = gradients
        return gradient

    def gather(self, parts: Sequence[Any]) -> Sequence[Any]:
        """Return what there is."""
        return parts


ONE_BAND: Final = OneBand()


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


def tiles(
    shape: Sequence[int], backbone: FrozenNetwork, layers: Collection[str], side: int
) -> list[Tile]:
    """Divide an image of a height and width into tiles for the given layers; side 0 gives one."""
    rows, columns = (spans_for(length, backbone, layers, side) for length in shape)
    return [Tile(row, column) for row in rows for column in columns]


def spans_for(
    length: int, backbone: FrozenNetwork, layers: Collection[str], side: int
) -> list[Span]:
    """Divide a height or width for the given layers."""
    # A cut-out of one position's margin may be too small for the network itself.
    margin = max(backbone.margin(layers), backbone.minimum_side - 1) if side else 0
    stride = backbone.stride(layers) if side else 1  # one tile needs no grid
    return spans(length, side, margin, stride)
