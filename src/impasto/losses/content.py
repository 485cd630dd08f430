"""Content: where the image has which feature."""

from __future__ import annotations

from copy import copy
from typing import final

from torch import Tensor

from impasto.losses.loss import LocalLoss
from impasto.normalization import Scale, Target
from impasto.statistics import accumulable


@final
class ContentLoss(LocalLoss):
    """Squared distance of a feature map from that of the content image, position by position.

    ``L = s Σ_ij (F_ij - P_ij)²`` with the scale s of a normalization (1/2 in the paper).

    Source: Gatys et al. (2015), equation 1; autograd supplies equation 2.
    """

    def __init__(self, target: Tensor, scale: Scale) -> None:
        """Keep the content image's feature map ``target`` (B, C, H, W)."""
        self.target = accumulable(target)
        energy = float(self.target.square().sum())
        self.scale = scale(Target(energy, target.shape[1], target.numel()))

    def part(
        self, features: Tensor, rows: slice, columns: slice, mask: Tensor | None = None
    ) -> Tensor:
        """Return the share of one part of the feature map."""
        target = self.target[..., rows, columns]
        squares = (accumulable(features) - target).square()
        return self.scale * (squares if mask is None else mask * squares).sum()

    def at(self, rows: slice, columns: slice) -> ContentLoss:
        """Return the loss of one part of the feature map alone, with its part of the target."""
        loss = copy(self)
        loss.target = self.target[..., rows, columns]
        return loss
