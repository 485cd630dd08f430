"""Style as the Gram matrix: which features occur together."""

from __future__ import annotations

from typing import final

from impasto.losses.loss import StyleLoss
from impasto.statistics import gram


@final
class GramLoss(StyleLoss):
    """Squared distance of the Gram matrix (C, C) from the style's.

    ``E = s Σ_ij (G_ij - A_ij)²`` with Gram matrices that are means over positions.

    # Differs from Gatys et al. (2015): each Gram matrix is divided by its own number of positions,
    # so that pictures of different sizes compare; for equal sizes equation 4 is unchanged.

    Source: Gatys et al. (2015), equations 3 to 5; autograd supplies equation 6.
    """

    statistic = staticmethod(gram)
