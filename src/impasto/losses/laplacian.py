"""Keep the photograph's edges: the Laplacian of the image stays near the photograph's.

Source: Li, Xu, Nie and Liu (2017), "Laplacian-Steered Neural Style Transfer".
"""

from __future__ import annotations

import torch
import torch.nn.functional as nnf
from torch import Tensor

from impasto.losses.content import ContentLoss
from impasto.losses.normalization import Scale

POOLS = (2, 4)
"""Sides of the squares that are averaged before, in pixels: details finer than that may be lost."""


class EdgeLoss:
    """Squared distance of the Laplacian from the photograph's, at a few resolutions.

    ``s Σ_ij (D_ij - D'_ij)²`` with ``D = 4 x_ij - x_i-p,j - x_i+p,j - x_i,j-p - x_i,j+p`` of the
    means x over squares of side p, summed over the color channels, with the scale s of a
    normalization; mean over `POOLS`.

    # Differs from Li et al. (2017): the squares lie at every pixel, not side by side, so that their
    # grid does not show in the picture.
    """

    def __init__(self, photograph: Tensor, scale: Scale) -> None:
        """Keep the Laplacians of the photograph (1, 3, H, W)."""
        self.losses = {
            pool: ContentLoss(laplacian(photograph, pool), scale)
            for pool in POOLS
            if min(photograph.shape[2:]) >= 3 * pool
        }

    def __call__(self, features: Tensor) -> Tensor:
        """Return the loss of an image (1, 3, H, W)."""
        if not self.losses:
            return 0 * features.sum()
        values = [loss(laplacian(features, pool)) for pool, loss in self.losses.items()]
        return torch.stack(values).mean()


def laplacian(image: Tensor, pool: int) -> Tensor:
    """Return the Laplacian (1, 1, h, w) of an image (1, 3, H, W), averaged over squares first."""
    x, p = nnf.avg_pool2d(image.sum(dim=1, keepdim=True), pool, stride=1), pool
    middle = x[..., p:-p, p:-p]
    beside = x[..., p:-p, : -2 * p] + x[..., p:-p, 2 * p :]
    above = x[..., : -2 * p, p:-p] + x[..., 2 * p :, p:-p]
    return 4 * middle - beside - above
