"""L-BFGS within bounds: every pixel stays in [0, 1], and the memory is bounded as in L-BFGS."""

from __future__ import annotations

import torch
from torch import Tensor

from impasto.optimizers import CURVATURE_FLOOR, LBFGS, LONGEST_STEP

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

    def step(self, image: Tensor, gradient: Tensor) -> Tensor:
        """Return the image after one step within the box; the change is bounded as in L-BFGS."""
        x, g = image.flatten(), gradient.contiguous().flatten()
        if self.last is not None:
            self._remember(x - self.last[0], g - self.last[1])
        self.last = (x, g)
        free = ~(((x <= LOWEST) & (g > 0)) | ((x >= HIGHEST) & (g < 0)))
        change, known = self._apply_reduced(g * free, free)
        change.mul_(self.learning_rate)
        length = float(change.abs().mean())
        longest = LONGEST_STEP * self.learning_rate
        if length > longest or not known:
            change.mul_(longest / max(length, 1e-30))
        return (x - change).clamp_(LOWEST, HIGHEST).view_as(image)

    def _apply_reduced(self, gradient: Tensor, free: Tensor) -> tuple[Tensor, bool]:
        """Return the product of the free pixels' inverse Hessian and their gradient.

        It is the recursion of L-BFGS on the free pixels: the other entries of every vector count
        as zero. Steps without positive curvature among the free pixels are passed over.

        Returns:
            The product, and whether any remembered step has taken part in it.
        """
        q = gradient.clone()
        trail = []
        for pair in reversed(self.pairs):
            s, y = pair.s * free, pair.y * free
            curvature = float(s @ y)
            if curvature <= CURVATURE_FLOOR * float(s.norm() * y.norm()):
                continue
            a = float(s @ q) / curvature
            trail.append((pair, curvature, a))
            q.sub_(y, alpha=a)
        if trail:
            pair, curvature, _ = trail[0]
            y = pair.y * free
            q.mul_(curvature / max(float(y @ y), torch.finfo(y.dtype).tiny))
        for pair, curvature, a in reversed(trail):
            q.add_(pair.s * free, alpha=a - float(pair.y @ q) / curvature)
        return q, bool(trail)
