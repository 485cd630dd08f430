"""From arguments to sounds: check, make with progress, and keep the sound whatever happens."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from impasto import images
from impasto.cli.claims import claimed
from impasto.cli.display import PLAIN_EVERY
from impasto.cli.work import tell
from impasto.filesystem import replacing, sweep_up
from impasto.interruption import INTERRUPTION, complain
from impasto.run import clock
from impasto.settings import SoundSettings
from impasto.sound import (
    COPY,
    FIGURE,
    FigureRow,
    Sound,
    SoundJob,
    SoundResult,
    as_sound,
    check_sound_file,
    figure,
    make,
    sheet,
    stacked,
)

LIKENESS_MARGIN = 0.05
"""What a result may be more like its recording than the recording's halves are like each other."""

ShowSound = Callable[[SoundResult], None]


def make_file(
    prepare: Callable[[], SoundJob],
    out: Path,
    picture: Path | None,
    inputs: Iterable[str],
    settings: SoundSettings,
    quiet: bool,
) -> None:
    """Make a sound, and print the paths of what is written.

    Args:
        prepare: Listens to what is given.
        out: The sound to write.
        picture: The spectrograms to draw, or None.
        inputs: The files being read.
        settings: How it is made.
        quiet: Whether no progress is shown.
    """
    outputs = [out] if picture is None else [out, picture]
    with claimed(outputs):
        with INTERRUPTION.heed():  # what is tried out is taken away again
            check_sound_file(out, 1, settings.bits)
            images.check_places(outputs, inputs)
        if not quiet:
            complain("listening")
        job = prepare()
        with INTERRUPTION.heed():
            check_sound_file(out, job.recording.channels, settings.bits)
        sweep_up(outputs)
        with INTERRUPTION.heed():
            result = made(job, quiet)
            if result is not None:
                finish(result, out, picture, quiet)


def made(job: SoundJob, quiet: bool) -> SoundResult | None:
    """Return what has been made until the end or an interruption; None for nothing."""
    result = None
    with display(opening(job), job.total_evaluations, quiet) as show:
        for result in make(job, INTERRUPTION.has_come):
            show(result)
    return result


def finish(result: SoundResult, out: Path, picture: Path | None, quiet: bool) -> None:
    """Write the sound so far and its picture, and say what was found out about it."""
    for note in dict.fromkeys(result.notes):
        complain(note)
    result.write(out)
    tell(str(out))
    if picture is not None:
        given = [*result.job.sources.items(), ("result", result.sound)]
        draw(picture, given)
        tell(str(picture))
    copied = result.copy
    if copied > max(COPY, result.job.recording_likeness + LIKENESS_MARGIN):
        complain(
            f"the result is {copied:.2f} like a piece of the recording, where 1 is a copy: a "
            "longer recording, or --start noise, leaves more to chance."
        )
    elif not quiet:
        complain(f"likeness to a piece of the recording: {copied:.2f}, where 1 is a copy")


def draw(path: Path, sounds: Iterable[tuple[str, Sound]]) -> None:
    """Write the spectrograms of sounds, one below the other."""
    with images.naming(path), replacing(path) as file:
        stacked(list(sounds)).save(file, "PNG", optimize=True)


def reconstruct_into(folder: Path, recording: str, settings: SoundSettings, quiet: bool) -> None:
    """Make every row of the figure, and print the paths of what is written."""
    names = {row: folder / f"{row.name}.wav" for row in FIGURE}
    given = as_sound(recording, settings.rate)
    with images.naming(folder):
        folder.mkdir(parents=True, exist_ok=True)
    outputs = [folder / "figure.png", *names.values()]
    with claimed(outputs):
        with INTERRUPTION.heed():
            images.check_places(outputs, [recording])
        with INTERRUPTION.heed():
            latest: dict[FigureRow, SoundResult] = {}
            evaluations = len(FIGURE) * settings.iterations
            words = f"{len(FIGURE)} rows, {evaluations} evaluations"
            with display(words, evaluations, quiet) as show:
                for row, result in figure(given, settings, INTERRUPTION.has_come):
                    latest[row] = result
                    show(result)
            for row, result in latest.items():
                result.write(names[row])
                tell(str(names[row]))
            if latest:
                rows = [(row, result.sound) for row, result in latest.items()]
                with images.naming(outputs[0]), replacing(outputs[0]) as file:
                    sheet(given, rows).save(file, "PNG", optimize=True)
                tell(str(outputs[0]))


def opening(job: SoundJob) -> str:
    """Return what is about to be done."""
    recording, pieces = job.recording, len(job.plan.pieces)
    words = f"{job.plan.wanted / recording.rate:.1f} seconds"
    words += f" in {pieces} pieces" if pieces > 1 else ""
    each = " each" if pieces > 1 else ""
    return (
        f"{words}, {recording.rate} Hz, channels: {recording.channels}; "
        f"{job.ear.network.description}; evaluations{each}: {job.settings.iterations}"
    )


@contextmanager
def display(words: str, evaluations: int, quiet: bool) -> Iterator[ShowSound]:
    """Yield what shows every evaluation: a bar on a terminal, plain lines elsewhere, or nothing."""
    if quiet:
        yield lambda result: None
        return
    complain(words)
    console, pace = Console(stderr=True), Pace(evaluations)
    if not sys.stderr.isatty() or console.is_dumb_terminal:
        yield plain(pace)
        return
    columns = (BarColumn(bar_width=40), MofNCompleteColumn(), TextColumn("{task.description}"))
    bar = Progress(*columns, console=console)
    task = bar.add_task("", total=evaluations)

    def show(result: SoundResult) -> None:
        left = pace.update()
        bar.update(task, completed=pace.done, description=f"{label(result)}  {clock(left)} left")

    bar.start()
    try:
        yield show
    finally:
        with suppress(OSError):  # the terminal has gone, and the signal is on its way
            bar.stop()


def plain(pace: Pace) -> ShowSound:
    """Return what prints a line every few seconds."""
    last = time.monotonic()

    def show(result: SoundResult) -> None:
        nonlocal last
        left = pace.update()
        if time.monotonic() - last > PLAIN_EVERY or pace.done == pace.evaluations:
            last = time.monotonic()
            complain(f"{pace.done}/{pace.evaluations}  {label(result)}  {clock(left)} left")

    return show


class Pace:
    """How long it will still take, from what it has taken so far."""

    def __init__(self, evaluations: int) -> None:
        self.evaluations, self.done, self.began = evaluations, 0, time.monotonic()

    def update(self) -> float:
        """Return the seconds left after one more evaluation."""
        self.done += 1
        each = (time.monotonic() - self.began) / self.done
        return each * max(self.evaluations - self.done, 0)


def label(result: SoundResult) -> str:
    """Return which piece is made, and its loss."""
    pieces = len(result.job.plan.pieces)
    piece = f"piece {min(result.finished + 1, pieces)}/{pieces}  " if pieces > 1 else ""
    return piece if result.step is None else f"{piece}loss {result.step.total:.4g}"
