"""Quick finishes: put the content's edges back into a finished picture, in one step.

Each takes the picture and the content, (3, H, W) in [0, 1], and has a row in `tables.FINISHES`.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from impasto.losses import guided_filter

LUMINANCE_WEIGHT, CHROMA_WEIGHT = 5.0, 1.0
"""How much gradients count against colors, as Mechrez et al. (2017) weigh L, a and b."""

RADIUS = 0.02
"""Radius of the guided filter, as a share of the long side."""

FILTER_RIDGE = 1e-4
"""Of the guided filter: edges fainter than its root, 0.01, are smoothed."""


def poisson(picture: Tensor, content: Tensor) -> Tensor:
    """Give the picture the content's gradients, and let it keep its colors as far as it can.

    ``min w² ‖∇O - ∇I‖² + ‖O - S‖²``, for luminance and for chroma with a w of its own.

    # Differs from Mechrez et al. (2017): luminance and chroma are those of YIQ instead of Lab.

    Source: Mechrez, Shechtman and Zelnik-Manor (2017), "Photorealistic Style Transfer with Screened
    Poisson Equation".
    """
    values, guides = (luminance_and_chroma(each) for each in (picture, content))
    weights = (LUMINANCE_WEIGHT**2, *(CHROMA_WEIGHT**2,) * 3)
    solved = [screened_poisson(*each) for each in zip(values, guides, weights, strict=True)]
    return torch.stack([chroma + solved[0] for chroma in solved[1:]])


def luminance_and_chroma(picture: Tensor) -> Tensor:
    """Return Y, R - Y, G - Y and B - Y of a picture (3, H, W)."""
    Y = 0.299 * picture[0] + 0.587 * picture[1] + 0.114 * picture[2]
    return torch.cat([Y[None], picture - Y])


def screened_poisson(values: Tensor, guide: Tensor, weight: float) -> Tensor:
    """Return the O of least ``weight ‖∇O - ∇I‖² + ‖O - S‖²``, all planes (H, W).

    Gradients are differences of neighbors, and there are none across the border. The cosines of
    the DCT-II diagonalize this: ``Ô = (Ŝ + weight λ Î) / (1 + weight λ)`` with
    ``λ_uv = (2 - 2 cos πu/H) + (2 - 2 cos πv/W)``.
    """
    height, width = values.shape
    down = 2 - 2 * torch.cos(math.pi * torch.arange(2 * height, device="cpu").double() / height)
    across = 2 - 2 * torch.cos(math.pi * torch.arange(width + 1, device="cpu").double() / width)
    # At frequency zero λ is 0: the mean is that of the picture.
    weighted = weight * (down[:, None] + across[None]).to(values)
    source, target = (torch.fft.rfft2(mirrored(plane)) for plane in (values, guide))
    blended = (source + weighted * target) / (1 + weighted)
    solved: Tensor = torch.fft.irfft2(blended, s=(2 * height, 2 * width))
    return solved[:height, :width]


def mirrored(plane: Tensor) -> Tensor:
    """Return a plane (H, W) continued by reflection to a period (2 H, 2 W).

    The discrete Fourier transform of that is the DCT-II of the plane, up to phases.
    """
    rows = torch.cat([plane, plane.flip(0)])
    return torch.cat([rows, rows.flip(1)], dim=1)


def guided(picture: Tensor, content: Tensor) -> Tensor:
    """Make the picture a smooth recoloring of the content, window by window.

    Source: He, Sun and Tang (2013), "Guided Image Filtering"; Li et al. (2018), "A Closed-form
    Solution to Photorealistic Image Stylization", use it in this place.
    """
    radius = max(round(RADIUS * max(picture.shape[1:])), 2)
    return guided_filter(content, picture, radius, FILTER_RIDGE)


def unfinished(picture: Tensor, content: Tensor) -> Tensor:
    """Return the picture as it is."""
    return picture
