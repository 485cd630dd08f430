"""A painting during and after the work: `Progress` at every evaluation, `Painted` at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from impasto import images
from impasto.controls.color import Rgb
from impasto.errors import ImpastoError
from impasto.job.job import Job
from impasto.optimize.loop import State, Step
from impasto.job.recipe import Recipe
from impasto.settings.settings import Settings


@dataclass(frozen=True, eq=False)
class Position:
    """Where a run stands between two evaluations: enough to go on from there.

    Attributes:
        level: Index into ``job.levels``.
        before: Evaluations made at the coarser levels.
        state: The loop's.
        weights: Of the terms at this level, by name: `balance` measures them at its start.
    """

    level: int
    before: int
    state: State
    weights: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Progress:
    """One evaluation of a painting.

    Attributes:
        job: What is being painted.
        level: Index into ``job.levels``.
        step: The evaluation; its image may be padded and is not clipped, see `rgb`.
        before: Evaluations made at the coarser levels.
        state: Of the loop after this evaluation; it changes with the next.
        weights: Of the terms at this level, by name.
    """

    job: Job
    level: int
    step: Step
    before: int
    state: State
    weights: Mapping[str, float]

    @property
    def size(self) -> int:
        """The long side of the present level in pixels."""
        return self.job.levels[self.level].size

    @property
    def evaluations(self) -> int:
        """Evaluations done so far, at all levels."""
        return self.before + self.step.index

    @property
    def position(self) -> Position:
        """Where to go on from after this evaluation."""
        return Position(self.level, self.before, self.state, self.weights)

    @property
    def rgb(self) -> Rgb:
        """The best image so far (H, W, 3), sRGB in [0, 1], at the present size."""
        return self.at(self.size)

    def at(self, size: int) -> Rgb:
        """Return the best image so far at another size than the present."""
        return self.job.picture(self.step.best, self.size, size)

    @property
    def image(self) -> Image.Image:
        """The best image so far, for looking at."""
        return images.to_pil(self.rgb)


@dataclass(frozen=True)
class Record:
    """The numbers of one evaluation, as kept in histories and written by ``--json``."""

    index: int
    size: int
    total: float
    parts: dict[str, float]
    seconds: float


def by_kind(parts: dict[str, float]) -> dict[str, float]:
    """Return weighted losses summed by kind, the first word of their names.

    Example:
        >>> by_kind({"style relu1_1": 1.0, "style relu2_1": 0.5, "tv": 2.0})
        {'style': 1.5, 'tv': 2.0}
    """
    kinds: dict[str, float] = {}
    for name, value in parts.items():
        kind = name.split()[0]
        kinds[kind] = kinds.get(kind, 0.0) + value
    return kinds


@dataclass
class Painted:
    """A painting as far as it has come: the result, once the last step has been added.

    Attributes:
        job: What is being painted.
        history: The losses of every evaluation.
        notes: What was found out about the pictures, and what went wrong on the way.
    """

    job: Job
    history: list[Record] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    last: Progress | None = None

    def __post_init__(self) -> None:
        self.notes.extend(note for note in self.job.notes if note not in self.notes)

    def add(self, progress: Progress) -> Record:
        """Take in one step and return its numbers."""
        step = progress.step
        record = Record(progress.evaluations, progress.size, step.total, step.parts, step.seconds)
        self.history.append(record)
        if step.note:
            self.notes.append(step.note)
        self.last = progress
        self.__dict__.pop("rgb", None)
        return record

    @cached_property
    def rgb(self) -> Rgb:
        """The picture (H, W, 3), sRGB in [0, 1], at the size asked for."""
        if self.last is None:
            raise ImpastoError("nothing has been painted yet.")
        return self.last.at(self.job.settings.size)

    @property
    def alpha(self) -> NDArray[np.float32] | None:
        """The photograph's transparency (H, W), if it is to be kept and there is any."""
        if not self.job.settings.keep_alpha or self.job.content.alpha is None:
            return None
        height, width = self.job.shape(self.job.settings.size)
        return images.resize(self.job.content.alpha, width, height).clip(0, 1)

    @property
    def image(self) -> Image.Image:
        """The picture as a PIL image of 8 bits."""
        picture = images.to_pil(self.rgb)
        if self.alpha is not None:
            picture.putalpha(Image.fromarray(np.rint(self.alpha * 255).astype(np.uint8)))
        return picture

    @property
    def seconds(self) -> dict[int, float]:
        """Seconds spent at each size."""
        return {record.size: record.seconds for record in self.history}

    @property
    def settings(self) -> Settings:
        """All settings, with the plan cut to what has been done."""
        done = {record.size: 0 for record in self.history}
        for record in self.history:
            done[record.size] += 1
        return self.job.settings.replace(plan=tuple(done.items()), levels=len(done))

    @property
    def recipe(self) -> Recipe:
        """What goes into the file: enough to paint the picture again."""
        return replace(self.job.recipe, settings=self.settings)

    def save(self, path: str | Path) -> None:
        """Write the picture with its recipe inside, atomically; the format follows the suffix."""
        images.write(
            path,
            self.rgb,
            alpha=self.alpha,
            bits=self.job.settings.bits,
            settings=self.recipe.to_json(),
        )
