"""Style losses of whole distributions: the least work that moves values to the style's.

In one dimension the best transport keeps the order: the smallest value goes to the style's
smallest, and so on. `HistogramLoss` does this channel by channel, `SlicedLoss` along directions
that mix the channels. Order is found by counting, see `impasto.statistics.histogram`, so that the
loss adds over tiles and pictures, and is the same function with tiles and without.

Source: Risser, Wilmot and Barnes (2017) for histograms in style transfer; Heitz et al. (2021) for
slices.
"""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor

from impasto.losses.loss import StyleLoss
from impasto.normalization import Scale, Target
from impasto.statistics import Statistic, counts, exact, grid, halve, sliced_counts


class QuantileLoss(StyleLoss):
    """Work of moving every row's values to the style's, keeping their order.

    ``L = s Σ_i ∫₀¹ (x_i(u) - q_i(u))² du`` with the quantiles x of the image and q of the style:
    the squared Wasserstein distance of each row's distribution. With relative losses
    ``s = 1 / E|f|²``, one over the style's mean energy.

    The style's counts are spread evenly around their points, the image's are not, so that the
    derivative is zero where the two are equal; the constant that this adds is taken off.
    """

    def __init__(self, target: Tensor, scale: Scale) -> None:
        """Keep the style's mean ``target`` (C, POINTS) of a count."""
        self.shares = exact(target)
        self.points = grid().to(self.shares.device)
        edges = (self.points[1:] + self.points[:-1]) / 2
        self.edges = torch.cat([self.points[:1], edges, self.points[-1:]])
        self.ranks = self.shares.cumsum(dim=1)
        middles = (self.edges[1:] + self.edges[:-1]) / 2
        self.sums = (self.shares * middles).cumsum(dim=1)
        energy = float((self.shares * self.points.square()).sum())
        self.scale = scale(Target(energy, len(target), len(target)))

    def distance(self, statistic: Statistic) -> Tensor:
        """Return the loss of a feature map with these counts.

        With ``A(u) = ∫₀ᵘ q``, the squares of the quantiles left out because they are constant, the
        work is ``Σ_k c_k² h_k + 2 Σ_k (c_{k+1} - c_k) A(h_1 + ... + h_k)``.
        """
        shares = exact(statistic.mean)
        used = self._used(shares)
        h, g = shares[:, used], self.shares[:, used]
        steps = torch.cat([self.points, self.points[-1:]]).diff()[used]
        sums = self._sum_of_quantiles(h.cumsum(dim=1), used) - self.sums[:, used]
        work = ((h - g) @ self.points[used].square() + 2 * sums @ steps).sum()
        loss: Tensor = self.scale * work.clamp(min=0)
        return loss.to(statistic.total.device, statistic.total.dtype)

    def _used(self, shares: Tensor) -> slice:
        """Return the stretch of the grid outside which neither has values."""
        counted = (shares.detach() + self.shares).sum(dim=0).nonzero()
        return slice(int(counted[0]), int(counted[-1]) + 1)

    def _sum_of_quantiles(self, ranks: Tensor, used: slice) -> Tensor:
        """Return ``A`` of ranks (C, K) from 0 to 1: the integral of the style's quantiles."""
        own, sums, g = (x[:, used] for x in (self.ranks, self.sums, self.shares))
        edges = self.edges[used.start : used.stop + 1]
        within = torch.minimum(ranks.detach(), own[:, -1:])  # rounding may leave it above
        bins = torch.searchsorted(own.contiguous(), within)
        share = g.gather(1, bins)
        beyond = ranks - own.gather(1, bins)  # negative: measured from the bin's upper end
        slope = edges.diff()[bins] / share.clamp(min=1e-30)
        return sums.gather(1, bins) + beyond * (edges[1:][bins] + 0.5 * beyond * slope)


@final
class CoarseHistogramLoss(QuantileLoss):
    """`HistogramLoss` of features averaged over squares of 2 x 2, for the fine layers of a network.

    Most positions are there, and what drifts without this loss is brightness and contrast, which
    the averages show, too.
    """

    @staticmethod
    def statistic(features: Tensor, weights: Tensor | None = None) -> Statistic:
        """Count the averages."""
        return counts(*halve(features, weights))


@final
class HistogramLoss(QuantileLoss):
    """The histograms of all channels (C, POINTS).

    # Differs from Risser et al. (2017): the image's values are not compared with a remapped copy
    # that is held fixed; this is the distance itself, whose gradient that copy gives.

    Source: Risser, Wilmot and Barnes (2017), section 4.2.
    """

    coarse = CoarseHistogramLoss
    statistic = staticmethod(counts)


@final
class CoarseSlicedLoss(QuantileLoss):
    """`SlicedLoss` of features averaged over squares of 2 x 2, for the fine layers of a network."""

    @staticmethod
    def statistic(features: Tensor, weights: Tensor | None = None) -> Statistic:
        """Count the averages along the directions."""
        return sliced_counts(*halve(features, weights))


@final
class SlicedLoss(QuantileLoss):
    """The histograms along fixed directions, which mix the channels.

    ``L = s Σ_d ∫₀¹ (x_d(u) - q_d(u))² du`` with the quantiles of ``dᵀ f`` for orthonormal random
    directions d: as many as there are channels, at most `impasto.statistics.histogram.SLICES`. The
    directions are always the same, so this is one function, as L-BFGS needs.

    # Differs from Heitz et al. (2021): they draw new directions at every evaluation.

    Source: Heitz et al. (2021), "A Sliced Wasserstein Loss for Neural Texture Synthesis", eq. 2.
    """

    coarse = CoarseSlicedLoss
    statistic = staticmethod(sliced_counts)
