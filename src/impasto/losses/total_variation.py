"""Total variation: how much neighboring pixels differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from torch import Tensor

from impasto.losses.loss import Loss
from impasto.registry import Variation


@final
class TotalVariation(Loss):
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

    def __call__(self, features: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the variation of ``features`` (B, C, H, W), usually of the layer ``"image"``.

        A difference counts by the smaller ``mask`` (1, 1, H, W) of its two pixels.
        """
        rows = features.shape[2]
        return self._share(features, rows, rows, mask)

    def of_rows(self, image: Tensor, rows: slice, height: int) -> Tensor:
        """Return the share of some rows: their differences, and those to the row after them."""
        return self._share(image[:, :, rows.start : rows.stop + 1], rows.stop - rows.start, height)

    def _share(
        self, features: Tensor, rows: int, height: int, mask: Tensor | None = None
    ) -> Tensor:
        dy, dx = features.diff(dim=2), features[:, :, :rows].diff(dim=3)
        if mask is not None:
            # The root of the degree, because the differences are yet to be raised to it.
            shares = mask.pow(1 / self.kind.degree)
            dy = dy * shares[:, :, 1:].minimum(shares[:, :, :-1])
            dx = dx * shares[..., 1:].minimum(shares[..., :-1])
        if self.kind.joint:
            squares = dx[:, :, : dy.shape[2]].square() + dy[:, :, :, :-1].square()
            return self._sum(squares.pow(self.kind.degree / 2), height - 1)
        power = {1: Tensor.abs, 2: Tensor.square}[int(self.kind.degree)]
        return self._sum(power(dx), height) + self._sum(power(dy), height - 1)

    def _sum(self, powers: Tensor, rows: int) -> Tensor:
        """Return the scaled sum; in the whole image there are so many rows of differences."""
        batch, channels, _, width = powers.shape
        return self.scale(batch * channels * rows * width, self.kind.degree) * powers.sum()
