"""Means, mean squares and mean products of features: where they lie, and how they spread."""

from __future__ import annotations

import torch
from torch import Tensor

from impasto.statistics.gram import gram
from impasto.statistics.statistic import Statistic, accumulable, count


def weigh(features: Tensor, weights: Tensor | None) -> Tensor:
    """Return features (B, C, H, W) times the weights (1, 1, H, W) of their positions."""
    return features if weights is None else features * weights


def first_moment(features: Tensor, weights: Tensor | None = None) -> Statistic:
    """Sum features over positions.

    Args:
        features: Feature map (B, C, H, W).
        weights: How much each position counts (1, 1, H, W), at least 0; by default each is 1.

    Returns:
        The statistic with total (C,): ``Σ f``.
    """
    F = accumulable(features)
    return Statistic(weigh(F, weights).sum(dim=(0, 2, 3)), count(F, weights))


def mean_square(features: Tensor, weights: Tensor | None = None) -> Statistic:
    """Sum features and their squares over positions.

    Args:
        features: Feature map (B, C, H, W).
        weights: How much each position counts (1, 1, H, W), at least 0; by default each is 1.

    Returns:
        The statistic with total (2, C): ``Σ f`` and ``Σ f²``.
    """
    F = accumulable(features)
    weighted = weigh(F, weights)
    total = torch.stack([weighted.sum(dim=(0, 2, 3)), (weighted * F).sum(dim=(0, 2, 3))])
    return Statistic(total, count(F, weights))


def moments(features: Tensor, weights: Tensor | None = None) -> Statistic:
    """Sum features and their products over positions.

    Args:
        features: Feature map (B, C, H, W).
        weights: How much each position counts (1, 1, H, W), at least 0; by default each is 1.

    Returns:
        The statistic with total (C, C + 1): the Gram matrix ``Σ f fᵀ`` and, last, ``Σ f``.
    """
    F = accumulable(features)
    products = gram(F, weights)
    sums = weigh(F, weights).sum(dim=(0, 2, 3))
    return Statistic(torch.cat([products.total, sums[:, None]], dim=1), products.positions)
