"""Let the pair of pictures choose the style weight: a few short runs at a small size.

The same weight changes one photograph beyond recognition and another hardly at all. What the eye
sees is how much of the content is lost. So the weight is sought at which the content loss ends at
`LOST`, half of the content's energy, where the style is strong and the content still plain:

    content(β) = LOST

Larger weights lose more, nearly in proportion to log β, so a secant finds the weight in a few runs.
Relative losses hardly depend on the size, so the weight serves for the size asked for, too. A
larger result keeps the look, because its finer levels get few evaluations: `pyramid.holding`.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from impasto.job import Job
from impasto.run.result import Result

LOST = 0.5
"""The balance: relative content loss at the end of the run, 0 for the photograph untouched."""

SIZE, EVALUATIONS, RUNS = 128, 40, 5
"""Of the short runs. On the sample pairs three or four runs are enough."""

FIRST_WEIGHT = 50.0
"""The weight of the first run."""

SMALLEST_WEIGHT, LARGEST_WEIGHT = 1.0, 3000.0
"""No smaller or larger weight is chosen."""

SLOPE = 0.1
"""How much the content loss grows when the weight grows e times, before two runs tell."""

CLOSE = 0.03
"""The content loss may miss `LOST` by this much."""

POOR = 0.05
"""A pair is a poor match if more than this relative style loss is left at the balance. Of the
sample pairs 0.003 to 0.03 is left."""

IDLE = 0.1
"""If the style loss falls by less than the weight to minus this power, more weight gains nothing.
So it is with the photograph's own colors: the painting comes with less work, and the style is there
before half of the content is lost. Then the smaller weight is taken."""

SATISFIED = (
    "the style is reached with less than half of the content lost: more weight gains nothing."
)

Paint = Callable[[Job], Iterator[Result]]
"""Paints a job, see `impasto.run.run`."""


@dataclass(frozen=True)
class Trial:
    """One short run.

    Attributes:
        weight: Its style weight.
        content: The relative content loss at its best image.
        style: Likewise the style loss.
    """

    weight: float
    content: float
    style: float


def tuned(job: Job, paint: Paint) -> Job:
    """Return the job with its style weight chosen, and notes on what was found.

    Args:
        job: With ``auto`` in its settings.
        paint: Paints a job.
    """
    trials = [try_weight(job, paint, FIRST_WEIGHT)]
    while abs(trials[-1].content - LOST) > CLOSE and len(trials) < RUNS and not idle(trials):
        weight = following(trials)
        if any(math.isclose(weight, trial.weight, rel_tol=0.02) for trial in trials):
            break
        trials.append(try_weight(job, paint, weight))
    best = min(trials[:-1] if idle(trials) else trials, key=lambda t: abs(t.content - LOST))
    chosen = float(f"{best.weight:.2g}")
    settings = job.settings.replace(auto=False, style_weight=chosen)
    recipe, found = replace(job.recipe, settings=settings), notes(best, chosen)
    found += [SATISFIED] if idle(trials) else []
    return replace(job, settings=settings, recipe=recipe, notes=(*found, *job.notes))


def try_weight(job: Job, paint: Paint, weight: float) -> Trial:
    """Paint a small picture with one style weight, from the photograph."""
    size = min(SIZE, job.settings.size)
    settings = job.settings.replace(
        auto=False, size=size, plan=((size, EVALUATIONS),), style_weight=weight, init="content",
        tile=0, continuation=0,
    )  # fmt: skip
    (result,) = deque(paint(replace(job, settings=settings, init=None)), maxlen=1)
    kinds = min(result.history, key=lambda step: step.total).kinds
    content, style = kinds["content"], kinds["style"]
    return Trial(weight, content / settings.content_weight, style / weight)


def idle(trials: Sequence[Trial]) -> bool:
    """Tell whether the last run had a larger weight than all before and gained nothing by it."""
    *before, last = trials
    if not before or last.content > LOST - CLOSE or last.weight <= max(t.weight for t in before):
        return False
    near = max(before, key=lambda trial: trial.weight)
    gained: float = (near.weight / last.weight) ** IDLE
    return last.style > near.style * gained


def following(trials: Sequence[Trial]) -> float:
    """Return the weight to try next: where a line through the nearest two runs meets `LOST`."""
    near = sorted(trials, key=lambda trial: abs(trial.content - LOST))[:2]
    slope = SLOPE
    if len(near) == 2:
        rise = near[1].content - near[0].content
        slope = max(rise / math.log(near[1].weight / near[0].weight), SLOPE / 4)
    step = (LOST - near[0].content) / slope
    return min(
        max(near[0].weight * math.exp(max(min(step, 4.0), -4.0)), SMALLEST_WEIGHT), LARGEST_WEIGHT
    )


def notes(trial: Trial, chosen: float) -> list[str]:
    """Return what was chosen, and a warning if the pictures do not go together."""
    found = [
        f"auto: style_weight {chosen:g}; in a short run, content loss {trial.content:.2f} "
        f"(wanted {LOST:g}), style loss {trial.style:.3f}"
    ]
    if trial.content > LOST + 2 * CLOSE:
        found.append(
            "the style takes over whatever its weight: the photograph has little detail to hold "
            "on to; a photograph with more contrast, or --content-layers relu2_1,relu4_2, "
            "usually helps."
        )
    elif trial.style > POOR:
        found.append(
            f"photograph and painting are a poor match: at this balance {trial.style:.0%} of the "
            "style is missing; another part of the painting, another --style-scale, or a "
            "photograph of a similar brightness usually helps."
        )
    return found
