"""L-BFGS that searches along every direction for a step that meets the strong Wolfe conditions."""

from __future__ import annotations

import math
from typing import NamedTuple

from torch import Tensor

from impasto.optimize.line_search import Point, Search
from impasto.optimize.lbfgs import LBFGS, LONGEST_STEP
from impasto.optimize.curvature_pairs import TINY, Pair
from impasto.optimize.optimizer_state import Memory

REACH = 10.0
"""How far a search may go, as a multiple of the longest step that L-BFGS takes without one."""


SEARCH = "search "
"""How names of what a search remembers begin."""


class Line(NamedTuple):
    """A search, and the direction that it goes, as a vector."""

    search: Search
    direction: Tensor

    def trial(self, start: Tensor) -> Tensor:
        """Return the point to evaluate next."""
        return start.add(self.direction, alpha=self.search.trial)


class SearchingLBFGS(LBFGS):
    """L-BFGS with a line search: an evaluation is a trial, and a step may take several.

    The first trial of a search is the step that `LBFGS` takes. What an accepted trial has learned
    always has positive curvature, so that every step is remembered.

    Source: Nocedal and Wright (2006), algorithm 7.5 with algorithms 3.5 and 3.6.
    """

    def __init__(self, learning_rate: float = 1.0, history: int = 10) -> None:
        """Start without curvature and without a search."""
        super().__init__(learning_rate, history)
        self.line: Line | None = None

    def step(self, image: Tensor, gradient: Tensor, total: float = math.nan) -> Tensor:
        """Return the next trial; ``total`` is the loss of ``image``."""
        x, g = image.flatten(), gradient.contiguous().flatten()
        if self.line is None or self.last is None:
            self.line = self._begin(x, g, total)
            return self.line.trial(x).view_as(image)
        search, start = self.line.search, self.last
        if search.tell(total, float(g @ self.line.direction)):
            self.pairs.remember(x - start[0], g - start[1])
            self.line, start = self._begin(x, g, total), (x, g)
        elif search.trial == 0:  # nothing lower was found: go downhill, without curvature
            if not self.pairs:
                self.learning_rate /= 2
            self.pairs.clear()
            self.line = self._begin(*start, search.start.loss)
        return self.line.trial(start[0]).view_as(image)

    def restart(self) -> None:
        """Forget all curvature and the search, and halve the step length."""
        super().restart()
        self.line = None

    def state(self) -> Memory:
        """Return the remembered steps and the search."""
        memory = super().state()
        if self.line is not None:
            memory |= {f"{SEARCH}{name}": v for name, v in self.line.search.state().items()}
            memory["direction"] = self.line.direction
        return memory

    def restore(self, memory: Memory) -> None:
        """Take over the remembered steps and the search."""
        super().restore(memory)
        self.line = None
        direction = memory.get("direction")
        if isinstance(direction, Tensor):
            kept = {k: float(v) for k, v in memory.items() if k.startswith(SEARCH)}
            search = Search.restored({k.removeprefix(SEARCH): v for k, v in kept.items()})
            self.line = Line(search, direction)

    def _scale(self, last: Pair) -> float:
        """Return the textbook's inverse curvature, shorter than that of `LBFGS`: a search adds."""
        return last.ratio * last.curvature / last.lengths

    def _begin(self, x: Tensor, g: Tensor, total: float) -> Line:
        """Return a new search at ``x``, in the direction of L-BFGS."""
        direction = self._apply_inverse_hessian(g).neg_()
        slope = float(g @ direction)
        if slope >= 0 and self.pairs:  # rounding has spoiled the curvature
            self.pairs.clear()
            direction = g.neg()
            slope = float(g @ direction)
        bound = LONGEST_STEP * self.learning_rate / max(float(direction.abs().mean()), TINY)
        first = min(self.learning_rate, bound) if self.pairs else bound
        self.last = (x, g)
        return Line(Search(Point(0.0, total, slope), first, REACH * bound), direction)
