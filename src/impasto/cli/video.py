"""The command that paints a clip."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import (
    Command,
    GroupedCommand,
    display_options,
    given,
    overwrite_option,
    preset_option,
    settings_options_where,
)
from impasto.errors import ImpastoError, PictureError
from impasto.interruption import INTERRUPTION, complain
from impasto.settings import apply

if TYPE_CHECKING:
    from impasto.video import Clip, ClipPainter

NOT_IN_CLIPS = ("balance", "keep_alpha", "protect_faces")
"""Settings of pictures that `impasto.video` refuses; to import it would take a second."""


def clip_options(command: Command) -> Command:
    """Add the options of a clip; `impasto.video.ClipSettings` checks their values."""
    options = [
        click.option(
            "--temporal-weight",
            metavar="REAL",
            help="Larger holds the paint more firmly to what moves, 0 not at all.  [default: 100]",
        ),
        click.option(
            "--sweeps",
            metavar="WHOLE",
            help="How often the clip is painted through, forward and backward in turn: with 2, "
            "what comes later counts for what comes before.  [default: 1]",
        ),
        click.option(
            "--loop",
            is_flag=True,
            help="The last frame leads to the first; takes two sweeps or more.",
        ),
        click.option("--from", "start", metavar="TIME", help="Begin there, like 12.5 or 1:05.5."),
        click.option("--to", "end", metavar="TIME", help="End there."),
        click.option("--frames", metavar="WHOLE", help="Paint at most so many frames."),
        click.option(
            "--every",
            metavar="N",
            help="Paint one frame of N, which is shown for as long as these.  [default: 1]",
        ),
        click.option(
            "--rate",
            metavar="REAL",
            help="Frames in a second, where CLIP is a folder or a pattern.  [default: 25]",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def film_option(command: Command) -> Command:
    """Add ``--output``, for a film, ``--no-sound`` and ``--overwrite``."""
    output = click.option(
        "-o",
        "--output",
        help="The film to write: .mp4, .mov, .webm, .mkv (lossless), .gif, .webp or .apng; or a "
        "folder of numbered pictures, if it has no extension. A film that is there is replaced.",
    )
    sound = click.option(
        "--no-sound", is_flag=True, help="Leave the sound out, which is copied as it is otherwise."
    )
    return output(sound(overwrite_option(command)))


@click.command(cls=GroupedCommand)
@click.argument("clip")
@click.argument("style", nargs=-1, required=True)
@film_option
@clip_options
@preset_option
@display_options
@settings_options_where({}, without=NOT_IN_CLIPS)
def video(
    clip: str,
    style: tuple[str, ...],
    output: str | None,
    no_sound: bool,
    overwrite: bool,
    preset: str | None,
    quiet: bool,
    as_json: bool,
    **values: Any,
) -> None:
    """Paint the film CLIP in the style of one or several pictures STYLE.

    CLIP may also be a folder of pictures, or a pattern like frames/%04d.png. The strokes move with
    what they lie on; sound and times stay. Frames are kept in a folder beside the film until it is
    complete: after an interruption of any kind the same command goes on. Ctrl-C writes a film of
    what is finished so far.
    """
    from impasto.cli.claims import claimed
    from impasto.cli.video_display import choose_display
    from impasto.filesystem import sweep_up
    from impasto.video import CLIP_SPECS, Clip, ClipSettings

    how = ClipSettings(**given({name: values.pop(name, None) for name in CLIP_SPECS}))
    settings = apply(preset, given(values))
    usual = Path(f"{name_of(clip)}-{Path(style[0]).stem}.mp4")
    out = Path(output) if output is not None else place(usual, overwrite)
    with claimed([out]):
        with INTERRUPTION.heed():  # what is tried out is taken away again
            work = Clip.check(clip, style, settings, how, out, sound=not no_sound)
        sweep_up([out])
        if not quiet:
            complain(f"reading '{clip}'")
        painter = work.begin(work.folder)
        for note in painter.job.notes:
            complain(note)
        if settings.auto and not quiet:
            complain("auto: short runs at a small size choose the style weight")
        with INTERRUPTION.heed():
            with choose_display(painter, quiet, as_json) as show:
                for frame in painter.paint(INTERRUPTION.has_come):
                    show(frame)
            write(work, painter, complain if as_json else None)


def name_of(clip: str) -> str:
    """Return what a clip is called: of a pattern what stands in it, or its folder's name.

    Example:
        >>> name_of("films/boat.mp4"), name_of("boat/%04d.png"), name_of("boat/left-*.png")
        ('boat', 'boat', 'left')
    """
    path = Path(clip)
    return re.sub(r"%0?\d*d|[*?]", "", path.stem).strip("-_. ") or path.parent.name or "clip"


def place(usual: Path, overwrite: bool) -> Path:
    """Return where the film goes if nobody has said: a new name, or that of one to go on with."""
    for number in itertools.count(2):
        out = usual if number == 2 else usual.with_stem(f"{usual.stem}-{number - 1}")
        going_on = out.with_name(f"{out.name}.frames").is_dir()
        if overwrite or going_on or not os.path.lexists(out):
            return out
    raise AssertionError  # numbers do not end


def write(work: Clip, painter: ClipPainter, tell_apart: Callable[[str], None] | None) -> None:
    """Write the film of what is finished, and print its path.

    Raises:
        ImpastoError: If it cannot be written: nothing is lost, and the message says where it is.
    """
    from impasto.cli.work import tell

    count = painter.workshop.count
    try:
        done = work.write(painter)
    except PictureError as error:
        sentence = str(error).partition(":")[0]
        raise ImpastoError(
            f"{sentence}: the frames are kept in '{work.folder}', and the same command writes the "
            "film once there is room."
        ) from error
    if not done:
        complain("no frame is finished yet: the same command begins with the first one")
    elif work.folder.is_dir():
        complain(
            f"{done} of {count} frames are in the film so far: the same command goes on with those "
            f"in '{work.folder}'"
        )
    if done:
        (tell_apart or tell)(str(work.output))
