"""Adam: gradient descent with a step length of its own for every pixel."""

from __future__ import annotations

import math
from typing import final

import torch
from torch import Tensor

from impasto.optimize.optimizer import Optimizer, OptimizerState, expect_tensor


@final
class Adam(Optimizer):
    """Gradient descent with a step length of its own for every pixel.

    # Differs from Gatys et al. (2015), who used plain gradient descent.

    Source: Kingma and Ba (2015), algorithm 1, with β₂ = 0.99 for the short runs of this method.
    """

    betas = (0.9, 0.99)

    def __init__(self, learning_rate: float = 0.02, history: int = 0) -> None:
        """Start with zero moments; ``learning_rate`` is about the change of a pixel in one step.

        Adam keeps moments in place of steps: ``history`` changes nothing.
        """
        self.learning_rate = learning_rate
        self.count = 0
        self.mean: Tensor | None = None
        self.square: Tensor | None = None

    def step(self, image: Tensor, gradient: Tensor, total: float = math.nan) -> Tensor:
        """Return the image after one step."""
        b1, b2 = self.betas
        self.count += 1
        if self.mean is None or self.square is None:
            self.mean, self.square = torch.zeros_like(gradient), torch.zeros_like(gradient)
        self.mean = self.mean.lerp(gradient, 1 - b1)
        self.square = self.square.lerp(gradient.square(), 1 - b2)
        mean = self.mean / (1 - b1**self.count)
        square = self.square / (1 - b2**self.count)
        return image - self.learning_rate * mean / (square.sqrt() + 1e-12)

    def restart(self) -> None:
        """Forget both moments and halve the step length."""
        self.count = 0
        self.mean = self.square = None
        self.learning_rate /= 2

    def state(self) -> OptimizerState:
        """Return both moments and the number of steps that they are made of."""
        state: OptimizerState = {"learning_rate": self.learning_rate, "count": self.count}
        if self.mean is not None and self.square is not None:
            state |= {"mean": self.mean, "square": self.square}
        return state

    def restore(self, state: OptimizerState) -> None:
        """Take over both moments."""
        self.learning_rate, self.count = float(state["learning_rate"]), int(state["count"])
        self.mean = self.square = None
        if "mean" in state:
            self.mean, self.square = expect_tensor(state["mean"]), expect_tensor(state["square"])
