"""Progress on stderr: live bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from impasto.backbones import BACKBONES
from impasto.backbones.weights import find, sources
from impasto.job.job import Job
from impasto.run.result import Progress as Painting
from impasto.run.result import by_kind

Show = Callable[[Painting], None]

PLAIN_EVERY = 5.0
"""Seconds between two plain lines."""


class Eta:
    """Estimates the seconds left from what the evaluations so far have cost.

    A level that has not begun is taken to cost as much per pixel as the present one, tiles and
    their margins included.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.levels = job.levels
        self.cost = 0.0

    def update(self, painting: Painting) -> float:
        """Return the seconds left after one more evaluation."""
        level, step = self.levels[painting.level], painting.step
        self.cost = step.seconds / step.index
        left = self.cost * (level.evaluations - step.index)
        for later in self.levels[painting.level + 1 :]:
            left += later.evaluations * self.cost * self.job.work(later) / self.job.work(level)
        return left


def clock(seconds: float) -> str:
    """Return seconds as ``1:05`` or ``2:03:04``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def left_word(job: Job) -> str:
    """Return what to call the time left: how soon a run converges cannot be known."""
    return "at most" if job.settings.converge else "left"


def losses(parts: dict[str, float]) -> str:
    """Return the losses by kind: ``content 0.41  style 1.2  tv 0.03``."""
    return "  ".join(f"{kind} {value:.4g}" for kind, value in by_kind(parts).items())


def opening(job: Job) -> str:
    """Return which network will paint, and what is about to be done."""
    s = job.settings
    height, width = job.shape(s.size)
    tiles = f", tiles of {s.tile} px" if s.tile else ""
    plan = ", ".join(f"{level.size} px × {level.evaluations}" for level in job.levels)
    most = "at most " if s.converge else ""
    return (
        f"network: {job.backbone.description}\n"
        f"{width} × {height} pixels with {s.backbone} on {s.device} ({s.precision}, "
        f"threads: {s.threads}{tiles}); evaluations: {most}{plan}; {most or 'about '}"
        f"{clock(job.seconds)} and {job.peak_memory / 2**30:.2g} GiB{cut_start(job)}"
    )


def cut_start(job: Job) -> str:
    """Return a line if much of the start picture lies outside of the photograph's shape."""
    if job.start is None:
        return ""
    (height, width), (rows, columns) = job.shape(job.settings.size), job.start.rgb.shape[:2]
    kept = min(width / columns, height / rows) / max(width / columns, height / rows)
    if kept > 0.95:
        return ""
    return f"\nthe start picture has another shape: its middle is used, {kept:.0%} of it"


@contextmanager
def choose_display(job: Job, quiet: bool) -> Iterator[Show]:
    """Yield the function that shows a step: live, plain or silent."""
    console = Console(stderr=True)
    if quiet:
        yield lambda painting: None
    elif sys.stderr.isatty() and not console.is_dumb_terminal:
        with live(job, console) as show:
            yield show
    else:
        yield plain(job)


def plain(job: Job) -> Show:
    """Return a function that prints a line when a level begins or ends, and every few seconds."""
    print(opening(job), file=sys.stderr)
    eta, last = Eta(job), time.monotonic()

    def show(painting: Painting) -> None:
        nonlocal last
        step, left = painting.step, eta.update(painting)
        count = job.levels[painting.level].evaluations
        if step.note:
            print(step.note, file=sys.stderr)
        if step.index in (1, count) or time.monotonic() - last > PLAIN_EVERY:
            last = time.monotonic()
            print(
                f"{painting.size} px  {step.index}/{count}  loss {step.total:.4g}  "
                f"({losses(step.parts)})  {1 / eta.cost:.1f}/s  {left_word(job)} {clock(left)}",
                file=sys.stderr,
            )

    return show


@contextmanager
def live(job: Job, console: Console) -> Iterator[Show]:
    """Yield a function that moves a bar per level, with losses and time left beneath."""
    bars = Progress(
        TextColumn("{task.description:>8}"),
        BarColumn(bar_width=40),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        console=console,
    )
    tasks = [
        bars.add_task(f"{level.size} px", total=level.evaluations, rate="") for level in job.levels
    ]
    status, eta, word = Text(), Eta(job), left_word(job)
    console.print(Text(opening(job), style="dim"))
    with Live(Group(bars, status), console=console, refresh_per_second=8):

        def show(painting: Painting) -> None:
            step, left = painting.step, eta.update(painting)
            rate = f"{1 / eta.cost:.1f}/s"
            bars.update(tasks[painting.level], completed=step.index, rate=rate)
            for task in bars.tasks[: painting.level]:
                if task.completed == 0:  # done before the run was interrupted
                    bars.update(task.id, completed=task.total)
            status.plain = f"  loss {step.total:.4g}  ({losses(step.parts)})  {word} {clock(left)}"
            if step.note:
                console.print(Text(step.note, style="yellow"))

        yield show


class Download:
    """A progress bar for one download, used as ``progress(received, total)``."""

    def __enter__(self) -> Self:
        self.bar = Progress(
            BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
            console=Console(stderr=True),
        )  # fmt: skip
        return self

    def __call__(self, received: int, total: int | None) -> None:
        """Move the bar; the first call shows it."""
        if not self.bar.tasks:
            self.bar.add_task("")
            self.bar.start()
        self.bar.update(self.bar.task_ids[0], completed=received, total=total)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self.bar.tasks:
            self.bar.stop()


def models_table() -> None:
    """Print the feature networks: what each is, where it is, and what can be fetched."""
    console = Console(soft_wrap=True, highlight=False)
    for name, network in BACKBONES.items():
        rows = sources(name)
        here = str(find(name) or "no") if rows else "in the package, MIT"
        console.print(Text.assemble((name, "bold"), f"  {network.title}: {network.summary}"))
        about = [("layers", f"{network.layers[0]} … {network.layers[-1]}, {len(network.layers)}")]
        about.append(("here", here))
        for source, row in rows.items():
            host = urlsplit(row.url).hostname
            about.append(("to fetch", f"{source}, {row.megabytes} MB, {host}, {row.licence}"))
        for what, value in about:
            console.print(Text(f"    {what:9} {value}"))
