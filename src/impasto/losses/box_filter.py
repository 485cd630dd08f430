"""Square windows of a picture: means, covariances, and the fit of one picture to another in each.

A picture is (C, H, W). With windows of side n it has (H - n + 1) (W - n + 1) windows, and what is
said of each is a plane (h, w) of that size.
"""

from __future__ import annotations

import torch
import torch.nn.functional as nnf
from torch import Tensor


def means(planes: Tensor, side: int) -> Tensor:
    """Return the mean of every window of (C, H, W): (C, h, w)."""
    rows = nnf.avg_pool2d(planes[None], (side, 1), stride=1)
    return nnf.avg_pool2d(rows, (1, side), stride=1)[0]


def over_windows(planes: Tensor, side: int) -> Tensor:
    """Return for every pixel the mean over the windows (C, h, w) that hold it: (C, H, W)."""
    border = side - 1
    sums = means(nnf.pad(planes, (border,) * 4), side)
    counts = means(nnf.pad(torch.ones_like(planes[:1]), (border,) * 4), side)
    return sums / counts


def inner(planes: Tensor, place: tuple[int, int], side: int) -> Tensor:
    """Return the pixel at one place of every window of (..., H, W): a view (..., h, w)."""
    (y, x), (height, width) = place, planes.shape[-2:]
    return planes[..., y : y + height - side + 1, x : x + width - side + 1]


def precision_matrices(guide: Tensor, mean: Tensor, side: int, ridge: float) -> Tensor:
    """Return ``(Σ + ridge)⁻¹`` of the colors of every window of (3, H, W): (3, 3, h, w)."""
    products = means((guide[:, None] * guide[None]).flatten(0, 1), side)
    covariance = products.view(3, 3, *mean.shape[1:]) - mean[:, None] * mean[None]
    for channel in range(3):
        covariance[channel, channel] += ridge
    return inverse_of_symmetric(covariance)


def inverse_of_symmetric(matrix: Tensor) -> Tensor:
    """Return the inverses of symmetric matrices (3, 3, h, w) by their cofactors."""
    (a, b, c), (_, d, e), (_, _, f) = matrix
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    rows = ((first, second, third),
            (second, a * f - c * c, b * c - a * e),
            (third, b * c - a * e, a * d - b * b))  # fmt: skip
    adjugate = torch.stack([torch.stack(row) for row in rows])
    inverse: Tensor = adjugate / (a * first + b * second + c * third)
    return inverse


def guided_filter(guide: Tensor, values: Tensor, radius: int, ridge: float) -> Tensor:
    """Return the nearest picture that is an affine function of a guide in every window.

    ``V_i = (mean of a)·I_i + mean of b`` over the windows that hold i, where a and b minimize
    ``Σ (V - a·I - b)² + ridge |a|²`` in a window.

    Args:
        guide: (3, H, W).
        values: (C, H, W).
        radius: Windows have a side of ``2 radius + 1``, or that of the picture if it is smaller.
        ridge: Larger is smoother.

    Source: He, Sun and Tang (2013), "Guided Image Filtering", equations 19 to 21.
    """
    side = min(2 * radius + 1, *guide.shape[1:])
    mean, average = means(guide, side), means(values, side)
    inverse = precision_matrices(guide, mean, side, ridge)
    filtered = []
    for value, level in zip(values, average, strict=True):
        joint = means(guide * value, side) - mean * level
        slopes = torch.einsum("ijhw,jhw->ihw", inverse, joint)
        offset = level - (slopes * mean).sum(dim=0)
        fitted = over_windows(torch.cat([slopes, offset[None]]), side)
        filtered.append((fitted[:3] * guide).sum(dim=0) + fitted[3])
    return torch.stack(filtered)
