"""Objectives of jobs, and of tensors that come from no file."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from torch import Tensor

from impasto.controls import Controls
from impasto.images import Picture
from impasto.job import Cost, Inputs, Job, Recipe, make_inputs, make_objective
from impasto.objective import Objective, Region, tiled
from impasto.settings import Settings


def objective_at(job: Job, size: int) -> Objective:
    """The objective of a job at one size."""
    return make_objective(job, make_inputs(job, size))


def objective_of(
    backbone: Any,
    content: Tensor,
    styles: Sequence[Tensor],
    settings: Settings,
    regions: Sequence[Region] = (),
    restrict: Callable[[Tensor], Tensor] | None = None,
) -> Objective:
    """The objective for pictures (1, 3, H, W) and a network that are given as they are."""
    resolved = settings.resolved(device="cpu", precision="float64", threads=1)
    nothing = Picture(np.zeros((1, 1, 3), np.float32))
    job = Job(
        settings=resolved,
        content=nothing,
        styles=(nothing,) * len(styles),
        init=None,
        backbone=backbone,
        cost=Cost(0, 0),
        controls=Controls(resolved),
        recipe=Recipe(resolved, None, ()),
    )
    inputs = Inputs(
        content=content,
        styles=list(styles),
        regions=list(regions),
        base=content,
        restrict=restrict,
    )
    return make_objective(job, inputs)


def is_tiled(objective: Objective) -> bool:
    """Tell whether an objective is evaluated in tiles."""
    return type(objective.evaluate) is type(tiled(None, 1))
