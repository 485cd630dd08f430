"""A picture in strips: which rows each rank has, and what passes between them.

A picture is divided into bands, each as high as a row of tiles, which do not depend on how many
ranks there are. Every sum is one over bands in their order, so that any number of ranks gives the
same bits. A rank has a strip: some bands, one below the other.

A strip is a tensor (h, 3, 1, W): its rows, each as a picture of height 1. So the values of a band
lie side by side, and the vectors of the optimizer are cut into bands as the picture is.

Source: domain decomposition with halo exchange; its adjoint adds what lies in the halo to the rows
of its owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, final

import numpy as np
import torch
from torch import Tensor

from impasto.images import Rgb, resize_rows
from impasto.objective import Band, Span
from impasto.ranks.group import Move, Ranks

RowsOf = tuple[int, int, int]
"""A rank, and the rows from the first to before the last that it wants."""


@final
class Strips:
    """Divides a picture among ranks: for an objective its `Bands`, for an optimizer a `Partition`.

    Attributes:
        ranks: The processes.
        shape: Height and width of the picture in pixels.
        spans: The bands, with their margins.
        dtype: Of the numbers.
    """

    def __init__(
        self, ranks: Ranks, shape: tuple[int, int], spans: Sequence[Span], dtype: torch.dtype
    ) -> None:
        self.ranks, self.shape, self.spans, self.dtype = ranks, shape, tuple(spans), dtype
        self.owners = [k * ranks.size // len(spans) for k in range(len(spans))]
        ends = [sum(owner < rank for owner in self.owners) for rank in range(ranks.size + 1)]
        rows = [*(span.start for span in spans), shape[0]]
        self.strips = [(rows[first], rows[last]) for first, last in pairwise(ends)]
        self.start, self.stop = self.strips[ranks.rank]

    @property
    def own(self) -> list[Span]:
        """The bands of this rank."""
        return [span for span, owner in self._owned() if owner == self.ranks.rank]

    @property
    def names(self) -> list[str]:
        """The bands of this rank by their numbers, see `impasto.optimize.Partition`."""
        return [f" {k}" for k, owner in enumerate(self.owners) if owner == self.ranks.rank]

    def split(self, vector: Tensor) -> Sequence[Tensor]:
        """Return the bands of a vector, which has the values of a strip."""
        values = 3 * self.shape[1]
        return torch.split(vector, [values * (span.stop - span.start) for span in self.own])

    def length(self, vector: Tensor) -> int:
        """Return how many values the whole picture has."""
        return 3 * self.shape[0] * self.shape[1]

    def gather(self, parts: Sequence[Any]) -> list[Any]:
        """Return what belongs to each band, for all of them in their order."""
        return [part for each in self.ranks.gather(list(parts)) for part in each]

    def read(self, rgb: Rgb) -> Tensor:
        """Return the strip of this rank of a picture (H, W, 3) of any size, resized to this one."""
        height, width = self.shape
        strip = self.empty(self.stop - self.start)
        for span in self.own:
            rows = resize_rows(rgb, width, height, slice(span.start, span.stop))
            part = torch.from_numpy(np.ascontiguousarray(rows)).permute(0, 2, 1)[:, :, None]
            strip[span.start - self.start : span.stop - self.start] = part
        return strip

    def share(self, image: Tensor) -> list[Band]:
        """Return the bands of this rank with margins, those of other ranks' rows included."""
        wanted = [(rank, span.outer_start, span.outer_stop) for span, rank in self._owned()]
        rows = self.fetch(image, wanted)
        height = self.shape[0]
        return [Band(s, as_image(r), height) for s, r in zip(self.own, rows, strict=True)]

    def collect(self, gradients: Sequence[Tensor]) -> Tensor:
        """Return the gradient of the strip: every rank gives its margins back to their owners."""
        given = iter(gradients)
        moves: list[Move] = []
        found: list[tuple[int, Tensor]] = []
        for span, source in self._owned():
            rows = as_rows(next(given)) if source == self.ranks.rank else None
            for target, first, last in self._overlaps(span.outer_start, span.outer_stop):
                here = _rows(rows, first - span.outer_start, last - span.outer_start)
                there = here
                if source != target:
                    there = self.empty(last - first) if target == self.ranks.rank else None
                    moves.append(Move(source, target, here, there))
                if target == self.ranks.rank and there is not None:
                    found.append((first - self.start, there))
        self.ranks.exchange(moves)
        total = self.empty(self.stop - self.start).zero_()
        for first, part in found:  # in the order of bands
            total[first : first + len(part)] += part
        return total

    def fetch(self, image: Tensor, wanted: Sequence[RowsOf]) -> list[Tensor]:
        """Return the rows that this rank wants, wherever they lie.

        Args:
            image: The strip of this rank.
            wanted: What all ranks want, in the same order on all of them.
        """
        moves, found = [], []
        for target, first, last in wanted:
            mine = self.empty(last - first) if target == self.ranks.rank else None
            if mine is not None:
                found.append(mine)
            for source, low, high in self._overlaps(first, last):
                own = image if source == self.ranks.rank else None
                here = _rows(own, low - self.start, high - self.start)
                there = _rows(mine, low - first, high - first)
                if source != target:
                    moves.append(Move(source, target, here, there))
                elif here is not None and there is not None:
                    there.copy_(here)
        self.ranks.exchange(moves)
        return found

    def empty(self, rows: int) -> Tensor:
        """Return a new tensor for so many rows."""
        return torch.empty((rows, 3, 1, self.shape[1]), dtype=self.dtype, device="cpu")

    def _owned(self) -> list[tuple[Span, int]]:
        return list(zip(self.spans, self.owners, strict=True))

    def _overlaps(self, first: int, last: int) -> list[RowsOf]:
        """Return which ranks have which of some rows."""
        cut = [(rank, max(first, a), min(last, b)) for rank, (a, b) in enumerate(self.strips)]
        return [(rank, low, high) for rank, low, high in cut if low < high]


