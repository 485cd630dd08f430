"""The loop: evaluate, ask the optimizer for the next image, and yield a step.

It does not print, draw, save, or know about sizes, files or pages. Whoever consumes the steps does,
and stops the loop with ``break``.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, Self

from torch import Tensor
from torch.linalg import LinAlgError  # type: ignore[attr-defined]  # it is documented

from impasto.errors import ImpastoError
from impasto.optimize.optimizer import Optimizer

DIVERGED = 10.0
"""A loss this many times the best so far counts as diverged, like NaN or infinity."""

WINDOW = 20
"""Evaluations over which convergence is judged."""

STALLED = 20
"""After this many evaluations without a better image, the run goes back to the best one."""

PATIENCE = 8
"""After this many divergences the loop stops with its best image. Going back for want of a better
image is none: then the evaluations asked for are made, with shorter and shorter steps."""

Schedule = Sequence[tuple[float, int]]
"""Penalty factors, falling to 1, each with the iteration that it ends with, at the latest."""


class Value(Protocol):
    """What one evaluation of a `Function` gives, see `impasto.objective.Evaluation`."""

    @property
    def total(self) -> float: ...  # noqa: D102
    @property
    def penalized(self) -> float: ...  # noqa: D102
    @property
    def parts(self) -> Mapping[str, float]: ...  # noqa: D102
    @property
    def kinds(self) -> Mapping[str, float]: ...  # noqa: D102
    @property
    def gradient(self) -> Tensor: ...  # noqa: D102


class Function(Protocol):
    """What can be minimized, see `impasto.objective.Objective`."""

    def __call__(self, image: Tensor) -> Value:
        """Evaluate the loss and its gradient at an image (1, 3, H, W)."""

    def with_penalty_factor(self, factor: float) -> Self:
        """Return the function with everything but the style times ``factor``."""

    def penalized(self, parts: Mapping[str, float]) -> float:
        """Return the loss, with the penalty factor, of an image with these parts."""


@dataclass(frozen=True, eq=False)
class Step:
    """One evaluation: the one record of a run, for displays, files, pages and histories.

    Attributes:
        index: Its number in the run, from 1.
        size: Long side of the picture that was evaluated, in pixels.
        iteration: Its number at this size, from 1.
        image: The best image of this size so far (1, 3, H, W), as the optimizer leaves it: within
            [0, 1] by the default one, beyond by those without bounds. Steps in a history have an
            empty one.
        total: The loss of the image that was evaluated.
        parts: The weighted losses by name; they add up to ``total``.
        kinds: The same by kind: content, style, and every regularizer.
        seconds: Time spent at this size.
        note: A sentence if something went wrong, else empty.
    """

    index: int
    size: int
    iteration: int
    image: Tensor
    total: float
    parts: Mapping[str, float]
    kinds: Mapping[str, float]
    seconds: float
    note: str = ""

    def without_image(self) -> Step:
        """Return the numbers alone, to be kept."""
        return replace(self, image=self.image.new_empty(0))


@dataclass(eq=False)
class State:
    """Where the loop stands between two evaluations: all that the next ones depend on.

    A new one stands nowhere yet: `begin` puts it at a start image.

    Attributes:
        image: What is evaluated next, (1, 3, H, W).
        optimizer: With what it has learned.
        size: Long side of the picture in pixels; for records only.
        before: Evaluations made at other sizes before.
        weights: Of the objective's terms, by name, if they were measured at the start.
        iteration: Evaluations made so far.
        seconds: Time spent on them.
        factor: The penalty factor of the last of them.
        best: The step of the lowest loss so far; None before the first.
        lowest: Its loss, with the penalty factor.
        improved: The iteration since which there was no better image.
        divergences: How often the loop has gone back to the best image from a loss that is not
            finite, or far too large.
        recent: The lowest losses after each of the last iterations with this factor.
    """

    image: Tensor = field(init=False)
    optimizer: Optimizer = field(init=False)
    size: int = 0
    before: int = 0
    weights: Mapping[str, float] = field(default_factory=dict)
    iteration: int = 0
    seconds: float = 0.0
    factor: float = math.inf
    best: Step | None = None
    lowest: float = math.inf
    improved: int = 0
    divergences: int = 0
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW + 1))

    def begin(
        self,
        image: Tensor,
        optimizer: Optimizer,
        size: int = 0,
        weights: Mapping[str, float] | None = None,
    ) -> Self:
        """Stand at a start image, after what was done at other sizes; see the attributes."""
        fresh = State(size=size, before=self.before + self.iteration, weights=weights or {})
        fresh.image, fresh.optimizer = image, optimizer
        vars(self).update(vars(fresh))
        return self

    def is_over(self, iterations: int, tolerance: float) -> bool:
        """Tell whether there is nothing left to do."""
        return (
            self.iteration >= iterations
            or self.divergences >= PATIENCE
            or has_converged(self.recent, tolerance)
        )

    def is_good(self, total: float) -> bool:
        """Tell whether to go on from an image: it is the best, or sound and not long without."""
        if self.best is None or total < self.lowest:
            return True
        return is_sound(total, self.lowest) and self.iteration - self.improved < STALLED


def minimize(
    function: Function, state: State, schedule: Schedule, tolerance: float = 0.0
) -> Iterator[Step]:
    """Yield a step for every evaluation.

    Args:
        function: Gives the loss and its gradient at an image.
        state: Where to go on from. It is changed, and whenever a step is yielded it is complete:
            a copy of it, given to this function later, leads to the same images.
        schedule: How long to minimize with which penalty factor, see
            `impasto.optimize.continuation`; ``[(1, n)]`` for n evaluations of the function itself.
        tolerance: A part of the schedule has converged when the lowest loss falls by less than
            this share per evaluation, on average over the last `WINDOW`; 0 for never.

    Yields:
        Steps with losses as they are without penalty factors, so that all of them compare.

    Raises:
        ImpastoError: If the loss is not finite at the start already.
    """
    began = time.perf_counter() - state.seconds
    for factor, until in schedule:
        if factor > state.factor or state.iteration >= until:
            continue  # an earlier run has come further, or ends here and a longer one may go on
        penalized = function.with_penalty_factor(factor)
        if factor < state.factor:
            change_factor(state, penalized, factor)
        while not state.is_over(until, tolerance):
            at = evaluate(penalized, state.image)
            loss = math.nan if at is None else at.penalized
            if state.best is None and not math.isfinite(loss):
                raise ImpastoError(
                    f"the loss of the start image is {loss}: it must be finite; "
                    "check the weights of the network, or use --precision float32."
                )
            state.iteration += 1
            state.seconds = time.perf_counter() - began
            yield accept(state, at) if at and state.is_good(loss) else go_back(state, loss)


def evaluate(function: Function, image: Tensor) -> Value | None:
    """Return the loss of an image and its gradient, or None if it has none.

    A step that was too long leads to numbers that are none, or so large that a loss cannot compute
    with them: eigenvalues of infinities do not exist.
    """
    if not image.isfinite().all():
        return None
    try:
        return function(image)
    except (LinAlgError, ArithmeticError):
        return None


def accept(state: State, at: Value) -> Step:
    """Take in an evaluation, and ask the optimizer for the next image."""
    step = Step(
        state.before + state.iteration, state.size, state.iteration, state.image,
        at.total, at.parts, at.kinds, state.seconds,
    )  # fmt: skip
    if state.best is None or at.penalized < state.lowest:
        state.best, state.lowest, state.improved = step, at.penalized, state.iteration
    state.recent.append(state.lowest)
    state.image = state.optimizer.step(state.image, at.gradient, at.penalized)
    return replace(step, image=state.best.image)


def go_back(state: State, loss: float) -> Step:
    """Return to the best image, with shorter steps."""
    best = state.best
    assert best is not None
    state.divergences += not is_sound(loss, state.lowest)
    state.optimizer.restart()
    state.image, state.improved = best.image, state.iteration
    return replace(
        best, index=state.before + state.iteration, iteration=state.iteration,
        seconds=state.seconds,
        note=f"the loss is {loss:.4g}: going on from the best image so far ({state.lowest:.4g})",
    )  # fmt: skip


def change_factor(state: State, function: Function, factor: float) -> None:
    """Go on with another penalty factor: the best image has another loss under it."""
    state.factor, state.improved = factor, state.iteration
    state.recent.clear()
    if state.best is not None:
        state.lowest = function.penalized(state.best.parts)


def is_sound(total: float, best: float) -> bool:
    """Tell whether a loss is finite and not far above the best so far."""
    return math.isfinite(total) and total <= DIVERGED * best


def has_converged(recent: Sequence[float], tolerance: float) -> bool:
    """Tell whether the lowest losses of the last iterations have stopped falling."""
    if len(recent) <= WINDOW:
        return False
    return recent[0] - recent[-1] < tolerance * WINDOW * recent[-1]
