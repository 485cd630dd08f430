"""Optimizers: each is asked for the next image, given loss and gradient at the present one.

Those here do not search along a line (`impasto.wolfe` does), so that a step costs one evaluation.
They never clamp the pixels between evaluations: a quasi-Newton model of a clamped function is wrong
and can explode.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from impasto.statistics import accumulable

Memory = dict[str, Tensor | float]
"""What an optimizer remembers, by name: tensors and numbers, so that it can be kept in a file."""

LONGEST_STEP = 0.03
"""Largest mean absolute change of the pixels in one step of L-BFGS. The first step, before any
curvature is known, has this length. Without the bound the early steps overshoot: on VGG-19 the loss
is 4.6 after 10 evaluations in place of 1.6."""

TINY = 1e-30
"""What a length is taken for that is 0, before it is divided by."""

LARGE = 2**22
"""Values from which a vector is remembered in bfloat16 instead of float32: from about 1400 x 1000
pixels. It only tells where to go next: the loss is the same to 0.2 %, and twice the history has
room. Smaller vectors stay as they are, because to widen them again would take longer."""

CURVATURE_FLOOR = 1e-10
"""Smallest ``s·y / (|s| |y|)`` of a pair that L-BFGS keeps. It is relative, so that an objective
may be scaled by any factor without a change of the result."""


class Optimizer(Protocol):
    """What the loop needs of an optimizer."""

    def step(self, image: Tensor, gradient: Tensor, total: float) -> Tensor:
        """Return the image to evaluate next, given the gradient and the loss at ``image``."""

    def restart(self) -> None:
        """Forget what was learned and go on with half the step length, after a divergence."""

    def state(self) -> Memory:
        """Return all that the next steps depend on, besides image and gradient."""

    def restore(self, memory: Mapping[str, Tensor | float]) -> None:
        """Go on from what `state` of another optimizer of the same kind has returned."""


class LBFGS:
    """Limited-memory BFGS: gradient descent with the curvature of the last steps.

    Keeps ``2 history`` vectors of the image's size, in 16 bits if they are `LARGE`.

    # Differs from Gatys et al. (2015), who write of gradient descent; their code is L-BFGS, too,
    # but without the bound on the length of a step, and with the shortest `_scale`.

    Source: Nocedal (1980), "Updating quasi-Newton matrices with limited storage".
    """

    def __init__(self, learning_rate: float = 1.0, history: int = 10) -> None:
        """Start without curvature; ``learning_rate`` is the fraction of the full step taken."""
        self.learning_rate = learning_rate
        self.pairs: deque[Pair] = deque(maxlen=history)
        self.last: tuple[Tensor, Tensor] | None = None

    def step(self, image: Tensor, gradient: Tensor, total: float = math.nan) -> Tensor:
        """Return ``image - learning_rate H gradient``, the change bounded by `LONGEST_STEP`."""
        x, g = image.flatten(), gradient.contiguous().flatten()
        if self.last is not None:
            self._remember(x - self.last[0], g - self.last[1])
        self.last = (x, g)
        change = self._apply_inverse_hessian(g).mul_(self.learning_rate)
        length = float(change.abs().mean())
        longest = LONGEST_STEP * self.learning_rate
        if length > longest or not self.pairs:
            change.mul_(longest / max(length, TINY))
        return image - change.view_as(image)

    def restart(self) -> None:
        """Forget all curvature and halve the step length."""
        self.pairs.clear()
        self.last = None
        self.learning_rate /= 2

    def state(self) -> Memory:
        """Return the remembered steps, and where the last one began."""
        memory: Memory = {"learning_rate": self.learning_rate, "pairs": len(self.pairs)}
        for number, pair in enumerate(self.pairs):
            memory |= {f"s {number}": pair.s, f"y {number}": pair.y}
        if self.last is not None:
            memory |= {"image": self.last[0], "gradient": self.last[1]}
        return memory

    def restore(self, memory: Mapping[str, Tensor | float]) -> None:
        """Take over the remembered steps."""
        self.learning_rate = float(memory["learning_rate"])
        self.pairs.clear()
        for number in range(int(memory["pairs"])):
            self.pairs.append(Pair.of(*(_tensor(memory[f"{name} {number}"]) for name in "sy")))
        self.last = None
        if "image" in memory:
            self.last = _tensor(memory["image"]), _tensor(memory["gradient"])

    def _remember(self, s: Tensor, y: Tensor) -> None:
        """Keep the pair unless it shows no positive curvature."""
        kept = kept_type(s.numel(), s.dtype)
        pair = Pair.of(s.to(kept), y.to(kept))
        if pair.curvature > CURVATURE_FLOOR * pair.lengths:
            self.pairs.append(pair)

    def _apply_inverse_hessian(self, gradient: Tensor) -> Tensor:
        """Return the product of the inverse Hessian and the gradient; without pairs, the gradient.

        Source: Nocedal and Wright (2006), algorithm 7.4.
        """
        # The compact form (matrix products with the whole history) was measured to be no faster.
        q = gradient.clone()
        trail = []
        for pair in reversed(self.pairs):
            a = dot(pair.s, q) / pair.curvature
            trail.append(a)
            add(q, pair.y, -a)
        if self.pairs:
            q.mul_(self._scale(self.pairs[-1]))
        for pair, a in zip(self.pairs, reversed(trail), strict=True):
            add(q, pair.s, a - dot(pair.y, q) / pair.curvature)
        return q

    def _scale(self, last: Pair) -> float:
        """Return the inverse curvature where nothing is remembered: ``|s|/|y| √cos(s, y)``.

        The textbook has ``s·y / y·y = |s|/|y| cos(s, y)``. That is too short here: most of a
        change of the gradient is not along the step (a cosine of 0.1 is usual), because ReLU and
        maximum pooling bend the loss everywhere. The middle between it and ``|s|/|y|`` needs 7 to
        25 % fewer evaluations.

        # Differs from Nocedal and Wright (2006), equation 7.20; ``|s|/|y|`` is the geometric mean
        # of Dai, Al-Baali and Yang (2015), "A positive Barzilai-Borwein-like stepsize".
        """
        return last.ratio * math.sqrt(last.curvature / last.lengths)


class Pair(NamedTuple):
    """One remembered step of L-BFGS.

    Attributes:
        s: How the image changed, as a vector.
        y: How the gradient changed.
        curvature: ``s·y``, positive.
        lengths: ``|s| |y|``.
        ratio: ``|s| / |y|``.
    """

    s: Tensor
    y: Tensor
    curvature: float
    lengths: float
    ratio: float

    @classmethod
    def of(cls, s: Tensor, y: Tensor) -> Pair:
        """Return the pair of two vectors."""
        lengths = [math.sqrt(dot(vector, vector)) for vector in (s, y)]
        return cls(s, y, dot(s, y), math.prod(lengths), lengths[0] / max(lengths[1], TINY))


def kept_type(values: int, dtype: torch.dtype) -> torch.dtype:
    """Return the type in which L-BFGS remembers vectors of so many values of a type."""
    return torch.bfloat16 if dtype == torch.float32 and values >= LARGE else dtype


PIECE = 2**20
"""Values that are taken at a time where a remembered vector meets one of full length."""


def dot(a: Tensor, b: Tensor) -> float:
    """Return the product of two vectors, summed in float32 at least, and its pieces in float64."""
    pieces = zip(torch.split(a, PIECE), torch.split(b, PIECE), strict=True)
    return sum(float(accumulable(x) @ accumulable(y)) for x, y in pieces)


def add(target: Tensor, vector: Tensor, factor: float) -> None:
    """Add a multiple of a vector, which may be of a shorter type, to ``target`` in place."""
    for x, y in zip(torch.split(target, PIECE), torch.split(vector, PIECE), strict=True):
        x.add_(y, alpha=factor)


class Adam:
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

    def state(self) -> Memory:
        """Return both moments and the number of steps that they are made of."""
        memory: Memory = {"learning_rate": self.learning_rate, "count": self.count}
        if self.mean is not None and self.square is not None:
            memory |= {"mean": self.mean, "square": self.square}
        return memory

    def restore(self, memory: Mapping[str, Tensor | float]) -> None:
        """Take over both moments."""
        self.learning_rate, self.count = float(memory["learning_rate"]), int(memory["count"])
        self.mean = self.square = None
        if "mean" in memory:
            self.mean, self.square = _tensor(memory["mean"]), _tensor(memory["square"])


def _tensor(value: Tensor | float) -> Tensor:
    if not isinstance(value, Tensor):
        raise TypeError(f"a tensor is expected in place of {value!r}")
    return value
