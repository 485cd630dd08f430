"""Functions of an image for the loop to minimize, see `impasto.optimize.Function`."""

from collections.abc import Callable
from typing import Self

import torch
from torch import Tensor

from impasto.objective import Evaluation
from impasto.optimize import Optimizer, State, Step, minimize


def evaluation(total: float, gradient: Tensor) -> Evaluation:
    """An evaluation of one part, without a penalty."""
    return Evaluation(total, {"all": total}, {"all": total}, total, gradient)


class Plain:
    """A function without penalties, which keeps the images that it was evaluated at."""

    def __init__(self, evaluate: Callable[[Tensor], Evaluation]) -> None:
        self.evaluate = evaluate
        self.seen: list[Tensor] = []

    def __call__(self, image: Tensor) -> Evaluation:
        self.seen.append(image)
        return self.evaluate(image)

    def with_penalty_factor(self, factor: float) -> Self:
        return self

    def penalized(self, parts: dict[str, float]) -> float:
        return sum(parts.values())


def bowl(image: Tensor) -> Evaluation:
    """The sum of squares: 0 where the image is black."""
    return evaluation(image.square().sum().item(), 2 * image)


def descend(
    function: Callable[[Tensor], Evaluation],
    start: Tensor,
    optimizer: Optimizer,
    evaluations: int,
    tolerance: float = 0.0,
) -> list[Step]:
    """Minimize a function without penalties, and return all steps."""
    state = State().begin(start, optimizer)
    function = function if isinstance(function, Plain) else Plain(function)
    return list(minimize(function, state, [(1.0, evaluations)], tolerance))


def twin(state: State, optimizer: Optimizer) -> State:
    """A copy of all that the next evaluations depend on, with another optimizer of its kind."""
    copy = State().begin(state.image, optimizer)
    vars(copy).update({name: value for name, value in vars(state).items() if name != "optimizer"})
    copy.recent = state.recent.copy()
    kept = {
        name: value.clone() if isinstance(value, torch.Tensor) else value
        for name, value in state.optimizer.state().items()
    }
    copy.optimizer.restore(kept)
    return copy
