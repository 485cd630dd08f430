"""What the student is trained on: features, Gram matrices, and gradients at the pixels."""

from __future__ import annotations

import torch
from torch import Tensor

from training.student import Student
from training.teachers import Teachers


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


def gradient_mismatch(
    student: Student,
    teachers: Teachers,
    images: Tensor,
    others: Tensor,
    layer: str,
    rng: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Compare what both networks would do to the pixels.

    One cotangent serves both: for style, the difference `D` between a picture's Gram matrix and
    another's (teacher's, of unit norm) in `<D, Gram(y)>`; for content, a difference of features or
    noise `u` in `<u, y>`.

    Args:
        student: Called with `create_graph`, so that its parameters receive a gradient.
        teachers: Frozen.
        images: `(B, 3, H, W)`.
        others: The teacher's coordinates of one other picture for each, `(B, N, P)`.
        layer: At which layer.
        rng: Chooses between style and content.

    Returns:
        `|g_S - g_T|² / |g_T|²`, at most 3, averaged over pictures, and the mean cosine.
    """
    style = layer not in ("relu3_3", "relu4_2") or float(torch.rand((), generator=rng)) < 0.3
    at_teacher = images.clone().requires_grad_()
    t = teachers(at_teacher, (layer,))[layer]
    at_student = images.clone().requires_grad_()
    y = student(at_student, (layer,))[layer] @ student.heads[layer]
    if style:
        G = gram(t)
        D = G.detach() - gram(others)
        D = D / D.flatten(1).norm(dim=1).clamp_min(1e-6).view(-1, 1, 1)
        value_t, value_s = (D * G).sum(), (D * gram(y)).sum()
    else:
        u = t.detach() - others
        if float(torch.rand((), generator=rng)) < 0.4:
            u = torch.randn(t.shape, generator=rng) * u.std()
        u = u / u.flatten(1).norm(dim=1).clamp_min(1e-6).view(-1, 1, 1)
        value_t, value_s = (u * t).sum(), (u * y).sum()
    (g_t,) = torch.autograd.grad(value_t, at_teacher)
    (g_s,) = torch.autograd.grad(value_s, at_student, create_graph=True)
    g_t, g_s = g_t.flatten(1), g_s.flatten(1)
    energy = g_t.square().sum(1).clamp_min(1e-12)
    mismatch = ((g_s - g_t).square().sum(1) / energy).clamp_max(3)
    return mismatch.mean(), torch.cosine_similarity(g_s.detach(), g_t, dim=1).mean()
