"""From arguments to a file: check, paint with progress, and keep the picture whatever happens."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from impasto.settings import Settings

if TYPE_CHECKING:
    from impasto.job import Job


def start_work(
    out: Path,
    content: str,
    style: tuple[str, ...],
    settings: Settings,
    quiet: bool,
    as_json: bool,
    keep: tuple[str, ...] = (),
) -> None:
    """Check everything, paint, and print the path; neither inputs nor ``keep`` are overwritten."""
    from impasto import images
    from impasto.job import prepare
    from impasto.transfer import ready

    inputs = [content, *style, *keep, *filter(None, (settings.weights, settings.init))]
    images.check_output(out, settings.bits, inputs, alpha=settings.keep_alpha)
    job = prepare(content, list(style), settings)
    height, width = job.shape(settings.size)
    images.check_output(out, settings.bits, inputs, alpha=settings.keep_alpha, size=(width, height))
    if settings.auto and not quiet:
        click.echo("auto: short runs at a small size choose the style weight", err=True)
    job = ready(job)
    for note in job.notes:
        click.echo(note, err=True)
    work(job, out, quiet, as_json)


def work(job: Job, out: Path, quiet: bool, as_json: bool) -> None:
    """Paint a job into a file, showing progress; whatever ends it, the picture so far is kept."""
    from impasto.display import choose_display
    from impasto.painted import Painted
    from impasto.transfer import paint as steps

    painted = Painted(job)
    try:
        with choose_display(job, quiet) as show:
            for progress in steps(job):
                record = painted.add(progress)
                show(progress)
                if as_json:
                    click.echo(json.dumps(vars(record)))
    finally:
        if painted.last is not None:
            with undisturbed():
                painted.save(out)
            click.echo(str(out), err=as_json)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let neither Ctrl-C nor a request to end interrupt what is done meanwhile."""
    before = {each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
