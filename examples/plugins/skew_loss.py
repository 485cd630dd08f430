"""A style loss: third moments, which tell features with few large values from many small ones."""

from impasto.losses import StyleLoss
from impasto.plugins import register
from impasto.statistics import Statistic, accumulable, count


@register.style_loss("skew", "third moments of features: rare and strong, or common and weak")
class SkewLoss(StyleLoss):
    """Squared distance of the third moments ``mean f³`` of all channels from the style's."""

    @staticmethod
    def statistic(features, weights=None):  # (B, C, H, W), and (1, 1, H, W) where there are masks
        """Return ``Σ f³`` over positions (C,), each counted by its weight."""
        cubes = accumulable(features) ** 3
        weighted = cubes if weights is None else weights * cubes
        return Statistic(weighted.sum(dim=(0, 2, 3)), count(features, weights))
