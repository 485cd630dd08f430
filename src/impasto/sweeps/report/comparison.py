"""Numbers of cells side by side: all of them, averaged over seeds, beside another sweep's."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev

from impasto.errors import UsageError
from impasto.sweeps.cells import CellResult, Sweep
from impasto.sweeps.report.pareto import CONTENT, STYLE

AVERAGED = "seed"
"""The axis over which is averaged."""

Measured = dict[str, float]
"""By their names in ``cells.csv``."""


@dataclass(frozen=True)
class AverageOfSeeds:
    """The numbers of cells that differ in their seed only.

    Attributes:
        label: What they have in common.
        count: How many there are.
        numbers: Of each number, the mean and the standard deviation.
    """

    label: str
    count: int
    numbers: dict[str, tuple[float, float]]


def numbers_of(result: CellResult) -> Measured:
    """Return what is compared of a cell."""
    found = {"loss": result.losses["total"]}
    return found | {name: result.scores[name] for name in (STYLE, CONTENT) if name in result.scores}


def averages(sweep: Sweep, results: Mapping[str, CellResult]) -> list[AverageOfSeeds]:
    """Return the averages over seeds; none if no seed varies, or nothing else does."""
    names = [axis.name for axis in sweep.axes]
    if AVERAGED not in names or len(names) < 2:
        return []
    at, groups = names.index(AVERAGED), dict[tuple[int, ...], list[Measured]]()
    for cell in sweep.cells:
        result = results.get(cell.name)
        if result is not None and not result.error:
            place = cell.place[:at] + cell.place[at + 1 :]
            groups.setdefault(place, []).append(numbers_of(result))
    others = [axis for axis in sweep.axes if axis.name != AVERAGED]
    return [
        AverageOfSeeds(
            label=", ".join(f"{axis.name} {axis.values[index].label}"
                            for axis, index in zip(others, place, strict=True)),
            count=len(found),
            numbers={name: spread([each[name] for each in found if name in each])
                     for name in found[0]},
        )
        for place, found in groups.items()
    ]  # fmt: skip


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and the standard deviation, 0 for one value.

    Example:
        >>> spread([1.0, 3.0])
        (2.0, 1.4142135623730951)
    """
    return fmean(values), stdev(values) if len(values) > 1 else 0.0


def read_other(folder: Path) -> dict[str, Measured]:
    """Return the numbers of another sweep, by the names of its cells.

    Raises:
        UsageError: If there is no table of a sweep in the folder.
    """
    file = folder / "cells.csv"
    try:
        with file.open(newline="", encoding="utf-8") as opened:
            rows = list(csv.DictReader(opened))
        return {row["cell"]: _numbers(row) for row in rows if row["loss"]}
    except (OSError, KeyError, ValueError, csv.Error) as error:
        raise UsageError(
            f"'{folder}' cannot be compared with ({error}): give the folder of a sweep, which has "
            "a cells.csv."
        ) from None


def _numbers(row: Mapping[str, str | None]) -> Measured:
    found = {name: float(row[name] or "nan") for name in ("loss", STYLE, CONTENT) if name in row}
    return {name: value for name, value in found.items() if math.isfinite(value)}
