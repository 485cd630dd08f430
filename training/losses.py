"""What the student is trained on: features, Gram matrices, and gradients at the pixels.

Feature and Gram losses need only three second moments per layer and picture,
`S = E[f f']`, `X = E[f t']`, `T = E[t t']`, with `f` the student's features and a one, and `t` the
teacher's coordinates. The prediction `f H` is never formed at every pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from training.student import Student
from training.teachers import Teachers


@dataclass(frozen=True)
class Moments:
    """Second moments of one layer: `S` `(B, c, c)`, `X` `(B, c, P)`, `T` `(B, P, P)`."""

    S: Tensor
    X: Tensor
    T: Tensor
    variance: Tensor
    """Variance of the teacher's coordinates in each picture, summed over coordinates, `(B,)`."""


def moments(f: Tensor, t: Tensor) -> Moments:
    """Return the moments of features `(B, N, c)` and coordinates `(B, N, P)`."""
    count = f.shape[1]
    fT = f.transpose(1, 2)
    second = t.transpose(1, 2) @ t / count
    variance = second.diagonal(dim1=1, dim2=2).sum(1) - t.mean(1).square().sum(1)
    return Moments(fT @ f / count, fT @ t / count, second, variance)


def unexplained(m: Moments, head: Tensor) -> Tensor:
    """Return `1 - R²` of the batch: `E|f H - t|²` over the variance of `t`."""
    predicted = (m.S @ head * head).sum((1, 2))
    cross = (m.X * head).sum((1, 2))
    error = predicted - 2 * cross + m.T.diagonal(dim1=1, dim2=2).sum(1)
    return error.sum() / m.variance.sum().clamp_min(1e-6)


def gram_error(m: Moments, head: Tensor) -> Tensor:
    """Return `|H'SH - T|² / |T|²`, at most 4 for each picture, averaged."""
    predicted = head.T @ m.S @ head
    error = (predicted - m.T).square().sum((1, 2)) / m.T.square().sum((1, 2)).clamp_min(1e-6)
    return error.clamp_max(4).mean()


def solve_head(S: Tensor, X: Tensor, ridge: float = 1e-4) -> Tensor:
    """Return the head `(S + r I)^-1 X` that predicts best, from averaged moments."""
    scale = S.diagonal().mean()
    identity = torch.eye(len(S), dtype=torch.float64) * scale.double() * ridge
    return torch.linalg.solve(S.double() + identity, X.double()).float()


def gradient_mismatch(
    student: Student, teachers: Teachers, images: Tensor, layer: str, rng: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Compare what both networks would do to the pixels.

    One cotangent serves both: for style, the difference `D` of two pictures' Gram matrices
    (teacher's, of unit norm) in `<D, Gram(y)>`; for content, a difference of features or noise `u`
    in `<u, y>`.

    Args:
        student: Called with `create_graph`, so that its parameters receive a gradient.
        teachers: Frozen.
        images: `(B, 3, H, W)`.
        layer: At which layer.
        rng: Chooses between style and content.

    Returns:
        `|g_S - g_T|² / |g_T|²`, at most 3, averaged over pictures, and the mean cosine.
    """
    style = layer not in ("relu3_3", "relu4_2") or float(torch.rand((), generator=rng)) < 0.3
    at_teacher = images.clone().requires_grad_()
    t = teachers(at_teacher, (layer,))[layer]
    count = t.shape[1]
    at_student = images.clone().requires_grad_()
    f = student(at_student, (layer,))[layer]
    head = student.heads[layer]
    if style:
        gram = t.transpose(1, 2) @ t / count
        D = gram.detach() - gram.detach().roll(1, 0)
        D = D / D.flatten(1).norm(dim=1).clamp_min(1e-6).view(-1, 1, 1)
        value_t = (D * gram).sum()
        value_s = (head @ D @ head.T * (f.transpose(1, 2) @ f / count)).sum()
    else:
        u = t.detach() - t.detach().roll(1, 0)
        if float(torch.rand((), generator=rng)) < 0.4:
            u = torch.randn(t.shape, generator=rng) * u.std()
        u = u / u.flatten(1).norm(dim=1).clamp_min(1e-6).view(-1, 1, 1)
        value_t = (u * t).sum()
        value_s = (u @ head.T * f).sum()
    (g_t,) = torch.autograd.grad(value_t, at_teacher)
    (g_s,) = torch.autograd.grad(value_s, at_student, create_graph=True)
    g_t, g_s = g_t.flatten(1), g_s.flatten(1)
    energy = g_t.square().sum(1).clamp_min(1e-12)
    mismatch = ((g_s - g_t).square().sum(1) / energy).clamp_max(3)
    return mismatch.mean(), torch.cosine_similarity(g_s.detach(), g_t, dim=1).mean()
