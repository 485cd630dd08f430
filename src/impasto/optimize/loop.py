"""The loop. It yields records; it does not print, draw, save, or know about files or pages."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from torch import Tensor

from impasto.errors import ImpastoError
from impasto.objective.objective import Evaluation
from impasto.optimize.lbfgs import Optimizer

DIVERGED = 10.0
"""A loss this many times the best so far counts as diverged, like NaN or infinity."""

WINDOW = 20
"""Evaluations over which convergence is judged."""

STALLED = 20
"""After this many evaluations without a better image, the run counts as diverged, too."""

PATIENCE = 8
"""After this many divergences the loop stops with its best image."""


@dataclass(frozen=True, eq=False)
class Step:
    """One evaluation.

    Attributes:
        index: 1, 2, 3, ...
        image: The image that was evaluated (1, 3, H, W); not clamped to [0, 1].
        total: Its loss.
        parts: The weighted losses by name; they add up to ``total``.
        seconds: Time since the loop began.
        best: The image of the lowest loss so far.
        best_total: Its loss.
        note: A sentence if something went wrong, else empty.
    """

    index: int
    image: Tensor
    total: float
    parts: dict[str, float]
    seconds: float
    best: Tensor
    best_total: float
    note: str = ""


@dataclass(eq=False)
class State:
    """Where the loop stands between two evaluations: all that the next ones depend on.

    Attributes:
        image: What is evaluated next, (1, 3, H, W).
        optimizer: With what it has learned.
        index: Evaluations made so far.
        seconds: Time spent on them.
        best: The step of the lowest loss so far; None before the first.
        improved: The evaluation since which there was no better image.
        divergences: How often the loop has gone back to the best image.
        recent: The best losses after each of the last evaluations.
        stage: Which stage of `impasto.optimize.continuation` the loop is in, from 0.
    """

    image: Tensor
    optimizer: Optimizer
    index: int = 0
    seconds: float = 0.0
    best: Step | None = None
    improved: int = 0
    divergences: int = 0
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW + 1))
    stage: int = 0

    def is_over(self, evaluations: int, tolerance: float) -> bool:
        """Tell whether there is nothing left to do."""
        return (
            self.index >= evaluations
            or self.divergences >= PATIENCE
            or has_converged(self.recent, tolerance)
        )


def minimize(
    objective: Callable[[Tensor], Evaluation],
    image: Tensor,
    optimizer: Optimizer,
    evaluations: int,
    tolerance: float = 0.0,
) -> Iterator[Step]:
    """Yield a step for every evaluation of ``objective``, starting at ``image``; see `proceed`."""
    return proceed(objective, State(image, optimizer), evaluations, tolerance)


def proceed(
    objective: Callable[[Tensor], Evaluation],
    state: State,
    evaluations: int,
    tolerance: float = 0.0,
) -> Iterator[Step]:
    """Yield a step for every evaluation of ``objective`` that is left, going on from ``state``.

    A loss that is not finite, far above the best, or long without progress does not end the run:
    the loop returns to the best image, restarts the optimizer with half its step length, and says
    so in ``Step.note``.

    Args:
        objective: Gives the loss and its gradient at an image.
        state: Where to go on from. It is changed, and whenever a step is yielded it is complete:
            a copy of it, given to this function later, leads to the same images.
        evaluations: How many evaluations to make at most, those before included; stop earlier
            with ``break``.
        tolerance: The run has converged when the best loss falls by less than this share per
            evaluation, on average over the last `WINDOW`; 0 for never.

    Raises:
        ImpastoError: If the loss is not finite at the start already.
    """
    began = time.perf_counter() - state.seconds
    while not state.is_over(evaluations, tolerance):
        at = evaluate(objective, state.image)
        if state.best is None and not math.isfinite(at.total):
            raise ImpastoError(
                f"the loss of the start image is {at.total}: it must be finite; "
                "check the weights of the network, or use --precision float32."
            )
        state.index += 1
        state.seconds = time.perf_counter() - began
        yield _accept(state, at) if _is_good(state, at.total) else _go_back(state, at.total)


def evaluate(objective: Callable[[Tensor], Evaluation], image: Tensor) -> Evaluation:
    """Return the evaluation of an image, whose loss is NaN if a pixel is not finite.

    A ReLU in the pass of its convolution makes 0 of what is not a number: deep layers would not
    tell.
    """
    at = objective(image)
    return at if image.isfinite().all() else replace(at, total=math.nan)


def _is_good(state: State, total: float) -> bool:
    """Tell whether to go on from an image: its loss is sound, or the best, or not long without."""
    if state.best is None or total < state.best.total:
        return True
    return is_sound(total, state.best.total) and state.index - state.improved < STALLED


def _accept(state: State, at: Evaluation) -> Step:
    """Take in an evaluation and ask the optimizer for the next image."""
    image = state.image
    step = Step(state.index, image, at.total, at.parts, state.seconds, image, at.total)
    if state.best is None or step.total < state.best.total:
        state.best, state.improved = step, state.index
    state.recent.append(state.best.total)
    state.image = state.optimizer.step(image, at.gradient, at.total)
    return replace(step, best=state.best.image, best_total=state.best.total)


def _go_back(state: State, total: float) -> Step:
    """Return to the best image, with shorter steps."""
    best = state.best
    assert best is not None
    state.divergences += 1
    state.optimizer.restart()
    state.image, state.improved = best.image, state.index
    note = _sentence(total, best.total)
    return replace(best, index=state.index, seconds=state.seconds, note=note)


def is_sound(total: float, best: float) -> bool:
    """Tell whether a loss is finite and not far above the best so far."""
    return math.isfinite(total) and total <= DIVERGED * best


def has_converged(recent: Sequence[float], tolerance: float) -> bool:
    """Tell whether the best losses of the last evaluations have stopped falling."""
    if len(recent) <= WINDOW:
        return False
    return recent[0] - recent[-1] < tolerance * WINDOW * recent[-1]


def _sentence(total: float, best: float) -> str:
    return f"the loss is {total:.4g}: going on from the best image so far ({best:.4g})"
