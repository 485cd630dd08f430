"""Steps of a run that nobody has painted."""

from collections.abc import Mapping

import torch

from impasto.optimize import Step


def step(
    index: int,
    *,
    size: int = 32,
    iteration: int | None = None,
    total: float = 1.0,
    parts: Mapping[str, float] | None = None,
    kinds: Mapping[str, float] | None = None,
    seconds: float = 0.0,
    note: str = "",
) -> Step:
    """Return a step with an empty image; where nothing is said, its only loss is tv."""
    parts = {"tv": total} if parts is None else parts
    kinds = parts if kinds is None else kinds
    iteration = index if iteration is None else iteration
    image = torch.empty(0)
    return Step(index, size, iteration, image, total, parts, kinds, seconds, note)
