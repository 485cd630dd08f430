"""Paint the cells of a sweep: what exists is kept, what fails does not stop the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from impasto.errors import ImpastoError, PictureError, UsageError, explain
from impasto.job import Job, prepare
from impasto.optimize import Step
from impasto.run import Recorder, Result, Stop, run
from impasto.sweeps.cells import Cell, CellResult, Curve, Sweep
from impasto.sweeps.store import picture_file, read_result, write_result

MOST_POINTS = 200
"""The most points of a loss curve that are kept."""


@dataclass(frozen=True)
class Painting:
    """One run, which gives one cell or several: pictures on its way.

    Attributes:
        cells: By rising evaluations; the last is the whole run.
        seconds: An estimate.
        evaluations: Of the whole run.
        memory: Bytes that it needs beside the network, an estimate.
    """

    cells: tuple[Cell, ...]
    seconds: float
    evaluations: int
    memory: float = 0.0

    @property
    def name(self) -> str:
        """That of its last cell."""
        return self.cells[-1].name


@dataclass
class SweepSchedule:
    """What is to be done, and what is done.

    Attributes:
        folder: Where everything is written.
        runs: To be painted.
        results: Cells that exist, and cells that cannot be painted.
        hashes: SHA-256 of the inputs.
    """

    folder: Path
    runs: list[Painting] = field(default_factory=list)
    results: list[CellResult] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """An estimate of the time that all runs take."""
        return sum(run.seconds for run in self.runs)

    @property
    def memory(self) -> float:
        """Bytes that the largest run needs beside the network, an estimate."""
        return max((run.memory for run in self.runs), default=0.0)


def schedule(sweep: Sweep, folder: Path) -> SweepSchedule:
    """Find out what has to be painted and how long that takes, with a look at every input.

    Raises:
        UsageError: If there is no cell that can be painted.
    """
    found = SweepSchedule(folder)
    last: Job | None = None
    for cells in same_run(sweep.cells):
        wanted = [cell for cell in cells if not keep(found, cell)]
        if not wanted:
            continue
        try:
            last = job_of(wanted[-1], last)
        except UsageError as error:
            found.results += [CellResult(cell, error=str(error)) for cell in wanted]
        else:
            evaluations = sum(level.evaluations for level in last.levels)
            cost = last.estimate
            found.runs.append(Painting(tuple(wanted), cost.seconds, evaluations, cost.memory))
    if not found.runs and all(result.error for result in found.results):
        raise UsageError(found.results[0].error)
    return found


def keep(found: SweepSchedule, cell: Cell) -> bool:
    """Take over a cell that exists or cannot be; tell whether that was so."""
    if cell.settings is None:
        found.results.append(CellResult(cell, error=cell.error))
        return True
    result = read_result(found.folder, cell, found.hashes)
    if result is not None:
        found.results.append(result)
    return result is not None


def same_run(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Gather cells that differ only in the evaluations at the final size, by their number."""
    groups: dict[Any, list[Cell]] = {}
    for cell in cells:
        alone: Any = cell.name
        if cell.settings is not None:
            settings = cell.settings.completed()
            *coarse, (size, _) = settings.plan
            plan = (*coarse, (size, 1))
            alone = cell.content, cell.styles, settings.replace(plan=plan, iterations=1)
        groups.setdefault(alone, []).append(cell)
    return [sorted(group, key=last_evaluations) for group in groups.values()]


def last_evaluations(cell: Cell) -> int:
    """Return the evaluations at the final size."""
    return 0 if cell.settings is None else cell.settings.completed().plan[-1][1]


def planned(cell: Cell) -> int:
    """Return the evaluations asked for, at all sizes."""
    return 0 if cell.settings is None else sum(n for _, n in cell.settings.completed().plan)


def job_of(cell: Cell, last: Job | None) -> Job:
    """Return the painting of a cell; the network of the last one is used again if it can be."""
    assert cell.settings is not None
    return prepare(cell.content, cell.styles, cell.settings, last)


