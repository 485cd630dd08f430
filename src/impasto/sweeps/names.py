"""Names for the files of cells."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from impasto.sweeps.cells import Axis, Cell

LONGEST_NAME = 100
"""Characters of a file name; a longer one ends in a hash."""


def file_name(axes: Sequence[Axis], place: Sequence[int]) -> str:
    """Return the name of a cell's files, the same for the same values."""
    parts = []
    for axis, at in zip(axes, place, strict=True):
        value = re.sub(r"[^A-Za-z0-9_.+-]+", "-", axis.values[at].label).strip("-.")
        parts.append(f"{axis.name}-{value}" if value else axis.name)
    return "__".join(parts)


def unique(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return the cells with names of bounded length, no two alike even where case is ignored."""
    seen: dict[str, int] = {}
    for cell in cells:
        seen[cell.name.lower()] = seen.get(cell.name.lower(), 0) + 1
    return tuple(
        cell if seen[cell.name.lower()] == 1 and len(cell.name) <= LONGEST_NAME else _renamed(cell)
        for cell in cells
    )


def _renamed(cell: Cell) -> Cell:
    text = repr((cell.name, cell.content, cell.styles, cell.settings, cell.place))
    short = hashlib.sha256(text.encode()).hexdigest()[:8]
    return replace(cell, name=f"{cell.name[: LONGEST_NAME - 9]}-{short}")
