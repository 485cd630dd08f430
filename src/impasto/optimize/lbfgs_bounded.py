"""L-BFGS within bounds: every pixel stays in [0, 1], and the memory is bounded as in L-BFGS."""

from __future__ import annotations

import math

from torch import Tensor

from impasto.optimize.lbfgs import LBFGS, LONGEST_STEP
from impasto.optimize.curvature_pairs import CURVATURE_FLOOR, TINY, Pair, add, dot

LOWEST, HIGHEST = 0.0, 1.0
"""The box: values that a file can hold."""


class LBFGSB(LBFGS):
    """L-BFGS in the box [0, 1]ⁿ: a two-metric projection.

    A pixel that is at a bound, and that the gradient pushes against it, is held there. The others
    are free: they take the step of L-BFGS, computed from their own part of the remembered steps,
    and what would leave the box is set on its border:

    ``x ← P(x - a H_FF g_F)``, F the free pixels, P the projection on the box

    # Differs from Byrd, Lu, Nocedal and Zhu (1995), the method of SciPy's ``L-BFGS-B``: they follow
    # the projected gradient from one pixel that meets its bound to the next, which is one step of a
    # Python loop for each of a million pixels. The projection does the same for all at once; both
    # stop at the same points, where no free pixel has a gradient and no held one wants to leave.

    Source: Bertsekas (1982), "Projected Newton methods for optimization problems with simple
    constraints"; with L-BFGS as in Schmidt, Kim and Sra (2012), "Projected Newton-type methods in
    machine learning", section 11.3.
    """

    def step(self, image: Tensor, gradient: Tensor, total: float = math.nan) -> Tensor:
        """Return the image after one step within the box; the change is bounded as in L-BFGS."""
        x, g = image.flatten(), gradient.contiguous().flatten()
        if self.last is not None:
            self.pairs.remember(x - self.last[0], g - self.last[1])
        self.last = (x, g)
        held = ((x <= LOWEST) & (g > 0)) | ((x >= HIGHEST) & (g < 0))
        change, known = self._apply_reduced(g, (~held).to(g))
        change.mul_(self.learning_rate)
        length = float(change.abs().mean())
        longest = LONGEST_STEP * self.learning_rate
        if length > longest or not known:
            change.mul_(longest / max(length, TINY))
        return (x - change).clamp_(LOWEST, HIGHEST).view_as(image)

    def _apply_reduced(self, gradient: Tensor, free: Tensor) -> tuple[Tensor, bool]:
        """Return the product of the free pixels' inverse Hessian and their gradient.

        It is the recursion of L-BFGS on the free pixels: the other entries of every vector count
        as zero. Steps without positive curvature among the free pixels are passed over.

        Args:
            gradient: Of all pixels, a vector.
            free: 1 where a pixel is free, else 0.

        Returns:
            The product, and whether any remembered step has taken part in it.
        """
        q = gradient.clone()
        trail = []
        for pair in reversed(list(self.pairs)):
            s = pair.s * free
            curvature = dot(s, pair.y)
            if curvature > CURVATURE_FLOOR * pair.curvature:
                a = dot(s, q) / curvature
                trail.append((pair, curvature, a))
                add(q, pair.y, -a)
        # Held entries of q were never read up to here; below they have to be zero, and stay so.
        q.mul_(free)
        if trail:
            last = trail[0][0]
            q.mul_(self._scale(Pair.of(last.s * free, last.y * free)))
        for pair, curvature, a in reversed(trail):
            add(q, pair.s * free, a - dot(pair.y, q) / curvature)
        return q, bool(trail)
