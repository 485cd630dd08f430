"""Progress over the frames of a clip on stderr: a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.segment import Segments
from rich.text import Text

from impasto.cli.display import PLAIN_EVERY, left_word
from impasto.cli.thumbnail import HIGH, LOW, on_terminal
from impasto.cli.work import tell
from impasto.interruption import complain
from impasto.run import clock, losses, numbers
from impasto.video import ClipPainter, FrameInWork, Remaining

ShowFrame = Callable[[FrameInWork], None]


def opening(painter: ClipPainter, remaining: Remaining) -> str:
    """Return what is about to be done, and how long it takes."""
    job, workshop, sweeps = painter.job, painter.workshop, painter.how.sweeps
    s, (height, width) = job.settings, job.sizes.shape(job.settings.size)
    plan = ", ".join(f"{level.size} px × {level.evaluations}" for level in job.levels)
    words = f"{workshop.count} frames" + (f" in {sweeps} sweeps" if sweeps > 1 else "")
    done = workshop.count * sweeps - remaining.left
    words += f", {done} of them painted already" if done else ""
    return (
        f"network: {job.backbone.description}\n"
        f"{words}, {workshop.timing.seconds:.1f} seconds; {width} × {height} pixels with "
        f"{s.backbone} on {s.device} ({s.precision}, threads: {s.threads}); evaluations: {plan} "
        f"for the first of a shot, then {painter.evaluations} a frame; about "
        f"{clock(remaining.left * remaining.pace)}"
    )


def label(frame: FrameInWork, painter: ClipPainter) -> str:
    """Return what a frame is called."""
    sweep = f"sweep {frame.sweep}  " if painter.how.sweeps > 1 else ""
    return f"{sweep}frame {frame.index + 1}/{painter.workshop.count}"


@contextmanager
def choose_display(painter: ClipPainter, quiet: bool, as_json: bool) -> Iterator[ShowFrame]:
    """Yield the function that shows an evaluation or a finished frame: live, plain or silent."""
    with ExitStack() as stack:
        shows: list[ShowFrame] = [print_line] if as_json else []
        if not quiet:
            console = Console(stderr=True)
            remaining = Remaining(painter)
            complain(opening(painter, remaining))
            if sys.stderr.isatty() and not console.is_dumb_terminal:
                shows.append(stack.enter_context(live(painter, remaining, console)))
            else:
                shows.append(plain(painter, remaining))

        def show(frame: FrameInWork) -> None:
            for each in shows:
                each(frame)

        yield show


def print_line(frame: FrameInWork) -> None:
    """Print a finished frame's numbers on standard output."""
    if frame.is_finished:
        place = {"sweep": frame.sweep, "frame": frame.index + 1}
        tell(json.dumps({**place, **numbers(frame.result.last)}))


def pace(frame: FrameInWork, remaining: Remaining, left: float) -> str:
    """Return how fast it goes, and the time left."""
    return f"{remaining.pace:.1f} s a frame, {left_word(frame.result.job)} {clock(left)}"


def plain(painter: ClipPainter, remaining: Remaining) -> ShowFrame:
    """Return a function that prints a line for every frame, and every few seconds."""
    last = time.monotonic()

    def show(frame: FrameInWork) -> None:
        nonlocal last
        left, step = remaining.update(frame), frame.result.last
        if not frame.is_finished and time.monotonic() - last <= PLAIN_EVERY:
            return
        last = time.monotonic()
        at = "" if frame.is_finished else f"  {step.size} px  {step.iteration}"
        complain(
            f"{label(frame, painter)}{at}  loss {step.total:.4g}  ({losses(step)})  "
            f"{pace(frame, remaining, left)}"
        )

    return show


@contextmanager
def live(painter: ClipPainter, remaining: Remaining, console: Console) -> Iterator[ShowFrame]:
    """Yield a function that moves a bar over all frames, with the present one beneath.

    Above it is the last finished frame, where there is room and color for it.
    """
    bar = Progress(
        TextColumn("frames"),
        BarColumn(bar_width=40),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
        console=console,
    )
    total = painter.workshop.count * painter.how.sweeps
    task = bar.add_task("", total=total, completed=total - remaining.left, pace="")
    beneath, above = Text(), Segments([])
    rows = min(HIGH, console.height - 4)
    has_room = console.color_system in ("256", "truecolor") and rows >= LOW
    display = Live(
        console=console, refresh_per_second=4, get_renderable=lambda: Group(above, bar, beneath)
    )

    def show(frame: FrameInWork) -> None:
        nonlocal above
        left, step = remaining.update(frame), frame.result.last
        if frame.is_finished and has_room:
            above = on_terminal(frame.result.preview, rows, console)
        speed = pace(frame, remaining, left)
        bar.update(task, completed=total - remaining.left, pace=speed)
        at = f"{label(frame, painter)}  {step.size} px  {step.iteration}"
        beneath.plain = f"  {at}  loss {step.total:.4g}  ({losses(step)})"

    display.start()
    try:
        yield show
    finally:
        with suppress(OSError):  # the terminal has gone, and the signal is on its way
            display.stop()
