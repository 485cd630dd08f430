"""The loop. It yields records; it does not print, draw, save, or know about files or pages."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from impasto.errors import ImpastoError
from impasto.objective import Evaluation
from impasto.optimizers import Optimizer

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


def minimize(
    objective: Callable[[Tensor], Evaluation],
    image: Tensor,
    optimizer: Optimizer,
    evaluations: int,
    tolerance: float = 0.0,
) -> Iterator[Step]:
    """Yield a step for every evaluation of ``objective``, starting at ``image``.

    A loss that is not finite, far above the best, or long without progress does not end the run:
    the loop returns to the best image, restarts the optimizer with half its step length, and says
    so in ``Step.note``.

    Args:
        objective: Gives the loss and its gradient at an image.
        image: Where to start, (1, 3, H, W).
        optimizer: Proposes the next image.
        evaluations: How many evaluations to make at most; stop earlier with ``break``.
        tolerance: The run has converged when the best loss falls by less than this share per
            evaluation, on average over the last `WINDOW`; 0 for never.

    Raises:
        ImpastoError: If the loss is not finite at the start already.
    """
    began = time.perf_counter()
    best: Step | None = None
    divergences = last = 0
    recent: deque[float] = deque(maxlen=WINDOW + 1)
    for index in range(1, evaluations + 1):
        at = objective(image)
        seconds = time.perf_counter() - began
        if best is None and not math.isfinite(at.total):
            raise ImpastoError(
                f"the loss of the start image is {at.total}: it must be finite; "
                "check the weights of the network, or use --precision float32."
            )
        patient = best is None or at.total < best.total or index - last < STALLED
        if best is None or (is_sound(at.total, best.total) and patient):
            step = Step(index, image, at.total, at.parts, seconds, image, at.total)
            if best is None or step.total < best.total:
                best, last = step, index
            yield replace(step, best=best.image, best_total=best.total)
            recent.append(best.total)
            if has_converged(recent, tolerance):
                return
            image = optimizer.step(image, at.gradient)
        else:
            divergences += 1
            yield replace(best, index=index, seconds=seconds, note=_sentence(at.total, best.total))
            if divergences == PATIENCE:
                return
            optimizer.restart()
            image, last = best.image, index


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
