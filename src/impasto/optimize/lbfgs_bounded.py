"""L-BFGS within bounds: every pixel stays in [0, 1], the values that a file can hold."""

from __future__ import annotations

import math
from typing import final

import torch
from torch import Tensor

from impasto.optimize.curvature_pairs import VECTOR_PIECE
from impasto.optimize.lbfgs import LimitedMemory

LOWEST, HIGHEST = 0.0, 1.0
"""The box: values that a file can hold."""


@final
class LBFGSB(LimitedMemory):
    """L-BFGS in the box [0, 1]ⁿ: a two-metric projection.

    A pixel that is at a bound, and that the gradient pushes against it, is held there. The others
    are free: they take the step of L-BFGS, and what would leave the box is set on its border:

    ``x ← P(x - a H_FF g_F)``, F the free pixels, P the projection on the box

    The pairs that H is made of are those of the free pixels, too: where a pixel is held after a
    step, its change of the gradient says nothing, because it cannot follow it, and counts as zero.

    # Differs from Byrd, Lu, Nocedal and Zhu (1995), the method of SciPy's ``L-BFGS-B``: they follow
    # the projected gradient from one pixel that meets its bound to the next, which is one step of a
    # Python loop for each of a million pixels. The projection does the same for all at once; both
    # stop at the same points, where no free pixel has a gradient and no held one wants to leave.

    # Differs from Schmidt, Kim and Sra (2012), "Projected Newton-type methods in machine learning",
    # section 11.3, who restrict all pairs to the present free pixels, at every step anew: then the
    # products of all pairs change with every step, and to find them takes longer than the rest.

    Source: Bertsekas (1982), "Projected Newton methods for optimization problems with simple
    constraints": any positive definite matrix of the free pixels will do.
    """

    def step(self, image: Tensor, gradient: Tensor, total: float = math.nan) -> Tensor:
        """Return the image after one step within the box; the change is bounded as in L-BFGS."""
        x, g = image.flatten(), gradient.contiguous().flatten()
        free = where_free(x, g)
        if self.last is not None:
            self.pairs.remember(x - self.last[0], (g - self.last[1]).mul_(free))
        self.last = (x, g)
        change = self._limit(self._apply_inverse_hessian(g * free).mul_(free))
        return (x - change).clamp_(LOWEST, HIGHEST).view_as(image)

    def project(self, image: Tensor) -> Tensor:
        """Return the nearest image in the box."""
        return image.clamp(LOWEST, HIGHEST)


def where_free(x: Tensor, gradient: Tensor) -> Tensor:
    """Return 1 where a step against the gradient's sign, cut off at the box, moves x, else 0.

    They are numbers and no truth values, for which torch's processor kernels are slow; pieces stay
    in its cache between the operations.
    """
    free = torch.empty_like(x)
    pieces = (torch.split(vector, VECTOR_PIECE) for vector in (free, x, gradient))
    for there, part, slope in zip(*pieces, strict=True):
        torch.sub(part, slope.sgn(), out=there).clamp_(LOWEST, HIGHEST).ne_(part)
    return free
