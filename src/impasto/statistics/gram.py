"""Statistics of feature maps: sums over positions, which add over tiles, images and machines.

Style is what remains of a feature map when positions are forgotten. Whatever a style loss wants to
know is a sum over positions, so it can be collected in any number of pieces:

    statistic(whole) = statistic(left half) + statistic(right half)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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


def gram(features: Tensor, weights: Tensor | None = None) -> Statistic:
    """Sum the products of every two channels over positions.

    ``G_ij = Σ_k w_k F_ik F_jk``, the correlations between filter responses.

    Args:
        features: Feature map (B, C, H, W); all of its B H W positions are summed.
        weights: How much each position counts, (1, 1, H, W) and >= 0; without them, each once.

    Returns:
        The statistic with total (C, C), symmetric and positive semidefinite.

    Example:
        >>> gram(torch.ones(1, 2, 3, 4)).mean
        tensor([[1., 1.],
                [1., 1.]])

    Source: Gatys et al. (2015), equation 3; the weights are the guided Gram matrix of Gatys et
    al. (2017), section 4, whose guidance channel is their square root.
    """
    F = features if weights is None else accumulable(features) * weights.sqrt()
    F = F.flatten(2)  # (B, C, M); a view in both memory formats
    total: Tensor = _SelfProduct.apply(F)  # type: ignore[no-untyped-call]
    return Statistic(total.sum(dim=0), count(features, weights))


def count(features: Tensor, weights: Tensor | None = None) -> float:
    """Return the number of positions of a feature map (B, C, H, W), each counted by its weight."""
    if weights is None:
        return features[:, 0].numel()
    return features.shape[0] * float(weights.sum())


PIECE = 512
"""Positions that are summed in one product of 16-bit matrices."""


def self_product(F: Tensor) -> Tensor:
    """Return ``F Fᵀ`` of features (B, C, M) in at least float32.

    Processors that multiply bfloat16 add up in float32 and round the sum to 16 bits, several times
    faster than they multiply float32. So features in bfloat16 are multiplied in pieces, whose
    sums are added in float32: of the rounding, 1e-4 to 7e-4 of the matrix is left.
    """
    if F.dtype != torch.bfloat16:
        F = accumulable(F)
        return F @ F.mT
    whole = F.shape[2] // PIECE * PIECE
    pieces = F[..., :whole].reshape(*F.shape[:2], -1, PIECE).transpose(1, 2)  # (B, K, C, PIECE)
    rest = F[..., whole:].float()
    total: Tensor = (pieces @ pieces.mT).sum(dim=1, dtype=torch.float32) + rest @ rest.mT
    return total


class _SelfProduct(torch.autograd.Function):
    """``F Fᵀ`` with the gradient ``(D + Dᵀ) F``: half the work of a product of two unknowns.

    Source: the gradient is equation 6 of Gatys et al. (2015) without its outer factors.
    """

    @staticmethod
    def forward(ctx: Any, F: Tensor) -> Tensor:
        ctx.save_for_backward(F)
        return self_product(F)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (D,), (F,) = gradients, ctx.saved_tensors
        S = (D + D.mT).to(F.dtype)
        # In the memory format of F, channels first or last: a mixture slows down what follows.
        product: Tensor = S @ F if F.stride(2) == 1 else (F.mT @ S).mT
        return product


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