Followers = Callable[[Cell], Sequence[Recorder]]
"""Gives what follows the run of a cell."""


def work(
    found: SweepSchedule, stop: Stop = lambda: False, follow: Followers = lambda cell: ()
) -> Generator[Result | CellResult, None, None]:
    """Paint everything that is scheduled, yielding every evaluation and every finished cell.

    Args:
        found: The schedule.
        stop: Asked after every evaluation: then the cell that is being painted is given up.
        follow: Asked for every run, with the last of its cells.
    """
    last: Job | None = None
    for painting in found.runs:
        if stop():
            return
        waiting = list(painting.cells)
        try:
            last = job_of(painting.cells[-1], last)
            followers = follow(painting.cells[-1])
            yield from paint_cells(last, waiting, partial(save, found), stop, followers)
        except Exception as error:
            if os.environ.get("IMPASTO_DEBUG"):
                raise
            for cell in waiting:
                yield CellResult(cell, error=sentence(error))


Keep = Callable[[Result, CellResult], None]
"""Keeps the picture of a cell, and its numbers."""


def paint_cells(
    job: Job, waiting: list[Cell], keep: Keep, stop: Stop, followers: Sequence[Recorder] = ()
) -> Iterator[Result | CellResult]:
    """Paint one run, and take each waiting cell from it when it has come that far."""
    for result in run(job, followers, stop=stop):
        yield result
        step = result.last
        at_last_size = step.size == result.job.levels[-1].size
        while at_last_size and waiting and step.iteration >= last_evaluations(waiting[0]):
            yield take(result, waiting, keep)
    while waiting and not stop():  # It has converged early: this is what they would have become.
        yield take(result, waiting, keep)


def take(painted: Result, waiting: list[Cell], keep: Keep) -> CellResult:
    """Keep the picture of the first cell that waits, which then waits no more.

    One that does not fit on the disk has failed, and the others still get their pictures.
    """
    result = numbers(painted, waiting[0])
    try:
        keep(painted, result)
    except PictureError as error:
        result = CellResult(waiting[0], error=str(error))
    del waiting[0]
    return result


def numbers(painted: Result, cell: Cell) -> CellResult:
    """Return what a cell is as far as its run has come."""
    height, width = painted.rgb.shape[:2]
    return CellResult(
        cell,
        losses=final_losses(painted.history),
        evaluations=painted.evaluations,
        planned=planned(cell),
        seconds=sum(painted.seconds.values()),
        memory=painted.job.estimate.memory,
        size=(width, height),
        curve=curve(painted.history),
    )


def save(found: SweepSchedule, painted: Result, result: CellResult) -> None:
    """Write the picture and the numbers of a cell."""
    painted.save(picture_file(found.folder, result.cell))
    write_result(found.folder, result, found.hashes)


def final_losses(history: Sequence[Step]) -> dict[str, float]:
    """Return the losses of the best image of the final size, by kind and in total."""
    last = [step for step in history if step.size == history[-1].size]
    return losses(min(last, key=lambda step: step.total))


def losses(step: Step) -> dict[str, float]:
    """Return the losses of an evaluation by kind, with their ``"total"`` first."""
    return {"total": step.total, **step.kinds}


def curve(history: Sequence[Step]) -> Curve:
    """Return at most `MOST_POINTS` points of the loss curves, the last one included."""
    step = -(-len(history) // MOST_POINTS)
    chosen = sorted({*range(0, len(history), step), len(history) - 1})
    points = [losses(history[at]) for at in chosen]
    found: Curve = {"evaluation": [float(history[at].index) for at in chosen]}
    for kind in points[0]:
        found[kind] = [float(f"{point[kind]:.5g}") for point in points]
    return found


def sentence(error: Exception) -> str:
    """Return what to tell about an error."""
    return str(error) if isinstance(error, ImpastoError) else explain(error)
