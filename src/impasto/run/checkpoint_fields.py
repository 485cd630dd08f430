"""The fields of a checkpoint, each of its kind: another one would break the run much later."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from impasto.errors import printable
from impasto.optimize import State, Step

COUNTS = ("size", "before", "iteration", "improved", "divergences")
"""What of the loop's state is a whole number."""

MEASURES = ("seconds", "factor", "lowest")
"""What of it is any number."""


def count(value: object) -> int:
    """Return a whole number that is not negative.

    Raises:
        ValueError: If it is something else; so do the others.
    """
    if type(value) is not int or value < 0:
        raise ValueError(f"{_shown(value)} stands where a count must be")
    return value


def measure(value: object) -> float:
    """Return a finite number."""
    if type(value) not in (int, float) or not math.isfinite(value):  # type: ignore[arg-type]
        raise ValueError(f"{_shown(value)} stands where a number must be")
    return float(value)  # type: ignore[arg-type]


def text(value: object) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise ValueError(f"{_shown(value)} stands where a text must be")
    return value


def entries(value: object) -> list[Any]:
    """Return a list."""
    if not isinstance(value, list):
        raise ValueError(f"{_shown(value)} stands where a list must be")
    return value


def measures(value: object) -> dict[str, float]:
    """Return numbers by name."""
    if not isinstance(value, Mapping):
        raise ValueError(f"{_shown(value)} stands where named numbers must be")
    return {text(name): measure(each) for name, each in value.items()}


def step(values: Mapping[str, Any], image: Tensor) -> Step:
    """Return an evaluation from its numbers."""
    return Step(
        count(values["index"]), count(values["size"]), count(values["iteration"]), image,
        measure(values["total"]), measures(values["parts"]), measures(values["kinds"]),
        measure(values["seconds"]), text(values["note"]),
    )  # fmt: skip


def check_together(state: State, history: list[Step]) -> None:
    """Raise ValueError unless the numbers of a run agree with each other."""
    best = state.best
    if best is None or not history:
        raise ValueError("it has no evaluation")
    last = history[-1]
    agree = (
        [each.index for each in history] == list(range(1, len(history) + 1))
        and all(map(_follows, history, [None, *history]))
        and (state.before + state.iteration, state.size) == (last.index, last.size)
        and max(state.improved, state.divergences) <= state.iteration == last.iteration
        and _place(best) in map(_place, history)
        and best.image.shape == state.image.shape
        and state.image.dim() == 4
    )
    if not agree:
        raise ValueError("its numbers contradict each other")


def _follows(step: Step, before: Step | None) -> bool:
    """Tell whether an evaluation is the next one, of the same size or the first of another."""
    same = before is not None and before.size == step.size
    return step.iteration == (before.iteration + 1 if before is not None and same else 1)


def _place(step: Step) -> tuple[int, int, int]:
    return step.index, step.size, step.iteration


def _shown(value: object) -> str:
    return printable(repr(value), longest=40)
