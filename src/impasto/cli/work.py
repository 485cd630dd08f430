"""From arguments to a file: check, paint with progress, and keep the picture whatever happens."""

from __future__ import annotations

import json
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from impasto.errors import ImpastoError, PictureError
from impasto.settings.settings import Settings

if TYPE_CHECKING:
    from impasto.controls.color import Rgb
    from impasto.images import Canvas
    from impasto.job.job import Job
    from impasto.run.outputs import Outputs
    from impasto.run.result import Painted


def start_work(
    out: Path,
    content: str | Canvas,
    style: tuple[str, ...],
    settings: Settings,
    quiet: bool,
    as_json: bool,
    keep: tuple[str, ...] = (),
    outputs: Outputs | None = None,
) -> None:
    """Check everything, paint, and print the path; neither inputs nor ``keep`` are overwritten."""
    from impasto import images
    from impasto.run.outputs import Outputs
    from impasto.run.result import Painted
    from impasto.job.prepare import prepare

    outputs = outputs or Outputs()
    masks = (*settings.content_mask, *settings.style_mask)
    given = (content, *style, *masks, *keep, settings.weights, settings.init, settings.fine_style)
    inputs = [each for each in given if isinstance(each, str)]
    images.check_output(out, settings.bits, inputs, alpha=settings.keep_alpha)
    outputs.check(out, inputs)
    checkpoint = outputs.find_checkpoint(out)
    if outputs.resume and checkpoint is None and not quiet:
        complain(f"there is no checkpoint beside '{out}' yet: beginning at the start")
    if checkpoint is not None:
        settings = checkpoint.adopt(settings)
    job = prepare(content, list(style), settings)
    height, width = job.shape(settings.size)
    images.check_output(out, settings.bits, inputs, alpha=settings.keep_alpha, size=(width, height))
    outputs.check_space(job, out)
    if settings.auto and not quiet:
        complain("auto: short runs at a small size choose the style weight")
    job = make_ready(job, quiet)
    for note in job.notes:
        complain(note)
    painted = checkpoint.resume(job) if checkpoint is not None else Painted(job)
    work(painted, out, outputs, quiet, as_json)


def make_ready(job: Job, quiet: bool) -> Job:
    """Let other paintings give the job what it needs first, showing their progress."""
    from impasto.cli.display import choose_display
    from impasto.transfer import paint as steps
    from impasto.transfer import ready

    def finish(other: Job) -> Rgb:
        with choose_display(other, quiet) as show:
            for progress in steps(other):
                show(progress)
        return progress.rgb

    return ready(job, finish)


def work(painted: Painted, out: Path, outputs: Outputs, quiet: bool, as_json: bool) -> None:
    """Paint into a file, showing progress; whatever ends it, the picture so far is kept."""
    from impasto.cli.display import choose_display
    from impasto.transfer import paint as steps

    finished = False
    position = None if painted.last is None else painted.last.position
    followers = outputs.open(painted, out, complain)
    try:
        with choose_display(painted.job, quiet) as show:
            for progress in steps(painted.job, position):
                record = painted.add(progress)
                show(progress)
                followers.add(progress, record)
                if as_json:
                    click.echo(json.dumps(vars(record)))
        finished = True
    finally:
        with undisturbed():
            try:
                if painted.last is not None:
                    save(painted, out)
                    click.echo(str(out), err=as_json)
            finally:
                followers.close(finished)


def save(painted: Painted, out: Path) -> None:
    """Write the picture, or else keep it elsewhere: hours of work may be in it.

    Raises:
        ImpastoError: If it had to be kept elsewhere; the message says where.
    """
    try:
        painted.save(out)
    except PictureError as error:
        kept = Path(tempfile.mkdtemp(prefix="impasto-")) / out.name
        try:
            painted.save(kept)
        except PictureError:
            raise error from None
        reason = str(error).partition(":")[0]
        raise ImpastoError(f"{reason}: the picture is kept in '{kept}'.") from error


def complain(sentence: str) -> None:
    """Print a sentence on standard error while the work goes on."""
    click.echo(sentence, err=True)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let neither Ctrl-C nor a request to end interrupt what is done meanwhile."""
    before = {each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
