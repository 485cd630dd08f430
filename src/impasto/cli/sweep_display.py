"""Progress over all cells of a sweep on stderr: a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from impasto.cli.display import PLAIN_EVERY
from impasto.cluster import WorkerReport
from impasto.interruption import complain
from impasto.run import Result, clock, losses
from impasto.sweeps import CellResult, Sweep, SweepEvent, SweepSchedule

SHOWN_WORKERS = 16
"""Lines for workers, at most: what does not fit on the terminal helps nobody."""

Show = Callable[[SweepEvent], None]


class Rest:
    """Estimates the seconds left of a whole sweep, whoever paints it.

    Runs that have not begun are taken to miss their estimate as those did that have.
    """

    def __init__(self, schedule: SweepSchedule) -> None:
        self.runs = {run.name: run.seconds for run in schedule.runs}
        self.whole = schedule.seconds
        self.shares = dict.fromkeys(self.runs, 0.0)
        self.began = time.monotonic()

    @property
    def current(self) -> str:
        """The name of the first run that is not finished."""
        return next(name for name, share in self.shares.items() if share < 1)

    def update(self, event: SweepEvent) -> float:
        """Return the seconds left after an evaluation, a report or a cell.

        A run is over with the last of its cells.
        """
        if isinstance(event, Result):
            share = event.job.estimate.share(event.last.size, event.last.iteration)
            self.shares[self.current] = min(share, 0.999)
        elif isinstance(event, WorkerReport):
            if not any(self.shares.values()):  # what workers took to start is nobody's work
                self.began = time.monotonic() - event.share * self.runs[event.order]
            self.shares[event.order] = min(event.share, 0.999)
        elif event.cell.name in self.shares:
            self.shares[event.cell.name] = 1.0
        done = sum(self.runs[name] * share for name, share in self.shares.items())
        if done <= 0:
            return self.whole
        return (time.monotonic() - self.began) / done * max(self.whole - done, 0)


def opening(sweep: Sweep, schedule: SweepSchedule) -> str:
    """Return what is about to be done, and how long it takes."""
    counts = sum(len(run.cells) for run in schedule.runs)
    failed = sum(bool(result.error) for result in schedule.results)
    kept = len(schedule.results) - failed
    evaluations = sum(run.evaluations for run in schedule.runs)
    words = [f"{len(sweep.cells)} {sweep.unit}"]
    words += [f"{kept} there already"] if kept else []
    words += [f"{failed} that cannot be painted"] if failed else []
    runs = "1 run" if len(schedule.runs) == 1 else f"{len(schedule.runs)} runs"
    if counts:
        words.append(f"{counts} to paint in {runs}, {evaluations} evaluations")
        words.append(f"about {clock(schedule.seconds)}")
    return "; ".join(words)


def finished(result: CellResult) -> str:
    """Return a line about a cell."""
    if result.error:
        return f"{result.cell.name}: {result.error}"
    return f"{result.cell.name}: loss {result.losses['total']:.4g}, {clock(result.seconds)}"


@contextmanager
def choose_overview(sweep: Sweep, schedule: SweepSchedule, quiet: bool) -> Iterator[Show]:
    """Yield the function that shows an evaluation or a finished cell: live, plain or silent."""
    console = Console(stderr=True)
    if quiet:
        yield lambda event: None
        return
    complain(opening(sweep, schedule))
    for result in schedule.results:
        if result.error:
            complain(finished(result))
    if sys.stderr.isatty() and not console.is_dumb_terminal:
        with live(schedule, console, sweep.unit) as show:
            yield show
    else:
        yield plain(schedule)


def plain(schedule: SweepSchedule) -> Show:
    """Return a function that prints a line for every cell, and every few seconds."""
    rest, last = Rest(schedule), time.monotonic()
    count, at = sum(len(run.cells) for run in schedule.runs), 0

    def show(event: SweepEvent) -> None:
        nonlocal last, at
        left = clock(rest.update(event))
        if isinstance(event, CellResult):
            at, last = at + 1, time.monotonic()
            complain(f"{at}/{count}  {finished(event)}  left {left}")
        elif time.monotonic() - last > PLAIN_EVERY:
            last = time.monotonic()
            complain(f"{at}/{count}  {progress(event)}  left {left}")

    return show


def progress(event: Result | WorkerReport) -> str:
    """Return how far a run is, in words."""
    if isinstance(event, WorkerReport):
        return f"{event.order}  {event.share:.0%}"
    step, counts = event.last, dict(event.job.settings.plan)
    return f"{step.size} px  {step.iteration}/{counts[step.size]}  loss {step.total:.4g}"


@contextmanager
def live(schedule: SweepSchedule, console: Console, unit: str) -> Iterator[Show]:
    """Yield a function that moves a bar over all cells, with those in work beneath."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=40),
        MofNCompleteColumn(),
        TextColumn("left {task.fields[left]}"),
        console=console,
    )
    count = sum(len(run.cells) for run in schedule.runs)
    task = bar.add_task(unit, total=count, left=clock(schedule.seconds))
    status, rest = Text(), Rest(schedule)
    workers: dict[str, str] = {}
    display = Live(Group(bar, status), console=console, refresh_per_second=8)

    def show(event: SweepEvent) -> None:
        bar.update(task, left=clock(rest.update(event)))
        if isinstance(event, CellResult):
            bar.update(task, advance=1)
            with suppress(OSError):  # the terminal has gone, and the signal is on its way
                console.print(Text(finished(event), style="yellow" if event.error else "dim"))
        elif isinstance(event, WorkerReport):
            workers[event.worker] = f"  {event.worker}  {progress(event)}"
            status.plain = "\n".join(workers[each] for each in sorted(workers)[:SHOWN_WORKERS])
        else:
            status.plain = f"  {progress(event)}  ({losses(event.last)})"

    display.start()
    try:
        yield show
    finally:
        with suppress(OSError):
            display.stop()
