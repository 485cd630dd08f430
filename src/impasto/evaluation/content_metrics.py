"""How much of a photograph is left in a picture: three measures, each 1 for the photograph itself.

structure   places that look alike in the photograph look alike in the picture
edges       outlines are where they were
ssim        brightness varies together, patch by patch
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, conv2d, max_pool2d, pad

GRID = 24
"""Self-similarity is compared between at most GRID x GRID places."""

TOLERANCE = 3
"""Pixels that an edge may have moved."""

STRONGEST = 0.1
"""The share of the pixels that count as edges: those of the steepest brightness."""


def structure(features: Tensor, reference: Tensor) -> float:
    """Compare which places look alike: the correlation of two matrices of self-similarity.

    Args:
        features: Feature map (1, C, H, W) of the picture.
        reference: Likewise of the photograph, of the same H and W.

    Returns:
        From -1 to 1: the correlation of ``cos(f_i, f_j)`` over all pairs of places i < j, features
        less their mean.

    Source: Kolkin et al. (2019), "Style Transfer by Relaxed Optimal Transport and Self-Similarity",
    equation 7, with a correlation in place of the absolute difference.
    """
    pairs = [_self_similarity(each) for each in (features, reference)]
    return _correlation(*pairs)


def _self_similarity(features: Tensor) -> Tensor:
    height, width = (min(side, GRID) for side in features.shape[2:])
    places = adaptive_avg_pool2d(features.double(), (height, width))[0].flatten(1)
    places = places - places.mean(dim=1, keepdim=True)
    unit = places / places.norm(dim=0).clamp(min=1e-12)
    upper = torch.triu_indices(unit.shape[1], unit.shape[1], offset=1)
    pairs: Tensor = (unit.mT @ unit)[upper[0], upper[1]]
    return pairs


def _correlation(a: Tensor, b: Tensor) -> float:
    a, b = a - a.mean(), b - b.mean()
    scale = (a.norm() * b.norm()).clamp(min=1e-12)
    return float((a * b).sum() / scale)


def edges(picture: Tensor, reference: Tensor) -> float:
    """Compare where outlines are: F1 of edges, which may have moved by `TOLERANCE` pixels.

    Args:
        picture: (1, 3, H, W), sRGB in [0, 1].
        reference: Likewise.

    Returns:
        From 0 to 1: the harmonic mean of the share of the picture's edges that are in the
        reference, and the share of the reference's edges that are in the picture.
    """
    found, wanted = (_edges(each) for each in (picture, reference))
    precision, recall = _near(found, wanted), _near(wanted, found)
    return 2 * precision * recall / max(precision + recall, 1e-12)


def _edges(picture: Tensor) -> Tensor:
    """Return 1 where the blurred brightness is among the steepest, else 0: (1, 1, H, W)."""
    gray = _blur(luminance(picture), 5, 1.0)
    around = pad(gray, [1, 1, 1, 1], mode="replicate")
    across = around[:, :, 1:-1, 2:] - around[:, :, 1:-1, :-2]
    down = around[:, :, 2:, 1:-1] - around[:, :, :-2, 1:-1]
    steep = (across.square() + down.square()).sqrt()
    floor = steep.flatten().sort().values[int((1 - STRONGEST) * (steep.numel() - 1))]
    return ((steep >= floor) & (steep > 1e-6)).double()


def _near(these: Tensor, those: Tensor) -> float:
    """Return the share of ``these`` that have one of ``those`` within the tolerance."""
    grown = max_pool2d(those, 2 * TOLERANCE + 1, stride=1, padding=TOLERANCE)
    return float((these * grown).sum() / these.sum().clamp(min=1))


def ssim(picture: Tensor, reference: Tensor) -> float:
    """Compare brightness patch by patch: the structural similarity of two pictures.

    Args:
        picture: (1, 3, H, W), sRGB in [0, 1].
        reference: Likewise.

    Returns:
        From -1 to 1, the mean over windows of 11 x 11 pixels.

    Source: Wang et al. (2004), "Image Quality Assessment", equation 13 with K = 0.01 and 0.03.
    """
    x, y = luminance(picture), luminance(reference)
    mean_x, mean_y = _blur(x, 11, 1.5), _blur(y, 11, 1.5)
    var_x = _blur(x * x, 11, 1.5) - mean_x.square()
    var_y = _blur(y * y, 11, 1.5) - mean_y.square()
    both = _blur(x * y, 11, 1.5) - mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    above = (2 * mean_x * mean_y + c1) * (2 * both + c2)
    below = (mean_x.square() + mean_y.square() + c1) * (var_x + var_y + c2)
    return float((above / below).mean())


def luminance(picture: Tensor) -> Tensor:
    """Return the brightness (1, 1, H, W) of a picture (1, 3, H, W), float64."""
    weights = torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64, device="cpu")
    return (picture.double() * weights[:, None, None]).sum(dim=1, keepdim=True)


def _blur(image: Tensor, side: int, spread: float) -> Tensor:
    """Return an image (1, 1, H, W) under a Gaussian window, its border repeated."""
    places = torch.arange(side, dtype=image.dtype, device="cpu") - side // 2
    window = torch.exp(-places.square() / (2 * spread**2))
    window /= window.sum()
    around = pad(image, [side // 2] * 4, mode="replicate")
    return conv2d(conv2d(around, window[None, None, None, :]), window[None, None, :, None])
