"""From arguments to a file: check, paint with progress, and keep the picture whatever happens."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, final

import click

from impasto import images
from impasto.cli.claims import claimed
from impasto.cli.display import displays
from impasto.cluster import Hands
from impasto.errors import ImpastoError
from impasto.filesystem import sweep_up
from impasto.gigapixel import with_workers
from impasto.interruption import INTERRUPTION, complain, mute
from impasto.job import prepare
from impasto.run import Checkpoint, Guarded, Outputs, Recorder, Result, numbers, run
from impasto.settings import Settings

if TYPE_CHECKING:
    from impasto.optimize import Step


@dataclass(frozen=True, kw_only=True)
class Work:
    """One picture to paint into a file.

    Attributes:
        out: The file.
        content: The content image, or the shape of a texture.
        styles: The style pictures.
        settings: What to paint.
        outputs: What is written besides the picture.
        quiet: Whether no progress is shown.
        as_json: Whether every step is printed on standard output.
        keep: Further files that must not be overwritten.
        hands: Who evaluates the tiles of a large picture.
    """

    out: Path
    content: str | images.Canvas
    styles: Sequence[str]
    settings: Settings
    outputs: Outputs = field(default_factory=Outputs)
    quiet: bool = False
    as_json: bool = False
    keep: tuple[str, ...] = ()
    hands: Hands = field(default_factory=Hands)

    @property
    def inputs(self) -> list[str]:
        """The files that must not be overwritten."""
        s = self.settings
        masks = (*s.content_mask, *s.style_mask)
        given = (self.content, *self.styles, *masks, *self.keep, s.weights, s.init, s.fine_style)
        return [each for each in given if isinstance(each, str)]


def paint_file(work: Work) -> None:
    """Check everything, paint, and print the path; whatever ends the run, the picture is kept.

    Raises:
        SystemExit: With 1 if something besides the picture is missing, which has been said.
    """
    out, outputs, settings, inputs = work.out, work.outputs, work.settings, work.inputs
    alpha, bits = settings.keep_alpha, settings.bits
    missing: list[str] = []

    def miss(sentence: str) -> None:
        missing.append(sentence)
        complain(sentence)

    with claimed(outputs.named(out)):
        with INTERRUPTION.heed():  # what is tried out is taken away again
            images.check_output(out, bits, inputs, alpha=alpha)
        checkpoint = outputs.find_checkpoint(out)
        if checkpoint is not None:
            if not work.quiet and (departure := checkpoint.departure(settings)):
                complain(departure)
            settings = checkpoint.adopt(settings)
        elif outputs.resume and not work.quiet:
            complain(f"there is no checkpoint beside '{out}' yet: beginning at the start")
        most = evaluations(settings, checkpoint)
        with INTERRUPTION.heed():
            outputs.check(out, inputs, most)
        job = prepare(work.content, list(work.styles), settings)
        height, width = job.sizes.shape(settings.size)
        with INTERRUPTION.heed():
            images.check_output(out, bits, inputs, alpha=alpha, size=(width, height))
        outputs.check_space(job, out)
        sweep_up(outputs.files(out, most))
        if settings.auto and not work.quiet:
            complain("auto: short runs at a small size choose the style weight")
        followers, stop = recorders(work, miss), INTERRUPTION.has_come
        announce = (lambda sentence: None) if work.quiet else complain
        with with_workers(job, work.hands, settings.tile, announce) as job:
            for _ in run(job, followers, checkpoint, lambda _: displays(work.quiet), stop):
                pass
    INTERRUPTION.leave()
    if missing:
        sys.exit(1)


def roles(work: Work) -> str:
    """Return which picture is taken for what."""
    named = {
        "content": [work.content] if isinstance(work.content, str) else [],
        "style" if len(work.styles) == 1 else "styles": work.styles,
        "content masks": work.settings.content_mask,
        "style masks": work.settings.style_mask,
    }
    return "; ".join(f"{what}: {', '.join(files)}" for what, files in named.items() if files)


def evaluations(settings: Settings, checkpoint: Checkpoint | None) -> int:
    """Return how many there will be at most, with those of an earlier run that goes on."""
    planned = sum(count for _, count in settings.completed().plan)
    return planned + (0 if checkpoint is None else len(checkpoint.history))


def recorders(work: Work, miss: Callable[[str], None]) -> list[Recorder]:
    """Return what follows a painting; they are closed in the reverse order.

    Args:
        work: The picture.
        miss: Takes a sentence about something that was asked for and cannot be written.
    """
    found: list[Recorder] = [Heeding(), Notes("" if work.quiet else roles(work))]
    found += work.outputs.recorders(work.out, miss)
    found.append(PictureFile(work.out, work.as_json))
    if work.as_json:
        found.append(Guarded(JsonLines(), miss))
    return [*found, *(Guarded(each, complain) for each in displays(work.quiet))]


@final
class Heeding(Recorder):
    """Heeds interruptions as long as there is something to keep."""

    def begin(self, result: Result) -> None:
        """Heed if an earlier run goes on: its log is being written anew."""
        INTERRUPTION.heeded = result.step is not None

    def add(self, step: Step) -> None:
        """From the first evaluation on there is a picture."""
        INTERRUPTION.heeded = True

    def close(self, finished: bool) -> None:
        """All is kept."""
        INTERRUPTION.heeded = False


@final
class Notes(Recorder):
    """Says which picture is what, and what was found out about them."""

    def __init__(self, roles: str) -> None:
        """Keep which is what, or nothing."""
        self.roles = roles

    def begin(self, result: Result) -> None:
        """Say it, now that an earlier run, if there is one, is found to go on."""
        if self.roles:
            complain(self.roles)
        for note in result.job.notes:
            complain(note)

    def add(self, step: Step) -> None:
        """Say nothing more: the display does."""


@final
class JsonLines(Recorder):
    """Prints the numbers of every step on standard output."""

    def add(self, step: Step) -> None:
        """Print one line."""
        tell(json.dumps(numbers(step)))


@final
class PictureFile(Recorder):
    """Writes the picture, however the run ends, and prints its path."""

    def __init__(self, out: Path, as_json: bool) -> None:
        """Keep where to write, and whether standard output has other lines."""
        self.out, self.as_json = out, as_json

    def begin(self, result: Result) -> None:
        """Keep the painting."""
        self.result = result

    def add(self, step: Step) -> None:
        """Wait: the painting keeps the step."""

    def close(self, finished: bool) -> None:
        """Write the picture, or else keep it elsewhere: hours of work may be in it.

        Raises:
            ImpastoError: If it had to be kept elsewhere; the message says where.
        """
        if self.result.step is None:
            return
        self.result.save_or_keep_elsewhere(self.out)
        (complain if self.as_json else tell)(str(self.out))


def tell(line: str) -> None:
    """Print a line on standard output; after an interruption nobody has to be there to read it.

    Raises:
        ImpastoError: If it cannot be written, as on a full disk.
    """
    try:
        click.echo(line)
    except OSError as error:
        mute(sys.stdout.fileno())  # what waits to be written would fail once more at the end
        if not INTERRUPTION.has_come():
            raise ImpastoError(
                f"standard output cannot be written ({error.strerror}): lead it to where there is "
                "room."
            ) from error
