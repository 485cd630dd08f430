"""What a loss is: the contracts that the rest of the package relies on.

    Loss          any number >= 0 from feature maps
    ├── LocalLoss     a sum over positions, as content is: can be evaluated in tiles
    └── StyleLoss     a distance of statistics, as style is: can be evaluated in tiles

A loss is built from its target and called on features. It knows no weight, network, file or image.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self, final

from torch import Tensor

from impasto.normalization import Scale, Target
from impasto.statistics import Statistic, blend


class Loss(ABC):
    """Turns the feature map (B, C, H, W) of one layer into one number >= 0.

    A term may name several layers; its loss then gets a tuple of their feature maps.
    """

    @abstractmethod
    def __call__(self, features: Any, mask: Tensor | None = None) -> Tensor:
        """Return the loss, a tensor without dimensions.

        Args:
            features: Feature map (B, C, H, W), or a tuple of them.
            mask: How much each position counts, (1, 1, H, W) and >= 0; without it, each once.
        """

    def of_rows(self, image: Tensor, rows: slice, height: int) -> Tensor:
        """Return the share of some rows of an image; the shares of all rows add up to the loss.

        Args:
            image: A part of the image (B, C, h, W): the rows, and the one after them if there is.
            rows: Which of it they are.
            height: Of the whole image.

        Raises:
            TypeError: By a loss that needs the whole image at once, as most do.
        """
        raise TypeError(f"{type(self).__name__} needs the whole image at once")


class LocalLoss(Loss):
    """A loss that is itself a sum over positions."""

    def __call__(self, features: Any, mask: Tensor | None = None) -> Tensor:
        """Return the loss of a whole feature map."""
        return self.part(features, slice(None), slice(None), mask)

    @abstractmethod
    def part(
        self, features: Any, rows: slice, columns: slice, mask: Tensor | None = None
    ) -> Tensor:
        """Return the share of ``features``, which lie at these rows and columns of the layer.

        Args:
            features: Feature map (B, C, h, w) of these rows and columns.
            rows: Rows of the whole layer.
            columns: Columns of the whole layer.
            mask: How much each of these positions counts, (1, 1, h, w); without it, each once.
        """

    def at(self, rows: slice, columns: slice) -> LocalLoss:
        """Return the loss of these rows and columns alone, called on features (B, C, h, w)."""
        return _LossOfPart(self, rows, columns)


@final
class _LossOfPart(LocalLoss):
    """The share of some rows and columns; all of the loss goes along."""

    def __init__(self, loss: LocalLoss, rows: slice, columns: slice) -> None:
        self.loss, self.place = loss, (rows, columns)

    def part(
        self, features: Any, rows: slice, columns: slice, mask: Tensor | None = None
    ) -> Tensor:
        """Return the share of this part; of less of it, nobody asks."""
        return self.loss.part(features, *self.place, mask)


class StyleLoss(Loss):
    """How far a statistic of features is from that of the style.

    ``L = s |d(m) - d(m')|²`` with the means m and m' of a statistic over the positions of the image
    and of the style, a description d of such a mean, by default the mean itself, and the scale s of
    a normalization. A subclass gives the statistic; what else it gives differs from this.

    Example:
        A loss of third moments is four lines of mathematics:

        >>> class SkewLoss(StyleLoss):
        ...     @staticmethod
        ...     def statistic(features, weights=None):
        ...         cubes = features**3 if weights is None else weights * features**3
        ...         return Statistic(cubes.sum(dim=(0, 2, 3)), count(features, weights))

    Attributes:
        additive: Whether `statistic` adds up over positions. A loss that compares whole feature
            maps knows neither tiles nor masks of regions, and has a `from_features` of its own.
        joint: Whether it looks at all style layers at once: `statistic` gets a tuple of maps.
        minimum_positions: The fewest rows and columns of positions that it can look at.
        strides: It is for layers whose positions lie so many pixels apart; None for all layers.
        coarse: What takes its place at the fine layers of a network; None if it is for them, too.
    """

    additive: ClassVar[bool] = True
    joint: ClassVar[bool] = False
    minimum_positions: ClassVar[int] = 1
    strides: ClassVar[tuple[int, ...] | None] = None
    coarse: ClassVar[type[StyleLoss] | None] = None

    def __init__(self, target: Tensor, scale: Scale) -> None:
        """Keep what is compared of the style.

        Args:
            target: The mean of the style's statistic, see `impasto.statistics.blend`.
            scale: Of a normalization.
        """
        self.target = self.describe(target)
        self.scale = scale(self.measure(target))

    @staticmethod
    @abstractmethod
    def statistic(features: Any, weights: Tensor | None = None) -> Statistic:
        """Return the sum over the positions of ``features`` (B, C, H, W).

        Each position counts by its weight (1, 1, H, W) >= 0, or once without weights.
        """

    def describe(self, mean: Tensor) -> Tensor:
        """Return what is compared of the mean of a statistic."""
        return mean

    def measure(self, target: Tensor) -> Target:
        """Return what the scale of the loss may depend on, of the mean of the style's statistic."""
        return Target(float(self.target.square().sum()), target.shape[0], self.target.numel())

    def distance(self, statistic: Statistic) -> Tensor:
        """Return the loss of all features with this statistic."""
        return self.scale * (self.describe(statistic.mean) - self.target).square().sum()

    def __call__(self, features: Any, mask: Tensor | None = None) -> Tensor:
        """Return the distance of the statistic of ``features``."""
        return self.distance(self.statistic(features, mask))

    @classmethod
    def from_features(cls, features: Sequence[Any], weights: Sequence[float], scale: Scale) -> Self:
        """Return the loss for style pictures with these feature maps (1, C, H, W) and weights."""
        return cls(blend([cls.statistic(each) for each in features], weights), scale)
