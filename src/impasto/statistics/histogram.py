"""Histograms of features, on a grid that is fine around zero and coarse far out.

Values are counted in fine bins, linearly between the two nearest points of a fixed grid, so that a
count has a gradient, and is a sum over positions like any other statistic.

# Differs from sorting, which is exact: a value is known to its cell of the grid, 1/32 of an octave.
# A test bounds what this changes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from impasto.statistics.statistic import Statistic, accumulable

FINEST = 2.0**-10
"""Around zero the grid is even, with cells of this size over `CELLS`; further out it is geometric.
Features of the networks here have a root mean square between 0.1 and 1000."""

OCTAVES = 24
"""How many times the grid doubles: it ends at ±16384."""

CELLS = 32
"""Cells in each octave, a power of two."""

HALF = OCTAVES * CELLS
POINTS = 2 * HALF + 1
"""Points of the grid: as many below zero as above."""

_CHUNK = 2**15
"""Values that are looked at at once: few enough to stay in the processor's cache."""


@cache
def grid() -> Tensor:
    """Return the points of the grid (POINTS,), rising, float64.

    From octave to octave the cells double; within one they are even, as floating-point numbers are.
    """
    steps = torch.arange(HALF + 1, dtype=torch.float64, device="cpu")
    octave = (steps / CELLS).floor()
    above = FINEST * (2**octave * (1 + steps / CELLS - octave) - 1)
    return torch.cat([-above[1:].flip(0), above])


class _Count(torch.autograd.Function):
    """Count values (M, C) on the grid: each adds 1 to its two neighbors, by nearness.

    Given the derivatives D of the counts, the derivative of a value in cell k is the slope
    ``(D_{k+1} - D_k) / (c_{k+1} - c_k)``.
    """

    @staticmethod
    def forward(ctx: Any, values: Tensor, weights: Tensor | None) -> Tensor:
        channels, device = values.shape[1], values.device
        whole = values.new_zeros(channels * POINTS)
        part = torch.zeros_like(whole)
        first = torch.arange(channels, dtype=torch.int32, device=device) * POINTS
        cells = torch.empty(values.shape, dtype=torch.int32, device=device)
        for at in _chunks(values):
            cell, share = _locate(values[at])
            cells[at] = cell.add_(first)
            index = cell.flatten().long()
            one = torch.ones_like(share)
            if weights is not None:
                one, share = one * weights[at], share * weights[at]
            whole.scatter_add_(0, index, one.flatten())
            part.scatter_add_(0, index, share.flatten())
        ctx.save_for_backward(cells, weights)
        counts = (whole - part).view(channels, POINTS)
        counts[:, 1:] += part.view(channels, POINTS)[:, :-1]
        return counts

    @staticmethod
    def backward(ctx: Any, *derivatives: Tensor) -> tuple[Tensor, None]:
        (D,), (cells, weights) = derivatives, ctx.saved_tensors
        slopes = torch.zeros_like(D)
        slopes[:, :-1] = D.diff(dim=1) / grid().diff().to(D)
        gradient = D.new_empty(cells.shape)
        for at in _chunks(cells):
            found = slopes.flatten().index_select(0, cells[at].flatten()).view_as(cells[at])
            gradient[at] = found if weights is None else found * weights[at]
        return gradient, None


def _chunks(values: Tensor) -> list[slice]:
    """Divide the rows of ``values`` (M, C) into pieces of about `_CHUNK` values."""
    step = max(_CHUNK // values.shape[1], 1)
    return [slice(start, start + step) for start in range(0, len(values), step)]


def _locate(values: Tensor) -> tuple[Tensor, Tensor]:
    """Return each value's cell and where in it the value lies, 0 to 1.

    A floating-point number is an octave and how far into it. So its bits, read as a whole number,
    are a place on such a grid; for a value below zero, the complement is the mirrored place.
    """
    kind, bits = (torch.int64, 52) if values.dtype == torch.float64 else (torch.int32, 23)
    shift = bits - CELLS.bit_length() + 1
    place = values.abs().add_(FINEST).view(kind)
    place -= torch.tensor(FINEST, dtype=values.dtype, device="cpu").view(kind).item()
    place.clamp_(0, (HALF << shift) - 1)
    place ^= values.view(kind) >> (63 if bits == 52 else 31)
    share = (place & ((1 << shift) - 1)).to(values.dtype).mul_(0.5**shift)
    return (place >> shift).add_(HALF).int(), share


def counts(features: Tensor, weights: Tensor | None = None) -> Statistic:
    """Count the values of every channel over positions.

    Args:
        features: Feature map (B, C, H, W).
        weights: How much each position counts (1, 1, H, W), at least 0; by default each is 1.

    Returns:
        The statistic with total (C, POINTS), whose rows sum to the number of positions.
    """
    return _count(accumulable(features).movedim(1, 3).flatten(0, 2), features.shape[0], weights)


def halve(features: Tensor, weights: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Return features (B, C, H, W), and weights, averaged over squares of 2 x 2 positions.

    Of an odd side the last position is left out.
    """
    if min(features.shape[2:]) < 2:
        return features[..., :0, :0], None if weights is None else weights[..., :0, :0]
    if weights is None:
        return accumulable(avg_pool2d(features, 2)), None
    shares = avg_pool2d(weights, 2)
    sums = avg_pool2d(accumulable(features) * weights, 2)
    return sums / shares.clamp(min=1e-12), 4 * shares


def _count(values: Tensor, batch: int, weights: Tensor | None) -> Statistic:
    """Count values (B M, C)."""
    column = None if weights is None else weights.to(values).flatten().repeat(batch)[:, None]
    positions = len(values) if column is None else float(column.sum())
    total: Tensor = _Count.apply(values.contiguous(), column)  # type: ignore[no-untyped-call]
    return Statistic(total, positions)


SLICES = 32
"""Directions of the sliced loss at most."""


def sliced_counts(features: Tensor, weights: Tensor | None = None) -> Statistic:
    """Count features along fixed directions, which mix the channels.

    Args:
        features: Feature map (B, C, H, W).
        weights: How much each position counts (1, 1, H, W), at least 0; by default each is 1.

    Returns:
        The statistic with total (directions, POINTS), see `directions`.
    """
    F = accumulable(features).movedim(1, 3).flatten(0, 2)
    return _count(F @ directions(F.shape[1]).to(F), features.shape[0], weights)


@cache
def directions(channels: int) -> Tensor:
    """Return orthonormal random directions (C, D), float64; D is C, at most `SLICES`.

    By Gram and Schmidt, in one fixed order of sums: LAPACK's QR differs in the last bits with the
    number of threads, and the same seed must mean the same picture.
    """
    draw = torch.Generator().manual_seed(channels)
    noise = torch.randn(channels, channels, generator=draw, dtype=torch.float64, device="cpu")
    found: list[Tensor] = []
    for column in noise[:, :SLICES].T:
        for other in found:
            column = column - (column * other).sum() * other
        found.append(column / column.square().sum().sqrt())
    return torch.stack(found, dim=1)
