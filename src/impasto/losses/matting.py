"""Keep a photograph a photograph: its colors may change, smoothly, its edges may not bend.

In a photograph the colors of a small window lie nearly on a line. A recoloring that is an affine
function of its colors in every 3x3 window keeps all of its edges. How far an image V
is from one is a quadratic form with the matting Laplacian L of the content image I:

    E(V) = Σ_c V_cᵀ L V_c = Σ_c Σ_k  min over a, b of  Σ_i∈k (V_i - a·I_i - b)² + ε |a|²
    L_ij = Σ_k∋i,j  δ_ij - (1 + (I_i - μ_k)ᵀ (Σ_k + ε/9)⁻¹ (I_j - μ_k)) / 9

over all windows k with mean μ_k and covariance Σ_k. Every row of L sums to 0, and two pixels share
a window if they are at most two apart, so L is 12 planes of affinities A, one for each offset d:

    (L V)_i = Σ_d A_d(i) (V_i - V_i+d) + A_d(i-d) (V_i - V_i-d)

No matrix is built: a plane is a sum over windows, from box-filtered statistics and a 3x3 inverse
for each window, in float64. What is left for each evaluation are differences of neighbors, which
lose nothing in float32. L is symmetric, so one application gives the energy and its gradient 2 L V.

Source: Levin, Lischinski and Weiss (2008), "A Closed-Form Solution to Natural Image Matting",
equation 12; Luan et al. (2017), "Deep Photo Style Transfer", equation 4.
"""

from __future__ import annotations

from copy import copy
from itertools import combinations
from typing import Any, final

import torch
from torch import Tensor

from impasto.losses.box_filter import inner, means, precision_matrices
from impasto.losses.loss import Loss

EPSILON = 1e-7
"""ε for colors in [0, 1], as in Luan et al. (2017)."""

WINDOW_SIDE = 3
"""Side of the windows in pixels."""

PLACES = tuple((y, x) for y in range(WINDOW_SIDE) for x in range(WINDOW_SIDE))
"""The pixels of a window, by row and column."""

OFFSETS = tuple(
    (y, x)
    for y in range(WINDOW_SIDE)
    for x in range(1 - WINDOW_SIDE, WINDOW_SIDE)
    if (y, x) > (0, 0)
)
"""From a pixel to the later one of each pair that shares a window."""

STRIP = 256
"""Rows whose statistics are in memory at once."""

BYTES_PER_PIXEL = 4 * len(OFFSETS) + 100
"""Bytes for each pixel: the planes, and what an application takes."""


@final
class MattingLaplacian:
    """The matting Laplacian of an image, as a function.

    Example:
        >>> content = torch.rand(1, 3, 8, 9, dtype=torch.float64)
        >>> recolored = 0.5 * content.flip(1) + 0.2
        >>> energy = (recolored * MattingLaplacian(content)(recolored)).sum()
        >>> bool(energy < 1e-4)
        True
    """

    def __init__(self, content: Tensor, epsilon: float = EPSILON) -> None:
        """Sum the affinities of all windows of ``content`` (1, 3, H, W)."""
        height, width = content.shape[2:]
        planes = torch.zeros((len(OFFSETS), height, width), dtype=content.dtype, device="cpu")
        for top in range(0, height - WINDOW_SIDE + 1, STRIP):
            rows = slice(top, top + STRIP + WINDOW_SIDE - 1)
            # Not every device has float64, and this is done once for each size.
            planes[:, rows] += affinities(content[0, :, rows].double().cpu(), epsilon).to(planes)
        self.planes = planes.to(content.device)

    def weighted(self, mask: Tensor) -> MattingLaplacian:
        """Return the same with every pair of pixels weighted by the mean of their masks.

        The energy is a sum over pairs, ``Σ_i Σ_d A_d(i) (V_i - V_i+d)²``, so this is again the
        matrix of an energy.
        """
        weighted = copy(self)
        weighted.planes = torch.zeros_like(self.planes)
        for plane, own, offset in zip(weighted.planes, self.planes, OFFSETS, strict=True):
            here, there = neighbors(offset, *own.shape)
            plane[here] = own[here] * (mask[0, 0][here] + mask[0, 0][there]) / 2
        return weighted

    def __call__(self, image: Tensor) -> Tensor:
        """Return ``L V`` for each channel of an image (1, C, H, W)."""
        V, applied = image[0], torch.zeros_like(image[0])
        for plane, offset in zip(self.planes, OFFSETS, strict=True):
            here, there = neighbors(offset, *V.shape[1:])
            difference = V[:, *here] - V[:, *there]
            applied[:, *here].addcmul_(plane[here], difference)
            applied[:, *there].addcmul_(plane[here], difference, value=-1)
        return applied[None]


Place = tuple[slice, slice]


def neighbors(offset: tuple[int, int], height: int, width: int) -> tuple[Place, Place]:
    """Return rows and columns of all pixels that have a neighbor at an offset, and of those."""
    y, x = offset
    left, right = max(-x, 0), max(x, 0)
    here = slice(0, max(height - y, 0)), slice(left, max(width - right, left))
    there = slice(y, None), slice(right, max(width - left, right))
    return here, there


def affinities(guide: Tensor, epsilon: float) -> Tensor:
    """Return the planes ``A_d = -L_i,i+d`` (12, H, W) of a picture (3, H, W)."""
    height, width = guide.shape[1:]
    planes = guide.new_zeros((len(OFFSETS), height, width))
    if min(height, width) < WINDOW_SIDE:
        return planes
    mean = means(guide, WINDOW_SIDE)
    inverse = precision_matrices(guide, mean, WINDOW_SIDE, epsilon / WINDOW_SIDE**2)
    deviations = [inner(guide, place, WINDOW_SIDE) - mean for place in PLACES]
    scaled = [torch.einsum("ijhw,jhw->ihw", inverse, each) for each in deviations]
    for first, second in combinations(range(len(PLACES)), 2):
        affinity = (1 + (deviations[first] * scaled[second]).sum(dim=0)) / WINDOW_SIDE**2
        (y, x), (below, beside) = PLACES[first], PLACES[second]
        plane = planes[OFFSETS.index((below - y, beside - x))]
        inner(plane, (y, x), WINDOW_SIDE).add_(affinity)
    return planes


@final
class MattingLoss(Loss):
    """How far an image is from a smooth recoloring of the content: ``Σ_c V_cᵀ L V_c / (H W)``.

    # Differs from Luan et al. (2017): the energy is divided by the number of pixels, so that a
    # weight holds for every size.
    """

    def __init__(self, content: Tensor, epsilon: float = EPSILON) -> None:
        """Collect the statistics of the content image (1, 3, H, W)."""
        self.laplacian = MattingLaplacian(content, epsilon)

    def __call__(self, features: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the energy per pixel of an image (1, 3, H, W).

        A pair of pixels counts by the mean of their ``mask`` (1, 1, H, W).
        """
        laplacian = self.laplacian if mask is None else self.laplacian.weighted(mask)
        energy: Tensor = _Energy.apply(features, laplacian)  # type: ignore[no-untyped-call]
        return energy / features[0, 0].numel()


class _Energy(torch.autograd.Function):
    """``Σ_c V_cᵀ L V_c`` with the gradient ``2 L V``."""

    @staticmethod
    def forward(ctx: Any, image: Tensor, laplacian: MattingLaplacian) -> Tensor:
        applied = laplacian(image)
        ctx.save_for_backward(applied)
        return (applied * image).sum()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (applied,) = ctx.saved_tensors
        return 2 * gradients[0] * applied, None
