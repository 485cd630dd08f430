"""Style losses of means and covariances: where features lie, and how they spread around it.

A Gram matrix is mean and covariance in one, so a brighter and flatter picture may have the same:
the constant 1/√2, and 0 and 1 half and half. These losses tell the two apart.

    MeanLoss          mean of every channel
    MeanStdLoss       mean and standard deviation of every channel
    WassersteinLoss   mean and covariance: the distance between two Gaussians
    ShiftedGramLoss   the Gram matrix of features from which a constant has been taken

Each is ``s d²`` with a squared distance d² in units of the features and the scale s of a
normalization; with relative losses ``s = 1 / E|f|²``, one over the style's mean energy.
"""

from __future__ import annotations

import math
from typing import final

import torch
from torch import Tensor

from impasto.losses.loss import StyleLoss
from impasto.normalization import Scale, Target
from impasto.statistics import Statistic, exact, first_moment, mean_square, moments

RIDGE = 1e-4
"""Added to every variance, as a share of the style's mean variance: square roots of variances
that are zero have no gradient, and covariances of few positions no inverse."""


@final
class MeanLoss(StyleLoss):
    """Squared distance of the channels' means from the style's: ``L = s Σ_i (μ_i - μ̂_i)²``.

    It says little of a feature map, and all of one whose channels are products: the means of
    ``e(t) e(t + τ)`` are the autocorrelation of e.
    """

    statistic = staticmethod(first_moment)


@final
class MeanStdLoss(StyleLoss):
    """Squared distance of the channels' means and standard deviations from the style's.

    ``L = s Σ_i (μ_i - μ̂_i)² + (σ_i - σ̂_i)²``, each channel as a Gaussian of its own.

    Source: Li et al. (2017), "Demystifying Neural Style Transfer", section 4.2 (BN statistics).
    """

    def __init__(self, target: Tensor, scale: Scale) -> None:
        """Keep the style's mean ``target`` (2, C) of `mean_square`."""
        variance = (target[1] - target[0].square()).clamp(min=0)
        self.floor = RIDGE * float(variance.mean()) + torch.finfo(torch.float32).tiny
        super().__init__(target, scale)

    statistic = staticmethod(mean_square)

    def measure(self, target: Tensor) -> Target:
        """Return the style's energy ``Σ f²``."""
        return Target(float(target[1].sum()), target.shape[1], target.shape[1])

    def describe(self, mean: Tensor) -> Tensor:
        """Return means and standard deviations (2, C)."""
        variance = (mean[1] - mean[0].square()).clamp(min=0)
        return torch.stack([mean[0], (variance + self.floor).sqrt()])


@final
class WassersteinLoss(StyleLoss):
    """Squared Wasserstein distance between Gaussians with the features' means and covariances.

    ``L = s (|μ - μ̂|² + tr(Σ + Σ̂ - 2 (Σ̂^½ Σ Σ̂^½)^½))``: the least work that moves the one
    distribution to the other.

    The trace of the root is the sum of the roots of the eigenvalues. Its gradient needs no
    differences of eigenvalues, so equal ones do no harm. All of this is done in float64.

    Source: Dowson and Landau (1982); Olkin and Pukelsheim (1982).
    """

    def __init__(self, target: Tensor, scale: Scale) -> None:
        """Keep the style's mean ``target`` (C, C + 1) of `moments`."""
        sums = exact(target)
        channels = len(sums)
        covariance = sums[:, :-1] - sums[:, -1:] * sums[:, -1]
        self.ridge = (RIDGE * covariance.trace().clamp(min=0) / channels + 1e-30) * torch.eye(
            channels, dtype=torch.float64, device=sums.device
        )
        self.mean, covariance = self._describe(sums)
        values, vectors = torch.linalg.eigh(covariance)
        self.root = (vectors * values.clamp(min=0).sqrt()) @ vectors.mT
        self.trace = values.clamp(min=0).sum()
        self.scale = scale(Target(float(sums[:, :-1].trace()), channels, channels))

    statistic = staticmethod(moments)

    def distance(self, statistic: Statistic) -> Tensor:
        """Return the loss of a feature map with these sums."""
        mean, covariance = self._describe(exact(statistic.mean))
        squares = torch.linalg.eigvalsh(self.root @ covariance @ self.root)
        # A floor of float64 noise: below it the root's gradient would be noise, too.
        floor = 1e-15 * (self.trace * covariance.detach().trace()).clamp(min=1e-30)
        spread = covariance.trace() + self.trace - 2 * squares.clamp(min=floor).sqrt().sum()
        loss: Tensor = self.scale * ((mean - self.mean).square().sum() + spread.clamp(min=0))
        return loss.to(statistic.total.device, statistic.total.dtype)

    def _describe(self, mean: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean (C,) and covariance (C, C), with the ridge."""
        first = mean[:, -1]
        return first, mean[:, :-1] - first[:, None] * first + self.ridge


@final
class ShiftedGramLoss(StyleLoss):
    """Squared distance of Gram matrices of features less a constant.

    ``L = s Σ_ij (G_ij - A_ij)²`` with the Gram matrices of ``f - c``, where c is the root mean
    square of the style's features.

    # Differs from Novak and Nikulin (2016): they take 1 from the features of one network; here the
    # constant follows the style picture, so that networks of any scale compare.

    Source: Novak and Nikulin (2016), "Improving the Neural Algorithm of Artistic Style", 3.2.
    """

    def __init__(self, target: Tensor, scale: Scale) -> None:
        """Keep the style's mean ``target`` (C, C + 1) of `moments`."""
        energy = target[:, :-1].trace().clamp(min=0)
        self.shift = math.sqrt(float(energy) / len(target))
        super().__init__(target, scale)

    statistic = staticmethod(moments)

    def describe(self, mean: Tensor) -> Tensor:
        """Return ``mean (f - c)(f - c)ᵀ``."""
        first = self.shift * mean[:, -1:]
        return mean[:, :-1] - first - first.mT + self.shift**2
