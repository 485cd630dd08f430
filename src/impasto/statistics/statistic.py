"""What every statistic has in common: a sum over positions, and over how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Statistic:
    """A sum over positions, and over how many.

    Attributes:
        total: The sum, of any shape.
        positions: The number of positions summed, or the sum of their weights.
    """

    total: Tensor
    positions: float

    def __add__(self, other: Statistic) -> Statistic:
        """Join the statistics of two disjoint sets of positions."""
        return Statistic(self.total + other.total, self.positions + other.positions)

    @property
    def mean(self) -> Tensor:
        """The average over positions: independent of the size of the picture."""
        return self.total / self.positions


def accumulable(features: Tensor) -> Tensor:
    """Return features in at least float32: sums over many positions lose too much in 16 bits."""
    return features.float() if features.dtype in (torch.bfloat16, torch.float16) else features


def exact(mean: Tensor) -> Tensor:
    """Return a small tensor in float64, on the processor if its device has no such numbers."""
    return mean.cpu().double() if mean.device.type == "mps" else mean.double()


def count(features: Tensor, weights: Tensor | None = None) -> float:
    """Return the number of positions of a feature map (B, C, H, W), each counted by its weight."""
    if weights is None:
        return features[:, 0].numel()
    return features.shape[0] * float(weights.sum())


def blend(statistics: Sequence[Statistic], weights: Sequence[float]) -> Tensor:
    """Average the means of several statistics, one per style picture.

    Args:
        statistics: One statistic per picture.
        weights: As many weights >= 0, not all zero; only their ratios count.

    Returns:
        ``Σ w_k mean_k / Σ w_k``: a picture counts by its weight, not by its size.
    """
    share = sum(weights)
    pairs = zip(statistics, weights, strict=True)
    return torch.stack([s.mean * (w / share) for s, w in pairs]).sum(dim=0)
