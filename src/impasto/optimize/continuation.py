"""Continuation: what holds to the photograph weighs more at first, and gives way to the style.

The style losses are steep and the content loss is flat. With all weights in place at once, the
first steps satisfy the style and leap far away from the photograph; most of the evaluations then go
into the slow way back, along a narrow valley. So everything but the style begins with 30 times its
weight, which falls in stages to once:

    factor     30   9.7   3.1   1.8    1
    until      3    9     30    45    60    where ``continuation`` is 45 of 60 evaluations

A stage begins where the one before it has come to, with what its optimizer has learned. The last is
the objective itself, so the result minimizes what it did; a quarter fewer evaluations reach it.

# Differs from Gatys et al. (2015), who minimize one function: ``continuation=0``.

Source: the penalty method, Nocedal and Wright (2006), "Numerical Optimization", framework 17.1,
whose penalties grow from one minimization to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from torch import Tensor

from impasto.optimize.loop import State, Step, proceed
from impasto.objective.objective import Evaluation, is_style
from impasto.objective.tiled import AnyObjective

FACTOR = 30.0
"""Of every weight but the style's, in the first stage. With 100 the losses are the same."""

STAGES = ((1, 1 / 15), (2 / 3, 1 / 5), (1 / 3, 2 / 3), (1 / 6, 1))
"""For each stage the power of `FACTOR`, and after which share of the continuation it ends."""


class Stage(NamedTuple):
    """A part of the run at one size.

    Attributes:
        factor: Of every weight but the style's.
        until: The evaluation that it ends with, at the latest.
    """

    factor: float
    until: int


def stages(evaluations: int, continuation: int) -> tuple[Stage, ...]:
    """Return the stages of so many evaluations; from ``continuation`` on, all weights are as given.

    Example:
        >>> [(round(stage.factor, 1), stage.until) for stage in stages(60, 45)]
        [(30.0, 3), (9.7, 9), (3.1, 30), (1.8, 45), (1.0, 60)]
        >>> stages(60, 0)
        (Stage(factor=1.0, until=60),)
    """
    last = Stage(1.0, evaluations)
    if continuation == 0:
        return (last,)
    ends = ((power, min(round(share * continuation), evaluations)) for power, share in STAGES)
    return (*(Stage(FACTOR**power, end) for power, end in ends), last)


def eased(objective: AnyObjective, factor: float) -> AnyObjective:
    """Return the objective with every weight but the style's times ``factor``."""
    if factor == 1:
        return objective
    return objective.with_terms(
        [t if is_style(t.name) else replace(t, weight=factor * t.weight) for t in objective.terms]
    )


def proceed_in_stages(
    objective: Callable[[float], Callable[[Tensor], Evaluation]],
    state: State,
    plan: Sequence[Stage],
    tolerance: float = 0.0,
) -> Iterator[Step]:
    """Yield a step for every evaluation of all the stages, as `minimize.proceed` does for one.

    Args:
        objective: Gives the objective of a factor, see `eased`.
        state: Where to go on from, in the stage that it names. Its best image is the best for the
            present stage.
        plan: The stages.
        tolerance: A stage that has converged makes way for the next; see `minimize.proceed`.

    Yields:
        Steps with losses as they are without factors, so that those of all stages compare.
    """
    for number, stage in enumerate(plan):
        if number < state.stage:
            continue
        if number > state.stage:
            _begin(state, number, stage.factor / plan[number - 1].factor)
        for step in proceed(objective(stage.factor), state, stage.until, tolerance):
            yield _plain(step, state, stage.factor)


def _begin(state: State, number: int, change: float) -> None:
    """Begin a stage: the loss of the best image is what it comes to with the weights changed."""
    state.stage, state.improved = number, state.index
    state.recent.clear()
    if state.best is not None:
        parts = weighed(state.best.parts, change)
        total = sum(parts.values())
        state.best = replace(state.best, parts=parts, total=total, best_total=total)


def _plain(step: Step, state: State, factor: float) -> Step:
    """Return the step with losses as they are without the factor."""
    if factor == 1:
        return step
    assert state.best is not None
    parts, best = (weighed(each.parts, 1 / factor) for each in (step, state.best))
    return replace(step, parts=parts, total=sum(parts.values()), best_total=sum(best.values()))


def weighed(parts: dict[str, float], factor: float) -> dict[str, float]:
    """Return weighted losses by name, all but the style's times ``factor``."""
    return {name: loss if is_style(name) else factor * loss for name, loss in parts.items()}
