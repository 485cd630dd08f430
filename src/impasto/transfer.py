"""READ THIS FIRST: the whole method on one page.

    targets       what content and style look like to the network
    objective     α content + β style + γ total variation, each term with a name
    pyramid       coarse to fine: every size starts from what the last one has changed
    continuation  at first with α and γ larger, so that the style is found near the content

`paint` yields one `Step` for every evaluation. Who calls it for a whole run is `impasto.run`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch.nn.functional as nnf
from torch import Tensor

from impasto.job import Inputs, Job, initial_image, make_inputs, make_objective
from impasto.objective import Objective, balanced
from impasto.optimize import Optimizer, State, Step, minimize, schedule
from impasto.pyramid import Level
from impasto.registry import OPTIMIZERS


def paint(job: Job, state: State) -> Iterator[Step]:
    """Yield every evaluation of a job, from the coarsest size to the finest.

    Args:
        job: What to paint.
        state: Where to go on from: a new one at the start. It follows the run, and whenever a step
            is yielded it is complete, see `State`.
    """
    change: Tensor | None = None  # of the image, by the sizes so far
    for level in job.levels_from(state.size):
        inputs = make_inputs(job, level.size)  # content, styles and masks as tensors
        objective = make_objective(job, inputs)  # its targets are computed once, here
        if state.size != level.size:  # else an interrupted run goes on in the middle
            begin(job, level, state, inputs, objective, change)
        function = objective.with_weights(state.weights)
        stages = schedule(level.evaluations, job.continuation(level))
        yield from minimize(function, state, stages, job.settings.converge)
        assert state.best is not None
        change = job.sizes.cut(state.best.image - inputs.base, level.size)


def begin(
    job: Job,
    level: Level,
    state: State,
    inputs: Inputs,
    objective: Objective,
    change: Tensor | None,
) -> None:
    """Put the state at the start image of a size."""
    if change is None:
        image = initial_image(job, inputs)
    else:
        # Enlarging only the change leaves the detail of the content sharp.
        image = inputs.base + job.sizes.pad(enlarge(change, job.sizes.shape(level.size)))
    optimizer = make_optimizer(job, level)
    image = optimizer.project(inputs.allowed(image))  # noise and enlarging leave [0, 1]
    if job.settings.balance:
        objective = balanced(objective, image)
    state.begin(image, optimizer, level.size, objective.weights)


def enlarge(change: Tensor, shape: tuple[int, int]) -> Tensor:
    """Return what a coarser size has changed, at the height and width of a finer one."""
    return nnf.interpolate(change, shape, mode="bicubic", align_corners=False)


def make_optimizer(job: Job, level: Level) -> Optimizer:
    """Return a fresh optimizer: curvature learned at one size does not hold at another."""
    make: Callable[[float, int], Optimizer] = OPTIMIZERS[job.settings.optimizer].load()
    return make(job.settings.learning_rate, min(job.settings.history, level.evaluations))
