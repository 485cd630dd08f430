"""What the loop needs of an optimizer: four verbs.

An optimizer is asked for the next image, given loss and gradient at the present one. A
quasi-Newton model of a function that somebody clamps between evaluations is wrong and can explode:
a method that keeps bounds knows them, see `impasto.optimize.lbfgs_bounded`. The others leave
[0, 1], and what leaves it is cut off when the picture is written.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor

OptimizerState = dict[str, Tensor | float]
"""What an optimizer has learned: tensors and numbers by name, so that a file can hold it."""


class Optimizer(ABC):
    """Gives the next image."""

    @abstractmethod
    def __init__(self, learning_rate: float, history: int) -> None:
        """Begin without having learned anything.

        Args:
            learning_rate: Larger is longer steps.
            history: How many steps are remembered, by those that remember steps.
        """

    def project(self, image: Tensor) -> Tensor:
        """Return the nearest image to which this optimizer goes, to start there; here any."""
        return image

    @abstractmethod
    def step(self, image: Tensor, gradient: Tensor, total: float) -> Tensor:
        """Return the image to evaluate next, given the gradient and the loss at ``image``."""

    @abstractmethod
    def restart(self) -> None:
        """Forget what was learned and go on with half the step length, after a divergence."""

    @abstractmethod
    def state(self) -> OptimizerState:
        """Return all that the next steps depend on, besides image and gradient."""

    @abstractmethod
    def restore(self, state: OptimizerState) -> None:
        """Go on from what `state` of another optimizer of the same kind has returned.

        It may be taken to pieces.
        """


def expect_tensor(value: Tensor | float) -> Tensor:
    """Return what should be a tensor.

    Raises:
        TypeError: If it is a number.
    """
    if not isinstance(value, Tensor):
        raise TypeError(f"a tensor is expected in place of {value!r}")
    return value
