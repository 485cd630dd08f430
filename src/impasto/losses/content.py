"""What is compared: content, style, total variation.

A loss is built from its target and called on one feature map; it gives one number and knows no
weight, network, file or picture. A style loss works in two steps, a content loss in one, so that
both can be evaluated in tiles:

    statistic(features, weights)   a sum over positions, each counted by its weight
    distance(statistic)            one number

    part(features, rows, columns)  its summand from one part of the feature map
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from torch import Tensor

from impasto.losses.normalization import Scale, Target
from impasto.statistics.gram import Statistic, accumulable, gram
from impasto.registry import Variation


class Loss(Protocol):
    """Anything that turns the feature map (B, C, H, W) of one layer into one number >= 0."""

    def __call__(self, features: Tensor) -> Tensor:
        """Return the loss, a tensor without dimensions."""


@runtime_checkable
class GlobalLoss(Protocol):
    """A loss that is a function of a statistic, and so can be collected over tiles."""

    def statistic(self, features: Tensor, weights: Tensor | None = None) -> Statistic:
        """Return the sum over the positions of ``features`` (B, C, H, W).

        Each position counts by its weight (1, 1, H, W) >= 0, or once without weights.
        """

    def distance(self, statistic: Statistic) -> Tensor:
        """Return the loss of all features with this statistic."""

    def __call__(self, features: Tensor, weights: Tensor | None = None) -> Tensor:
        """Return the distance of the statistic of ``features``."""


class PictureLoss(Protocol):
    """A style loss whose target is no sum over positions: it needs the paintings' feature maps.

    It knows neither masks nor tiles.
    """

    least: int
    """The fewest rows and columns of positions that it can look at."""

    strides: tuple[int, ...]
    """It is for layers whose positions lie so many pixels apart."""

    @classmethod
    def of_pictures(
        cls, features: Sequence[Tensor], weights: Sequence[float], scale: Scale
    ) -> Loss:
        """Return the loss for paintings with these feature maps (1, C, H, W) and weights."""


@runtime_checkable
class LocalLoss(Protocol):
    """A loss that is itself a sum over positions."""

    def part(self, features: Tensor, rows: slice, columns: slice) -> Tensor:
        """Return the share of ``features``, which lie at these rows and columns of the layer."""


def _describe(target: Tensor, channels: int) -> Target:
    return Target(float(target.square().sum()), channels, target.numel())


class ContentLoss:
    """Squared distance of a feature map from the photograph's, position by position.

    ``L = s Σ_ij (F_ij - P_ij)²`` with the scale s of a normalization (1/2 in the paper).

    Source: Gatys et al. (2015), equation 1; autograd supplies equation 2.
    """

    def __init__(self, target: Tensor, scale: Scale) -> None:
        """Keep the photograph's feature map ``target`` (B, C, H, W)."""
        self.target = accumulable(target)
        self.scale = scale(_describe(self.target, target.shape[1]))

    def __call__(self, features: Tensor) -> Tensor:
        """Return the loss of ``features``, of the target's shape."""
        return self.part(features, slice(None), slice(None))

    def part(self, features: Tensor, rows: slice, columns: slice) -> Tensor:
        """Return the share of one part of the feature map."""
        target = self.target[..., rows, columns]
        return self.scale * (accumulable(features) - target).square().sum()


class GramLoss:
    """Squared distance of the Gram matrix from the painting's: which features occur together.

    ``E = s Σ_ij (G_ij - A_ij)²`` with Gram matrices that are means over positions.

    # Differs from Gatys et al. (2015): each Gram matrix is divided by its own number of positions,
    # so that pictures of different sizes compare; for equal sizes equation 4 is unchanged.

    Source: Gatys et al. (2015), equations 3 to 5; autograd supplies equation 6.
    """

    def __init__(self, target: Tensor, scale: Scale) -> None:
        """Keep the mean Gram matrix ``target`` (C, C), see `statistics.blend`."""
        self.target = target
        self.scale = scale(_describe(target, target.shape[0]))

    statistic = staticmethod(gram)

    def distance(self, statistic: Statistic) -> Tensor:
        """Return the loss of a feature map with this Gram matrix."""
        return self.scale * (statistic.mean - self.target).square().sum()

    def __call__(self, features: Tensor, weights: Tensor | None = None) -> Tensor:
        """Return the loss of ``features`` (B, C, H, W), positions counted by their weights."""
        return self.distance(self.statistic(features, weights))


class TotalVariation:
    """Differences of neighboring values, which punish speckle: ``s Σ |dx|ᵖ + s Σ |dy|ᵖ``.

    The scale s is by default one over the number of differences, so that each sum is a mean.
    The degree p is 2 (squared: smooth) or 1 (absolute: keeps edges). Jointly, both differences of a
    pixel make one arrow: ``s Σ (dx² + dy²)^(p/2)``; Kang has p = 2.5, the power 1.25.

    Source: Mahendran and Vedaldi (2015), who have the joint form with any power, for p = 2; Rudin,
    Osher and Fatemi (1992) for p = 1; the power 1.25 is from the Keras example of Chollet.
    """

    def __init__(self, kind: Variation, scale: Callable[[int, float], float]) -> None:
        """Keep the kind, and the scale of a sum of n terms of its degree."""
        self.kind = kind
        self.scale = scale

    def __call__(self, features: Tensor) -> Tensor:
        """Return the variation of ``features`` (B, C, H, W), usually of the layer ``"image"``."""
        dy, dx = features.diff(dim=2), features.diff(dim=3)
        if self.kind.joint:
            squares = dx[:, :, :-1].square() + dy[:, :, :, :-1].square()
            return self._sum(squares.pow(self.kind.degree / 2))
        power = {1: Tensor.abs, 2: Tensor.square}[int(self.kind.degree)]
        return self._sum(power(dx)) + self._sum(power(dy))

    def _sum(self, powers: Tensor) -> Tensor:
        return self.scale(powers.numel(), self.kind.degree) * powers.sum()
