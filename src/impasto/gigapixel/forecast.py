"""What it takes to have a picture's tiles evaluated by workers, and the tiles that take least."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from impasto.errors import SettingsError
from impasto.job import GIB, LEAST_TILE, OVERHEAD, Cost, Shape

WORKER_PROCESS: Final = 0.4e9
"""Bytes that a worker takes before its first tile: Python, torch, Dask, the pocket network."""

LARGEST_TILE: Final = 2048
"""Beyond, margins are a few percent of a tile, and the workers wait longer for each other."""

TRAVEL: Final = 4e-9
"""Seconds for a byte to a worker or back. Measured: 16 MB there in 63 ms, on one machine."""

OWN: Final = 1.4e-7
"""Seconds of this process for each pixel and evaluation: L-BFGS and total variation, one thread."""


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What one evaluation of a large picture takes.

    Attributes:
        shape: Height and width of the picture in pixels.
        cost: What an evaluation costs per pixel, with one thread.
        margin: How far beyond its tile a feature sees, in pixels.
        value: Bytes of a number.
        workers: How many there are.
        budget: Bytes that each of them may take.
        side: Of the tiles, in pixels.
    """

    shape: Shape
    cost: Cost
    margin: int
    value: int
    workers: int
    budget: float
    side: int

    @property
    def tiles(self) -> int:
        """How many tiles there are."""
        return math.prod(-(-length // self.side) for length in self.shape)

    @property
    def padded(self) -> float:
        """Pixels of a tile with its margins."""
        return math.prod(min(self.side + 2 * self.margin, length) for length in self.shape)

    @property
    def share(self) -> int:
        """How many tiles a worker has."""
        return -(-self.tiles // self.workers)

    @property
    def keep(self) -> int:
        """For how many tiles a worker can keep the forward pass, beside the tile in work."""
        return min(self.share, int(self._left // self._of_tile) - 1)

    @property
    def fits(self) -> bool:
        """Whether a worker has the memory for one tile."""
        return self.keep >= 0

    @property
    def memory(self) -> float:
        """Bytes that a worker will take."""
        return self.budget - self._left + (1 + self.keep) * self._of_tile

    @property
    def compute(self) -> float:
        """Seconds that the workers take for an evaluation."""
        rounds = 1.5 - 0.5 * self.keep / self.share
        return self.share * rounds * self.cost.seconds * (self.padded + self.cost.overhead)

    @property
    def traffic(self) -> float:
        """Bytes that travel in one evaluation: every tile there, and its gradient back."""
        return 2.0 * 3 * self.value * self.padded * self.tiles

    @property
    def travel(self) -> float:
        """Seconds in which that passes through this process, while the workers compute."""
        return TRAVEL * self.traffic

    @property
    def seconds(self) -> float:
        """Seconds of an evaluation."""
        return max(self.compute, self.travel) + OWN * math.prod(self.shape)

    @property
    def most_workers(self) -> int:
        """How many workers pay: with more, they wait for what travels."""
        return max(1, round(self.workers * self.compute / self.travel))

    @property
    def _of_tile(self) -> float:
        return OVERHEAD * self.cost.memory * self.padded

    @property
    def _left(self) -> float:
        """Bytes of a worker for tiles in work: beside them are pixels and targets of its share."""
        each = 3 * self.value + self.cost.targets
        return self.budget - WORKER_PROCESS - each * self.padded * self.share


def best_forecast(
    shape: Shape,
    cost: Cost,
    margin: int,
    stride: int,
    value: int,
    workers: int,
    budget: float,
    side: int = 0,
) -> Forecast:
    """Return the tiles that take the least time, of those that fit into the workers' memory.

    Args:
        shape: Height and width of the picture in pixels.
        cost: What an evaluation costs per pixel, with one thread.
        margin: How far beyond its tile a feature sees, in pixels.
        stride: Whose multiple a tile has to be.
        value: Bytes of a number.
        workers: How many there are.
        budget: Bytes that each of them may take.
        side: Of the tiles, if it is given.

    Raises:
        SettingsError: If none fits.
    """
    least = -(-LEAST_TILE // stride) * stride
    sides = [side] if side else range(least, LARGEST_TILE + 1, stride)
    found = [
        Forecast(shape=shape, cost=cost, margin=margin, value=value, workers=workers,
                 budget=budget, side=each)
        for each in sides
    ]  # fmt: skip
    fitting = [each for each in found if each.fits]
    if not fitting:
        raise SettingsError(
            f"a tile of {found[0].side} pixels does not fit into {budget / GIB:.2g} GiB, which is "
            "what a worker may take: use fewer workers, allow more with memory, or a smaller tile."
        )
    return min(fitting, key=lambda each: (each.seconds, each.side))
