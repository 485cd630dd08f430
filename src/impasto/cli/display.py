"""Progress on stderr: live bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self, final
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
from rich.segment import Segments
from rich.text import Text

from impasto.backbones import BACKBONES
from impasto.backbones.weights import find, sources
from impasto.cli.thumbnail import HIGH, LOW, on_terminal
from impasto.interruption import complain
from impasto.job import Job
from impasto.optimize import Step
from impasto.plugins import load_installed, owner
from impasto.run import Eta, Recorder, Result, clock, losses
from impasto.settings import on_paper

PLAIN_EVERY = 5.0
"""Seconds between two plain lines."""

LONG_PAINTING = 3600.0
"""Seconds of a painting from which on a smaller one is advised first."""

PICTURE_EVERY, PICTURE_SHARE = 2.0, 0.02
"""Seconds between two pictures, or more if they would take more than such a share."""


def left_word(job: Job) -> str:
    """Return what to call the time left: how soon a run converges cannot be known."""
    return "at most" if job.settings.converge else "left"


def opening(job: Job) -> str:
    """Return which network will paint, and what is about to be done."""
    s = job.settings
    height, width = job.sizes.shape(s.size)
    tiles = f", tiles of {s.tile} px" if s.tile else ""
    plan = ", ".join(f"{level.size} px × {level.evaluations}" for level in job.levels)
    most = "at most " if s.converge else ""
    paper = f"; {on_paper(width, height, s.resolution)}" if s.resolution else ""
    return (
        f"network: {job.backbone.description}\n"
        f"{width} × {height} pixels{paper} with {s.backbone} on {s.device} ({s.precision}, "
        f"threads: {s.threads}{tiles}); evaluations: {most}{plan}; {most or 'about '}"
        f"{clock(job.estimate.seconds)} and {job.estimate.memory / 2**30:.2g} GiB"
        f"{cut_start(job)}{warning(job)}"
    )


def warning(job: Job) -> str:
    """Return a line if a painting takes so long that a small one should be looked at first."""
    if job.estimate.seconds < LONG_PAINTING:
        return ""
    size = min(job.settings.size // 4, 512)
    return f"\nnote: that is long: --size {size} shows sooner whether you like it"


def cut_start(job: Job) -> str:
    """Return a line if much of the start picture lies outside of the photograph's shape."""
    if job.init is None:
        return ""
    (height, width), (rows, columns) = job.sizes.shape(job.settings.size), job.init.rgb.shape[:2]
    kept = min(width / columns, height / rows) / max(width / columns, height / rows)
    if kept > 0.95:
        return ""
    return f"\nthe start picture has another shape: its middle is used, {kept:.0%} of it"


def displays(quiet: bool) -> list[Recorder]:
    """Return what shows a run on standard error: live bars, plain lines, or nothing."""
    if quiet:
        return []
    console = Console(stderr=True)
    live = sys.stderr.isatty() and not console.is_dumb_terminal
    return [LiveDisplay(console) if live else PlainDisplay()]


@final
class PlainDisplay(Recorder):
    """Prints a line when a size begins or ends, and every few seconds."""

    def begin(self, result: Result) -> None:
        """Say what is about to be done."""
        self.job, self.eta, self.last = result.job, Eta(result.job), time.monotonic()
        self.counts = {level.size: level.evaluations for level in result.job.levels}
        complain(opening(result.job))

    def add(self, step: Step) -> None:
        """Print a line if it is time."""
        left, count = self.eta.update(step), self.counts[step.size]
        if step.note:
            complain(step.note)
        if step.iteration in (1, count) or time.monotonic() - self.last > PLAIN_EVERY:
            self.last = time.monotonic()
            complain(
                f"{step.size} px  {step.iteration}/{count}  loss {step.total:.4g}  "
                f"({losses(step)})  {1 / self.eta.cost:.1f}/s  {left_word(self.job)} {clock(left)}"
            )


@final
class LiveDisplay(Recorder):
    """Moves a bar per size, with losses and time left beneath, and the picture above."""

    def __init__(self, console: Console) -> None:
        """Keep the terminal."""
        self.console = console
        self.bars = Progress(
            TextColumn("{task.description:>8}"),
            BarColumn(bar_width=40),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            console=console,
        )
        self.status, self.picture = Text(), Segments([])
        self.live = Live(console=console, refresh_per_second=4, get_renderable=self._all)
        self.due = 0.0

    def _all(self) -> Group:
        return Group(self.picture, self.bars, self.status)

    def begin(self, result: Result) -> None:
        """Show the bars; those of sizes that an earlier run has finished are full."""
        job = result.job
        self.result, self.eta, self.word = result, Eta(job), left_word(job)
        self.tasks = {
            level.size: self.bars.add_task(
                f"{level.size} px",
                total=level.evaluations,
                completed=level.evaluations if level.size < result.state.size else 0,
                rate="",
            )
            for level in job.levels
        }
        self.console.print(Text(opening(job), style="dim"))
        self.live.start()

    def add(self, step: Step) -> None:
        """Move the bar."""
        left, rate = self.eta.update(step), f"{1 / self.eta.cost:.1f}/s"
        self.bars.update(self.tasks[step.size], completed=step.iteration, rate=rate)
        self.status.plain = f"  loss {step.total:.4g}  ({losses(step)})  {self.word} {clock(left)}"
        if step.note:
            self.console.print(Text(step.note, style="yellow"))
        if time.monotonic() >= self.due:
            self._look()

    def _look(self) -> None:
        """Show how far the picture has come, where there is room and color for it."""
        rows = min(HIGH, self.console.height - len(self.tasks) - 3)
        if self.console.color_system not in ("256", "truecolor") or rows < LOW:
            return
        began = time.monotonic()
        # Rendered once, not with every move of the bars: that would take a fifth of a core.
        self.picture = on_terminal(self.result.preview, rows, self.console)
        now = time.monotonic()
        self.due = now + max(PICTURE_EVERY, (now - began) / PICTURE_SHARE)

    def close(self, finished: bool) -> None:
        """Leave the bars as they are, and the picture as it has become."""
        if self.result.step is not None:
            self._look()
        self.live.stop()


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
    load_installed()
    for name, network in BACKBONES.items():
        rows, plugin = sources(name), owner("backbone", name)
        found = find(name)
        here = str(found or "no") if network.table else "in the package, MIT"
        if plugin is not None:
            here = f"of the plugin {plugin.where}"
        console.print(Text.assemble((name, "bold"), f"  {network.title}: {network.summary}"))
        about = [("layers", f"{network.layers[0]} … {network.layers[-1]}, {len(network.layers)}")]
        about.append(("here", here))
        for source, row in rows.items():
            size = f"{source}, {row.megabytes} MB"
            if row.in_package:
                about[-1] = ("here", f"in the package: {size}, {row.licence}")
            elif row.path().is_file() and row.path() != found:
                about.append(("here, too", f"--weights {source}: {row.path()}"))
            elif row.url:
                about.append(("to fetch", f"{size}, {urlsplit(row.url).hostname}, {row.licence}"))
        for what, value in about:
            console.print(Text(f"    {what:9} {value}"))
