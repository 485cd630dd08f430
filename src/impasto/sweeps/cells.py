"""What a sweep is made of: axes, cells, and what became of each cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from impasto.images import Canvas
from impasto.settings import Settings, notes_on

FOLDER = "cells"
"""Where the pictures of a sweep are, inside its folder."""

Curve = dict[str, list[float]]
"""Loss curves: under ``"evaluation"`` the counts, under each kind of loss its values there."""


@dataclass(frozen=True)
class AxisValue:
    """One value on an axis.

    Attributes:
        label: As people read it.
        settings: What it sets: settings, as text or values, and also ``content``, a path,
            ``style``, several, ``exchange`` and ``preset``.
        picture: A file to show beside the label, if the value is a picture.
    """

    label: str
    settings: Mapping[str, Any]
    picture: str | None = None


@dataclass(frozen=True)
class Axis:
    """What varies, and the values that it takes."""

    name: str
    values: tuple[AxisValue, ...]


@dataclass(frozen=True)
class Cell:
    """One painting of a sweep.

    Attributes:
        name: Of its files, without a suffix.
        place: Index of its value on every axis.
        content: The photograph, or the shape of a texture.
        styles: The style pictures.
        settings: What to paint; None if its values contradict each other, see ``error``.
        error: Why it cannot be painted, or empty.
        file: Its picture, from the folder of the sweep on, if it has another name than usual.
    """

    name: str
    place: tuple[int, ...]
    content: str | Canvas
    styles: tuple[str, ...]
    settings: Settings | None
    error: str = ""
    file: str = ""

    @property
    def picture(self) -> str:
        """Its picture, from the folder of the sweep on."""
        return self.file or f"{FOLDER}/{self.name}.png"


@dataclass(frozen=True)
class Sweep:
    """A product of settings.

    Attributes:
        title: A heading.
        axes: From the outermost to the innermost; the last are the columns of the sheet.
        cells: One for every combination of values, in the order of the axes.
        sources: Pictures that all cells share, by what they are.
        notes: Sentences that a reader of the report should know.
        costs: Whether time and memory stand below each cell of the sheet.
        unit: What people call its cells.
    """

    title: str
    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]
    sources: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    costs: bool = False
    unit: str = "cells"

    def values(self, cell: Cell) -> list[AxisValue]:
        """Return the value of a cell on every axis."""
        return [axis.values[at] for axis, at in zip(self.axes, cell.place, strict=True)]

    @property
    def idle(self) -> tuple[str, ...]:
        """A sentence for each setting that is given and changes nothing in any cell."""
        found = [notes_on(cell.settings) for cell in self.cells if cell.settings]
        return (
            tuple(note for note in found[0] if all(note in each for each in found)) if found else ()
        )


@dataclass(frozen=True)
class CellResult:
    """What became of a cell.

    Attributes:
        cell: Which.
        error: Why there is no picture, or empty.
        losses: The weighted losses of the picture by kind, and their ``"total"``.
        evaluations: Made for it, at all sizes.
        seconds: Spent on it; cells of one run count from its beginning.
        size: Width and height of the picture.
        curve: Its losses on the way.
        scores: How far from the style and how near to the photograph, see
            `impasto.evaluation.scores.Scores`.
        judged_by: The network that measured these, or empty.
        unjudged: Why there are none, or empty.
        planned: How many evaluations were asked for, at all sizes; 0 if nobody knows.
        memory: Bytes that its run needs beside the network, as `impasto.job.Estimate` counts them;
            0 if nobody knows.
    """

    cell: Cell
    error: str = ""
    losses: dict[str, float] = field(default_factory=dict)
    evaluations: int = 0
    seconds: float = 0.0
    size: tuple[int, int] = (0, 0)
    curve: Curve = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    judged_by: str = ""
    unjudged: str = ""
    planned: int = 0
    memory: float = 0.0

    @property
    def ending(self) -> str:
        """That the run ended before its evaluations were made, in words; empty if it did not."""
        if self.error or self.evaluations >= self.planned:
            return ""
        return f"ended after {self.evaluations} of {self.planned} evaluations"

    @property
    def cost(self) -> str:
        """What the cell took, in words."""
        words = f"{self.evaluations} evaluations, {self.seconds:.1f} s"
        return words + (f", {self.memory / 1e6:.0f} MB" if self.memory else "")
