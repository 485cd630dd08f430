"""How cells are laid out: as labeled matrices of the last two axes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from impasto.sweeps.cells import Axis, AxisValue, Sweep


@dataclass(frozen=True)
class Block:
    """A labeled matrix, or a row of cells if it has no rows.

    Attributes:
        title: Above it, or empty.
        rows: The labels at the left.
        columns: The labels above.
        cells: Names of cells, row by row.
    """

    title: str
    rows: tuple[AxisValue | None, ...]
    columns: tuple[AxisValue, ...]
    cells: tuple[tuple[str, ...], ...]


def blocks(sweep: Sweep) -> Iterator[Block]:
    """Divide a sweep into matrices: the last two axes are rows and columns."""
    outer, rows, columns = sections(sweep.axes)
    names = {cell.place: cell.name for cell in sweep.cells}
    for place in itertools.product(*(range(len(axis.values)) for axis in outer)):
        title = "  ".join(_named(axis, at) for axis, at in zip(outer, place, strict=True))
        if rows is None:
            yield from _wrapped(columns, names)
            continue
        cells = tuple(
            tuple(names[*place, row, column] for column in range(len(columns.values)))
            for row in range(len(rows.values))
        )
        yield Block(title, rows.values, columns.values, cells)


def _named(axis: Axis, at: int) -> str:
    return f"{axis.name} {axis.values[at].label}"


def _wrapped(axis: Axis, names: Mapping[tuple[int, ...], str]) -> Iterator[Block]:
    """Break a long row into rows of about equal length, at most six cells each."""
    count = len(axis.values)
    length = math.ceil(count / math.ceil(count / 6))
    for start in range(0, count, length):
        part = range(start, min(start + length, count))
        values = tuple(axis.values[at] for at in part)
        yield Block("", (None,), values, (tuple(names[(at,)] for at in part),))


def sections(axes: Sequence[Axis]) -> tuple[Sequence[Axis], Axis | None, Axis]:
    """Divide axes into those of the sections, of the rows, and of the columns."""
    return axes[:-2], axes[-2] if len(axes) > 1 else None, axes[-1]


def corner(sweep: Sweep) -> str:
    """Return the names of the axes of rows and columns."""
    _, rows, columns = sections(sweep.axes)
    names = [axis.name for axis in (rows, columns) if axis is not None]
    return " \\ ".join(names).replace("_", " ")
