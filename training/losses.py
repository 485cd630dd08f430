"""What the student is trained on: features, Gram matrices, and gradients at the pixels."""

from __future__ import annotations

import torch
from torch import Tensor


def gram(y: Tensor) -> Tensor:
    """Return `E[y y']` of each picture, `(B, P, P)`, from `(B, N, P)`."""
    return y.transpose(1, 2) @ y / y.shape[1]


def compare(y: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """Return how far predicted coordinates `(B, N, P)` are from the teacher's.

    Returns:
        `1 - R²`, the squared error over the variance within pictures, for the whole batch; and
        `|G_y - G_t|² / |G_t|²` of the Gram matrices, at most 4 for each picture, averaged.
    """
    variance = (t - t.mean(1, keepdim=True)).square().mean((0, 1)).sum()
    missing = (y - t).square().mean((0, 1)).sum() / variance.clamp_min(1e-6)
    target = gram(t)
    error = (gram(y) - target).square().sum((1, 2))
    error = error / target.square().sum((1, 2)).clamp_min(1e-6)
    return missing, error.clamp_max(4).mean()


def compare_differences(y: Tensor, t: Tensor, partner: Tensor) -> Tensor:
    """Return how far the difference of two pictures' Gram matrices is from the teacher's.

    A style transfer sees only the difference between the picture and the style. An error that both
    Gram matrices share does no harm, and one that they do not share limits how near it comes.

    Args:
        y: Predicted coordinates `(B, N, P)`.
        t: The teacher's.
        partner: `(B,)`, the picture that each one is compared with.

    Returns:
        `|D_y - D_t|² / (|D_t|² + 0.02 |G_t|²)`, at most 4 for each picture, averaged.
    """
    G_y, G_t = gram(y), gram(t)
    D_y, D_t = G_y - G_y[partner], G_t - G_t[partner]
    energy = D_t.square().sum((1, 2)) + 0.02 * G_t[partner].square().sum((1, 2))
    error = (D_y - D_t).square().sum((1, 2)) / energy.clamp_min(1e-6)
    return error.clamp_max(4).mean()


def solve_head(S: Tensor, X: Tensor, ridge: float = 1e-4) -> Tensor:
    """Return the head `(S + r I)^-1 X` that predicts best, from averaged moments."""
    scale = S.diagonal().mean()
    identity = torch.eye(len(S), dtype=torch.float64) * scale.double() * ridge
    return torch.linalg.solve(S.double() + identity, X.double()).float()
