"""Commands that make sounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import Command, GroupedCommand, given, sound_options
from impasto.errors import SettingsError
from impasto.settings import SoundSettings

if TYPE_CHECKING:
    from impasto.job import SourceFile
    from impasto.sound import SoundJob

DEMO: dict[str, Any] = {"seconds": 6.0, "filters": 128, "iterations": 40}
"""What `demo` takes where nothing is given: it is done in under a minute."""


def file_options(command: Command) -> Command:
    """Add ``--output``, for a sound, ``--picture``, ``--overwrite`` and ``--quiet``."""
    options = [
        click.option(
            "-o",
            "--output",
            help="The sound to write: .wav, .flac, .ogg, .opus, .mp3 or .m4a; one that is there is "
            "replaced.",
        ),
        click.option(
            "--picture", help="Also draw spectrograms, of what was given and of the result: .png."
        ),
        click.option(
            "--overwrite",
            is_flag=True,
            help="Replace a sound of the default name; without it, the new one gets a number.",
        ),
        click.option("--quiet", is_flag=True, help="Show no progress."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def sound() -> None:
    """Make a recorded texture longer, or paint a recording with one."""


@sound.command(cls=GroupedCommand)
@click.argument("recording")
@file_options
@sound_options(without=("content_weight",))
def texture(recording: str, output: str | None, picture: str | None, overwrite: bool,
            quiet: bool, **values: Any) -> None:  # fmt: skip
    """Make more of the RECORDING of a texture: rain, fire, a crowd, a machine.

    The result is new: it has the statistics of the recording, and does not repeat it. The path is
    printed at the end. Ctrl-C stops and keeps the sound so far.
    """
    from impasto.sound import prepare_texture

    settings = SoundSettings(**given(values))
    out = place(output, Path(f"{Path(recording).stem}-texture.wav"), overwrite)
    work(lambda: prepare_texture(recording, settings), out, picture, [recording], settings, quiet)


@sound.command(cls=GroupedCommand)
@click.argument("content")
@click.argument("texture")
@file_options
@sound_options(without=("loop", "rhythm_weight", "start"))
def paint(content: str, texture: str, output: str | None, picture: str | None, overwrite: bool,
          quiet: bool, **values: Any) -> None:  # fmt: skip
    """Paint the recording CONTENT with the grain of a TEXTURE.

    It is an effect: the rhythm of a voice or of music, made of rain. It changes no voice into
    another's, and no music into another style.
    """
    from impasto.sound import prepare_paint

    settings = SoundSettings(**given(values))
    usual = Path(f"{Path(content).stem}-{Path(texture).stem}.wav")
    out = place(output, usual, overwrite)
    inputs = [content, texture]
    work(lambda: prepare_paint(content, texture, settings), out, picture, inputs, settings, quiet)


@sound.command()
@click.argument("name", default="fire")
@click.option("-o", "--output", default="out", help="The folder to write to.  [default: out]")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def demo(name: str, output: str, quiet: bool) -> None:
    """Make more of a sample sound, in under a minute and without a download.

    NAME is rain, fire, wind, crickets, clock or bubbles. Written are the sample, the result, and a
    picture of both.
    """
    from impasto import samples
    from impasto.cli.work import tell
    from impasto.errors import look_up
    from impasto.images import naming
    from impasto.sound import prepare_texture, read_sound, write_sound

    look_up(samples.SOUNDS, name, "sample sound")
    folder, settings = Path(output), SoundSettings(**DEMO)
    with naming(folder):
        folder.mkdir(parents=True, exist_ok=True)
    recording = read_sound(samples.sound(name))
    given_file, out = folder / f"{name}.wav", folder / f"{name}-texture.wav"
    write_sound(given_file, recording)
    tell(str(given_file))
    picture = str(folder / f"{name}.png")
    work(lambda: prepare_texture(recording, settings), out, picture, [], settings, quiet)


@sound.command(cls=GroupedCommand)
@click.argument("recording")
@click.option("-o", "--output", help="The folder to write to.  [default: the recording's name]")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@sound_options(without=("content_weight", "start", "loop"))
def reconstruct(recording: str, output: str | None, quiet: bool, **values: Any) -> None:
    """Make a RECORDING again from more and more of its statistics, as pictures and sounds.

    Written are figure.png, with the spectrogram of every row, and a .wav of each.
    """
    from impasto.cli.sound_work import reconstruct_into

    settings = SoundSettings(**given(values))
    folder = Path(output or f"{Path(recording).stem}-statistics")
    reconstruct_into(folder, recording, settings, quiet)


def make_again(
    old: Path,
    output: str | None,
    content: str | None,
    texture: Sequence[str],
    overwrite: bool,
    quiet: bool,
) -> None:
    """Make a sound again from the settings inside it."""
    from impasto.job import locate
    from impasto.sound import prepare_paint, prepare_texture, read_sound_recipe

    recipe = read_sound_recipe(old)
    settings = settings_of(old, recipe["sound"])
    heard = recorded(old, recipe.get("texture"))
    grain = locate(texture[0] if texture else None, heard, old, "style")
    out = place(output, old.with_stem(f"{old.stem}-again"), overwrite)
    if "content" in recipe:
        painted = locate(content, recorded(old, recipe["content"]), old, "content")
        inputs = [painted, grain, str(old)]
        work(lambda: prepare_paint(painted, grain, settings), out, None, inputs, settings, quiet)
    elif content is not None:
        raise SettingsError(f"'{old}' was made without content: leave out --content.")
    else:
        work(
            lambda: prepare_texture(grain, settings), out, None, [grain, str(old)], settings, quiet
        )


def recorded(path: Path, source: Any) -> SourceFile:
    """Return what a recipe tells of a recording, or raise SettingsError."""
    from impasto.job import SourceFile

    try:
        return SourceFile.from_dict({**source, "sha256": source["sha256"] or ""})
    except (LookupError, TypeError, ValueError):
        raise SettingsError(f"'{path}' does not tell what it was made of: make it anew.") from None


def settings_of(path: Path, values: Any) -> SoundSettings:
    """Return the settings of a recipe, or raise SettingsError."""
    try:
        return SoundSettings(**values)
    except TypeError:
        raise SettingsError(
            f"'{path}' was made by another version of Impasto, with settings that this one does "
            "not have."
        ) from None


def place(output: str | None, usual: Path, overwrite: bool) -> Path:
    """Return where a sound goes: where somebody has said, or a name that is not taken."""
    from impasto.filesystem import numbered

    if output is not None:
        return Path(output)
    return next(out for out in numbered(usual) if overwrite or not out.exists())


def work(
    prepare: Callable[[], SoundJob],
    out: Path,
    picture: str | None,
    inputs: Iterable[str],
    settings: SoundSettings,
    quiet: bool,
) -> None:
    """Check everything, make a sound, write it, and print its path."""
    from impasto.cli.sound_work import make_file

    if picture is not None and Path(picture).suffix.lower() != ".png":
        raise SettingsError(f"the picture is '{picture}': it must end in .png.")
    make_file(prepare, out, None if picture is None else Path(picture), inputs, settings, quiet)
