"""The command that paints a clip, and how one is painted again."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import (
    Command,
    GroupedCommand,
    clip_options,
    display_options,
    given,
    look_option,
    overwrite_option,
    preset_option,
    settings_options_where,
)
from impasto.errors import ImpastoError, PictureError, SettingsError
from impasto.interruption import INTERRUPTION, complain
from impasto.settings import (
    CLIP_SPECS,
    NOT_IN_CLIPS,
    PREVIEW_FRAMES,
    PREVIEW_SIZE,
    ClipSettings,
    Settings,
    apply,
    for_preview,
    with_look,
)

if TYPE_CHECKING:
    from impasto.job import Recipe
    from impasto.video import Clip, ClipPainter


def film_option(command: Command) -> Command:
    """Add ``--output``, for a film, ``--no-sound``, ``--preview`` and ``--overwrite``."""
    output = click.option(
        "-o",
        "--output",
        help="The film to write: .mp4, .mov, .webm, .mkv (lossless), .gif, .webp or .apng; or a "
        "folder of numbered pictures, if it has no extension. A film that is there is replaced.",
    )
    sound = click.option(
        "--no-sound", is_flag=True, help="Leave the sound out, which is copied as it is otherwise."
    )
    preview = click.option(
        "--preview",
        is_flag=True,
        help="See first, in about a minute, what it will be: every tenth frame, at most "
        f"{PREVIEW_FRAMES} of them, {PREVIEW_SIZE} pixels, by the quick network. The name of the "
        "film gets -preview.",
    )
    return output(sound(preview(overwrite_option(command))))


@click.command(cls=GroupedCommand)
@click.argument("clip")
@click.argument("style", nargs=-1, required=True)
@film_option
@clip_options
@look_option
@preset_option
@display_options
@settings_options_where({}, without=tuple(NOT_IN_CLIPS))
def video(
    clip: str,
    style: tuple[str, ...],
    output: str | None,
    no_sound: bool,
    preview: bool,
    overwrite: bool,
    look: str | None,
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
    from impasto.video import Clip

    how = ClipSettings(**given({name: values.pop(name, None) for name in CLIP_SPECS}))
    chosen = with_look(look, given(values), lambda chosen: apply(preset, chosen))
    settings = apply(preset, chosen)
    usual = Path(f"{name_of(clip)}-{Path(style[0]).stem}.mp4")
    out = Path(output) if output is not None else usual
    if preview:
        settings, how = for_preview(settings, how)
        out = out.with_stem(f"{out.stem}-preview")
    if output is None:
        out = place(out, overwrite)
    paint_clip(lambda: Clip.check(clip, style, settings, how, out, sound=not no_sound), out, quiet,
               as_json)  # fmt: skip


def paint_clip(check: Callable[[], Clip], out: Path, quiet: bool, as_json: bool) -> None:
    """Check everything, paint a clip, and write what is finished, whatever ends it.

    Args:
        check: Returns the clip, checked.
        out: The film, or the folder of pictures.
        quiet: Whether no progress is shown.
        as_json: Whether every finished frame is printed on standard output.
    """
    from impasto.cli.claims import claimed
    from impasto.cli.video_display import choose_display
    from impasto.filesystem import sweep_up

    with claimed([out]):
        with INTERRUPTION.heed():  # what is tried out is taken away again
            work = check()
        sweep_up([out])
        if not quiet:
            complain(f"reading '{work.source.path}'")
        painter = work.begin(work.folder)
        for note in (*work.notes, *painter.job.notes):
            complain(note)
        if work.settings.auto and not quiet:
            complain("auto: short runs at a small size choose the style weight")
        with INTERRUPTION.heed():
            with choose_display(painter, quiet, as_json) as show:
                for frame in painter.paint(INTERRUPTION.has_come):
                    show(frame)
            write(work, painter, complain if as_json else None)


def paint_again(
    old: Path,
    recipe: Recipe,
    clip: dict[str, Any],
    content: str | None,
    styles: Sequence[str],
    settings: Settings,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Paint a film again.

    Args:
        old: The film.
        recipe: What it tells of its frames.
        clip: What it tells of itself, likewise.
        content: Where its source lies now, if it has moved.
        styles: Where the style pictures lie now.
        settings: How each frame is painted.
        out: The new film.
        quiet: Whether no progress is shown.
        as_json: Whether every finished frame is printed on standard output.

    Raises:
        UsageError: If its source is missing or has changed, or it was edited.
    """
    from impasto.images import check_places
    from impasto.job import locate
    from impasto.video import Clip, files_of, of_all

    how, evaluations, sound = settings_of(old, clip)
    if recipe.content is None:
        raise SettingsError(f"'{old}' does not tell what it was painted from: paint it anew.")
    source = locate(
        *(content, recipe.content, old, "content"),
        is_there=lambda path: bool(files_of(path)),
        digest=lambda path: of_all(files_of(path)),
    )
    check_places([out] if out.suffix else [], [old])
    paint_clip(lambda: Clip.check(source, styles, settings, how, out, sound, evaluations), out,
               quiet, as_json)  # fmt: skip


def settings_of(old: Path, clip: dict[str, Any]) -> tuple[ClipSettings, int, bool]:
    """Return how a clip was painted, the evaluations of a frame, and whether it has sound.

    Raises:
        SettingsError: If a film does not tell that.
    """
    try:
        values = dict(clip)
        evaluations, sound = int(values.pop("evaluations")), values.pop("sound") is True
        return ClipSettings(**values), evaluations, sound
    except (LookupError, TypeError, ValueError):
        raise SettingsError(
            f"'{old}' was painted by another version of Impasto, or edited: what it tells of the "
            "clip cannot be read."
        ) from None


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
    from impasto.filesystem import numbered

    for out in numbered(usual):
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
