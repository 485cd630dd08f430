"""Commands that tell how something was made, and make it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import display_options, given, overwrite_option
from impasto.cli.sound import make_again
from impasto.errors import PictureError, SettingsError, printable
from impasto.settings import Settings

if TYPE_CHECKING:
    from impasto.job import Recipe

INPUT_WORDS = {
    "content": "content",
    "styles": "style",
    "init": "init",
    "fine_style": "fine style",
    "content_masks": "content mask",
    "style_masks": "style mask",
    "weights": "weights",
}
"""What `info` calls the files that a picture was made from."""

TOLD_AS_FILMS = (".mp4", ".mov", ".webm", ".mkv")
"""Where films tell how they were painted as films do; other ones do as pictures. To import
`impasto.video` would take a second."""

SOUNDS_WITH_RECIPE = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a")
"""Sounds that tell how they were made."""


@click.command()
@click.argument("picture")
@click.option("--json", "as_json", is_flag=True, help="The settings as JSON.")
def info(picture: str, as_json: bool) -> None:
    """Show the settings inside a PICTURE, a film or a sound that Impasto made."""
    from impasto.job import fields_of
    from impasto.plugins import state_of

    if Path(picture).suffix.lower() in SOUNDS_WITH_RECIPE:
        info_of_sound(Path(picture), as_json)
        return
    text = embedded(picture)
    recipe = fields_of(text)  # of plugins that are not here, too
    if as_json:
        click.echo(json.dumps(json.loads(text)))  # in ASCII, whatever stands in the file
        return

    def echo(line: str) -> None:
        click.echo(printable(line))

    echo(f"painted by impasto {recipe['version']}")
    for attribute, what in INPUT_WORDS.items():
        found = recipe[attribute]
        for entry in found if isinstance(found, tuple) else filter(None, [found]):
            name = entry.path or "given as an array"
            echo(f"{what:15} {name} (sha256 {entry.sha256[:12]}…)")
    for plugin in recipe["plugins"]:
        rows = ", ".join(" ".join(row) for row in plugin.rows)
        echo(f"{'plugin':15} {plugin.where}: {rows}; {state_of(plugin)}")
    if recipe["canvas"] is not None:
        echo(f"{'canvas':15} {recipe['canvas'][0]} x {recipe['canvas'][1]}")
    for name, value in [*recipe["settings"].items(), *(of_clip(text) or {}).items()]:
        echo(f"{name:15} {json.dumps(value)}")


def info_of_sound(path: Path, as_json: bool) -> None:
    """Show the settings inside a sound."""
    from impasto.sound import read_sound_recipe

    recipe = read_sound_recipe(path)
    if as_json:
        click.echo(json.dumps(recipe))
        return
    click.echo(printable(f"made by impasto {recipe['impasto']}"))
    for what in ("content", "texture"):
        if isinstance(source := recipe.get(what), dict):
            name = source.get("path") or "given as an array"
            digest = f" (sha256 {str(source['sha256'])[:12]}…)" if source.get("sha256") else ""
            click.echo(printable(f"{what:15} {name}{digest}"))
    for name, value in recipe["sound"].items():
        click.echo(printable(f"{name:15} {json.dumps(value)}"))


def refuse_for_sounds(options: dict[str, Any]) -> None:
    """Raise SettingsError if an option is given that is for pictures only."""
    for name in options:
        option = name.replace("_", "-")
        raise SettingsError(f"--{option} is for pictures: leave it out to make a sound again.")


def embedded(path: str) -> str:
    """Return the text of the recipe inside a picture or a film."""
    from impasto.job import read_embedded

    if Path(path).is_dir():
        raise PictureError(
            f"'{path}' is a folder, and pictures of a clip hold no settings: give a film, a "
            "picture or a sound."
        )
    if Path(path).suffix.lower() in TOLD_AS_FILMS:
        from impasto.video import read_recipe

        return read_recipe(Path(path))
    return read_embedded(path)


def of_clip(text: str) -> dict[str, Any] | None:
    """Return what a recipe tells of a clip; None for that of a picture."""
    clip = json.loads(text).get("clip")
    return clip if isinstance(clip, dict) else None


@click.command()
@click.argument("picture")
@click.option("-o", "--output", help="The new picture.  [default: PICTURE with -again]")
@overwrite_option
@click.option("--content", help="The photograph or clip, if it has moved.")
@click.option("--style", multiple=True, help="The style pictures, if they have moved.")
@click.option("--fine-style", help="The picture of the fine strokes, if it has moved.")
@click.option("--init", help="The start picture, if it has moved.")
@click.option("--content-mask", multiple=True, help="The content masks, if they have moved.")
@click.option("--style-mask", multiple=True, help="The style masks, if they have moved.")
@click.option("--weights", help="The weight file, if it has moved.")
@click.option("--device", help="Another device than the recorded one.")
@click.option("--changed-plugins", is_flag=True, help="Paint with plugins that have changed since.")
@display_options
def repeat(
    picture: str,
    output: str | None,
    content: str | None,
    style: tuple[str, ...],
    changed_plugins: bool,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
    **moved: Any,
) -> None:
    """Make a PICTURE, a film or a sound again from the settings inside it, pixel for pixel."""
    old = Path(picture)
    if old.suffix.lower() in SOUNDS_WITH_RECIPE:
        refuse_for_sounds(given(moved))
        make_again(old, output, content, style, overwrite, quiet)
        return
    from impasto.job import Recipe, locate_all
    from impasto.plugins import check_unchanged
    from impasto.run import Outputs

    text = embedded(picture)
    recipe, clip = Recipe.from_json(text), of_clip(text)
    check_unchanged(() if changed_plugins else recipe.plugins)
    settings = with_moved(old, recipe, moved)
    styles = locate_all(style, recipe.styles, old, "style")
    usual = old.with_stem(f"{old.stem}-again")
    if clip is None:
        out = Outputs().place(output, usual, overwrite)
        paint_picture(old, recipe, content, styles, settings, out, quiet, as_json)
    else:
        from impasto.cli.video import paint_again, place

        out = Path(output) if output is not None else place(usual, overwrite)
        paint_again(old, recipe, clip, content, styles, settings, out, quiet, as_json)


def with_moved(old: Path, recipe: Recipe, moved: dict[str, Any]) -> Settings:
    """Return the settings of a recipe, with the files that they name where these lie now.

    Raises:
        UsageError: If one of them is missing or has changed, or is given and was not used.
    """
    from impasto.job import is_packaged, locate, locate_all

    changes = given({"device": moved["device"]})
    for what, masks in (("content_mask", recipe.content_masks), ("style_mask", recipe.style_masks)):
        changes[what] = locate_all(moved[what], masks, old, what.replace("_", "-"))
    for what in ("init", "weights", "fine_style"):
        recorded, option = getattr(recipe, what), what.replace("_", "-")
        if what == "weights" and moved[what] is None and is_packaged(recorded):
            continue  # wherever the package lies on this machine
        if recorded is not None:
            changes[what] = locate(moved[what], recorded, old, option)
        elif moved[what] is not None:
            raise SettingsError(f"'{old}' was painted without {what}: leave out --{option}.")
    return recipe.settings.replace(**changes)


def paint_picture(
    old: Path,
    recipe: Recipe,
    content: str | None,
    styles: Sequence[str],
    settings: Settings,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Paint a picture again."""
    from impasto.cli.work import Work, paint_file
    from impasto.images import Canvas
    from impasto.job import locate

    if recipe.content is not None:
        source: str | Canvas = locate(content, recipe.content, old, "content")
    elif content is None and recipe.canvas is not None:
        source = Canvas(*recipe.canvas)
    else:
        raise SettingsError(f"'{old}' was painted without content: leave out --content.")
    paint_file(Work(out=out, content=source, styles=styles, settings=settings, quiet=quiet,
                    as_json=as_json, keep=(str(old),)))  # fmt: skip
