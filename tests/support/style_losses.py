"""Style losses that somebody might add: one of one layer, one that joins several."""

from torch import Tensor

from impasto.losses import StyleLoss
from impasto.registry import Row
from impasto.statistics import Statistic, count, gram, halve


class SkewLoss(StyleLoss):
    """The example in the docstring of `StyleLoss`, word for word."""

    @staticmethod
    def statistic(features, weights=None):
        cubes = features**3 if weights is None else weights * features**3
        return Statistic(cubes.sum(dim=(0, 2, 3)), count(features, weights))


class CrossGramLoss(StyleLoss):
    """Products of the features of a layer with those of another, of half as many rows and columns.

    The finer layer, which comes first, is averaged over squares of 2 x 2 positions.
    """

    joint = True

    @staticmethod
    def statistic(features: tuple[Tensor, Tensor], weights: Tensor | None = None) -> Statistic:
        fine, coarse = features
        fine, weights = halve(fine, weights)
        if weights is not None:
            fine = weights * fine
        products = fine.flatten(2) @ coarse.flatten(2).mT
        return Statistic(products.sum(dim=0), count(coarse, weights))


class FirstGramLoss(StyleLoss):
    """The Gram matrix of the first of all layers."""

    joint = True

    @staticmethod
    def statistic(features: tuple[Tensor, ...], weights: Tensor | None = None) -> Statistic:
        assert isinstance(features, tuple)
        return gram(features[0], weights)


class WholeMapsLoss(StyleLoss):
    """The maps of all layers themselves, which are no sums over positions."""

    additive = False
    joint = True

    @staticmethod
    def statistic(features, weights=None):
        raise TypeError("there is no statistic")

    def __init__(self, target, scale):
        self.target = target

    @classmethod
    def from_features(cls, features, weights, scale):
        return cls([list(each) for each in features], scale)

    def __call__(self, features, mask=None):
        pairs = zip(features, self.target[0], strict=True)
        return sum((one.mean() - other.mean()).square() for one, other in pairs)


ROWS = {
    "skew": Row("tests.support.style_losses:SkewLoss", "third moments"),
    "first": Row("tests.support.style_losses:FirstGramLoss", "correlations of the first layer"),
    "maps": Row("tests.support.style_losses:WholeMapsLoss", "whole maps of all layers"),
    "cross": Row("tests.support.style_losses:CrossGramLoss", "correlations between two layers"),
}
"""As they would stand in `impasto.registry.STYLE_LOSSES`."""
