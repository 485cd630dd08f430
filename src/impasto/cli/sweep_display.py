"""Progress over all cells of a sweep on stderr: a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from impasto.cli.display import PLAIN_EVERY, clock, losses
from impasto.run.result import Progress as Painting
from impasto.sweeps.cells import Result, Sweep
from impasto.sweeps.running import Schedule

Show = Callable[[Painting | Result], None]


class Rest:
    """Estimates the seconds left of a whole sweep.

    Runs that have not begun are taken to miss their estimate as those did that have.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.runs = list(schedule.runs)
        self.whole = schedule.seconds
        self.began = time.monotonic()
        self.done = 0.0

    def update(self, painting: Painting) -> float:
        """Return the seconds left after one more evaluation."""
        job = painting.job
        before = sum(level.evaluations * job.work(level) for level in job.levels[: painting.level])
        level = job.levels[painting.level]
        now = before + painting.step.index * job.work(level)
        total = sum(level.evaluations * job.work(level) for level in job.levels)
        return self._seconds(self.done + self.runs[0].seconds * now / total)

    def finish(self, result: Result) -> float:
        """Return the seconds left after a cell; its run is over if it was the last of it."""
        if result.cell == self.runs[0].cells[-1]:
            self.done += self.runs.pop(0).seconds
        return self._seconds(self.done)

    def _seconds(self, done: float) -> float:
        """Return the seconds left when ``done`` of the estimated ones have been worked off."""
        if done <= 0:
            return self.whole
        return (time.monotonic() - self.began) / done * max(self.whole - done, 0)


def opening(sweep: Sweep, schedule: Schedule) -> str:
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


def finished(result: Result) -> str:
    """Return a line about a cell."""
    if result.error:
        return f"{result.cell.name}: {result.error}"
    return f"{result.cell.name}: loss {result.losses['total']:.4g}, {clock(result.seconds)}"


@contextmanager
def choose_overview(sweep: Sweep, schedule: Schedule, quiet: bool) -> Iterator[Show]:
    """Yield the function that shows an evaluation or a finished cell: live, plain or silent."""
    console = Console(stderr=True)
    if quiet:
        yield lambda event: None
        return
    print(opening(sweep, schedule), file=sys.stderr)
    for result in schedule.results:
        if result.error:
            print(finished(result), file=sys.stderr)
    if sys.stderr.isatty() and not console.is_dumb_terminal:
        with live(schedule, console) as show:
            yield show
    else:
        yield plain(schedule)


def plain(schedule: Schedule) -> Show:
    """Return a function that prints a line for every cell, and every few seconds."""
    rest, last = Rest(schedule), time.monotonic()
    count, at = sum(len(run.cells) for run in schedule.runs), 0

    def show(event: Painting | Result) -> None:
        nonlocal last, at
        if isinstance(event, Result):
            at, last = at + 1, time.monotonic()
            left = clock(rest.finish(event))
            print(f"{at}/{count}  {finished(event)}  left {left}", file=sys.stderr)
            return
        left = clock(rest.update(event))
        if time.monotonic() - last > PLAIN_EVERY:
            last = time.monotonic()
            step = event.step
            print(
                f"{at}/{count}  {event.size} px  {step.index}  loss {step.total:.4g}  left {left}",
                file=sys.stderr,
            )

    return show


@contextmanager
def live(schedule: Schedule, console: Console) -> Iterator[Show]:
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
    with Live(Group(bar, status), console=console, refresh_per_second=8):

        def show(event: Painting | Result) -> None:
            if isinstance(event, Result):
                bar.update(task, advance=1, left=clock(rest.finish(event)))
                console.print(Text(finished(event), style="yellow" if event.error else "dim"))
                return
            bar.update(task, left=clock(rest.update(event)))
            step, level = event.step, event.job.levels[event.level]
            status.plain = (
                f"  {event.size} px  {step.index}/{level.evaluations}  loss {step.total:.4g}  "
                f"({losses(step.parts)})"
            )

        yield show