def enlarged(change: Tensor, of: Strips, to: Strips) -> Tensor:
    """Return what a coarser size has changed, at the height and width of a finer one.

    Args:
        change: The strip of this rank at the coarser size.
        of: How that is divided.
        to: How the finer size is.

    Source: as `torch.nn.functional.interpolate` in mode bicubic, on rows that several ranks have.
    """
    wanted = []
    for span, rank in zip(to.spans, to.owners, strict=True):
        first, _ = cubic_taps(span.start, 1, of.shape[0], to.shape[0])
        last, _ = cubic_taps(span.stop - 1, 1, of.shape[0], to.shape[0])
        wanted.append((rank, int(first.min()), int(last.max()) + 1))
    ranges = [each for each in wanted if each[0] == to.ranks.rank]
    found = to.empty(to.stop - to.start)
    rows = zip(to.own, ranges, of.fetch(change, wanted), strict=True)
    for span, (_, start, _), there in rows:
        size = span.stop - span.start
        taps, weights = cubic_taps(span.start, size, of.shape[0], to.shape[0])
        high = _mix(there, taps - start, weights.to(of.dtype), 0)
        columns, weights = cubic_taps(0, to.shape[1], of.shape[1], to.shape[1])
        wide = _mix(high, columns, weights.to(of.dtype), 3)
        found[span.start - to.start : span.stop - to.start] = wide
    return found


def cubic_taps(start: int, count: int, old: int, new: int) -> tuple[Tensor, Tensor]:
    """Return the four old pixels (count, 4) that new ones are made of, and their weights.

    Source: Keys (1981), with torch's a = -3/4; beyond the border it is continued.
    """
    at = (torch.arange(start, start + count, dtype=torch.float64, device="cpu") + 0.5) * old / new
    at -= 0.5
    base, a = at.floor(), -0.75
    x = (at - base)[:, None] + torch.tensor([1.0, 0.0, -1.0, -2.0], dtype=at.dtype, device="cpu")
    x = x.abs()
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    taps = base.long()[:, None] + torch.arange(-1, 3, device="cpu")
    return taps.clamp(0, old - 1), torch.where(x <= 1, near, far)


def _mix(values: Tensor, taps: Tensor, weights: Tensor, dim: int) -> Tensor:
    """Return the weighted sum of the taps along a dimension."""
    shape = [1] * values.dim()
    shape[dim] = -1
    parts = [values.index_select(dim, taps[:, k]) * weights[:, k].reshape(shape) for k in range(4)]
    return ((parts[0] + parts[1]) + parts[2]) + parts[3]


def as_image(rows: Tensor) -> Tensor:
    """Return rows (h, 3, 1, W) as an image (1, 3, h, W)."""
    return rows.squeeze(2).transpose(0, 1)[None].contiguous()


def as_rows(image: Tensor) -> Tensor:
    """Return an image (1, 3, h, W) as rows (h, 3, 1, W)."""
    return image[0].transpose(0, 1)[:, :, None].contiguous()


def _rows(of: Tensor | None, first: int, last: int) -> Tensor | None:
    return None if of is None else of[first:last]
