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
from impasto.interruption import complain
from impasto.run import Result, clock, losses
from impasto.sweeps import CellResult, Sweep, SweepSchedule

Show = Callable[[Result | CellResult], None]


class Rest:
    """Estimates the seconds left of a whole sweep.

    Runs that have not begun are taken to miss their estimate as those did that have.
    """

    def __init__(self, schedule: SweepSchedule) -> None:
        self.runs = list(schedule.runs)
        self.whole = schedule.seconds
        self.began = time.monotonic()
        self.done = 0.0

    def update(self, painting: Result) -> float:
        """Return the seconds left after one more evaluation."""
        share = painting.job.estimate.share(painting.last.size, painting.last.iteration)
        return self._seconds(self.done + self.runs[0].seconds * share)

    def finish(self, result: CellResult) -> float:
        """Return the seconds left after a cell; its run is over if it was the last of it."""
        if result.cell == self.runs[0].cells[-1]:
            self.done += self.runs.pop(0).seconds
        return self._seconds(self.done)

    def _seconds(self, done: float) -> float:
        """Return the seconds left when ``done`` of the estimated ones have been worked off."""
        if done <= 0:
            return self.whole
        return (time.monotonic() - self.began) / done * max(self.whole - done, 0)


def opening(sweep: Sweep, schedule: SweepSchedule) -> str:
    """Return what is about to be done, and how long it takes."""
    counts = sum(len(run.cells) for run in schedule.runs)
    failed = sum(bool(result.error) for result in schedule.results)
    kept = len(schedule.results) - failed
    evaluations = sum(run.evaluations for run in schedule.runs)
    words = [f"{len(sweep.cells)} cells"]
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
        with live(schedule, console) as show:
            yield show
    else:
        yield plain(schedule)


def plain(schedule: SweepSchedule) -> Show:
    """Return a function that prints a line for every cell, and every few seconds."""
    rest, last = Rest(schedule), time.monotonic()
    count, at = sum(len(run.cells) for run in schedule.runs), 0

    def show(event: Result | CellResult) -> None:
        nonlocal last, at
        if isinstance(event, CellResult):
            at, last = at + 1, time.monotonic()
            left = clock(rest.finish(event))
            complain(f"{at}/{count}  {finished(event)}  left {left}")
            return
        left = clock(rest.update(event))
        if time.monotonic() - last > PLAIN_EVERY:
            last = time.monotonic()
            step = event.last
            complain(
                f"{at}/{count}  {step.size} px  {step.iteration}  loss {step.total:.4g}  "
                f"left {left}"
            )

    return show


@contextmanager
def live(schedule: SweepSchedule, console: Console) -> Iterator[Show]:
    """Yield a function that moves a bar over all cells, with the present one beneath."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=40),
        MofNCompleteColumn(),
        TextColumn("left {task.fields[left]}"),
        console=console,
    )
    count = sum(len(run.cells) for run in schedule.runs)
    task = bar.add_task("cells", total=count, left=clock(schedule.seconds))
    status, rest = Text(), Rest(schedule)
    display = Live(Group(bar, status), console=console, refresh_per_second=8)

    def show(event: Result | CellResult) -> None:
        if isinstance(event, CellResult):
            bar.update(task, advance=1, left=clock(rest.finish(event)))
            with suppress(OSError):  # the terminal has gone, and the signal is on its way
                console.print(Text(finished(event), style="yellow" if event.error else "dim"))
            return
        bar.update(task, left=clock(rest.update(event)))
        step = event.last
        counts = dict(event.job.settings.plan)
        status.plain = (
            f"  {step.size} px  {step.iteration}/{counts[step.size]}  loss {step.total:.4g}  "
            f"({losses(step)})"
        )

    display.start()
    try:
        yield show
    finally:
        with suppress(OSError):
            display.stop()
