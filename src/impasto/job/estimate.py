"""What a painting costs: time and memory, before the work."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from impasto.errors import SettingsError
from impasto.images import MAX_PIXELS
from impasto.job.resources import Cost, Extent, lasting, peak
from impasto.job.sizes import Sizes
from impasto.losses import BYTES_PER_PIXEL
from impasto.optimize import kept_type
from impasto.pyramid import Level
from impasto.settings import ResolvedSettings

SETUP = 1
"""Evaluations that take as long as what comes before the first of a size: its targets."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An estimate of the time and the memory that a painting takes.

    Attributes:
        levels: Sizes and evaluations.
        sizes: The geometry.
        extent: The sizes that decide how much memory the run needs.
        cost: What one evaluation costs per pixel.
        tile: Side of a tile in pixels, 0 for none.
        margin: How far beyond its square a feature sees, in pixels.
        ranks: Among how many processes the picture is divided.
    """

    levels: tuple[Level, ...]
    sizes: Sizes
    extent: Extent
    cost: Cost
    tile: int
    margin: int
    ranks: int = 1

    @property
    def memory(self) -> float:
        """The bytes that the run will take, or each of its processes."""
        return peak(self.extent, self.cost, self.tile, self.margin, self.ranks)

    @property
    def without_tiles(self) -> float:
        """The bytes that the run will take if others have the tiles."""
        return lasting(self.extent, self.cost)

    @property
    def seconds(self) -> float:
        """The time that the run will take."""
        return self.cost.seconds * self._whole / self.ranks

    @property
    def _whole(self) -> float:
        return sum(self.work(level) for level in self.levels)

    def share(self, size: int, iteration: int) -> float:
        """Return how much of the work is done after an iteration at a size, in [0, 1]."""
        return 1 - self.left(size, iteration) / self._whole

    def left(self, size: int, iteration: int) -> float:
        """Return the work that is left then, see `work`."""
        here = sum(level.evaluations - iteration for level in self.levels if level.size == size)
        later = sum(self.work(level) for level in self.levels if level.size > size)
        return max(here, 0) * self.work_of_one(size) + later

    def work(self, level: Level) -> float:
        """Return the work of a size, in pixels of evaluations without tiles."""
        return (SETUP + level.evaluations) * self.work_of_one(level.size)

    def work_of_one(self, size: int) -> float:
        """Return the work of one evaluation at a size, likewise."""
        area: float = math.prod(self.sizes.shape(size))
        if self.tile == 0 or self.tile >= size:
            return area + self.cost.overhead
        # A tile runs forward twice and back once, with its margins.
        tiles = area / self.tile**2
        return 1.5 * ((self.tile + 2 * self.margin) ** 2 + self.cost.overhead) * tiles


def extent_of(settings: ResolvedSettings, sizes: Sizes, ranks: int = 1) -> Extent:
    """Return the sizes that decide how much memory a painting needs.

    Args:
        settings: What to paint.
        sizes: The geometry.
        ranks: Among how many processes the picture is divided.

    Raises:
        SettingsError: If a picture would be larger than one process reads and writes.
    """
    shapes = [sizes.shape(settings.size), *sizes.style_shapes(settings.size)]
    for height, width in shapes:
        if height * width > MAX_PIXELS * ranks:
            raise SettingsError(
                f"a picture would have {width} x {height} pixels: at most "
                f"{MAX_PIXELS * ranks // 10**6} million are possible, so lower size or style_scale."
            )
    type_ = torch.float64 if settings.precision == "float64" else torch.float32
    vectors = 2.0
    if settings.optimizer.startswith("lbfgs"):
        kept = kept_type(3 * math.prod(shapes[0]), type_)
        vectors = 2 * settings.history * kept.itemsize / type_.itemsize
    terms = BYTES_PER_PIXEL if settings.photoreal_weight else 0
    return Extent(shapes[0], max(shapes, key=math.prod), vectors, type_.itemsize, terms)
