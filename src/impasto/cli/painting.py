"""Commands that paint a picture, and that tell how one was painted."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from impasto.cli.options import (
    PaintCommand,
    crew_options,
    display_options,
    given,
    look_option,
    output_options,
    overwrite_option,
    picture_options,
    preset_option,
    settings_options,
    take_outputs,
)
from impasto.cli.sound import make_again
from impasto.errors import PictureError, SettingsError, printable
from impasto.interruption import complain
from impasto.settings import Settings, for_print, with_look

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

WITH_RECIPE = (".mp4", ".mov", ".webm", ".mkv")
"""Films that tell how they were painted; to import `impasto.video` would take a second."""

SOUNDS_WITH_RECIPE = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a")
"""Sounds that tell how they were made."""


TOLD_BY_TORCHRUN = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
"""Environment variables of a process that shares a picture with others, see `impasto.ranks`;
whoever starts such processes by other means sets them, too."""


@click.command(cls=PaintCommand)
@click.argument("content")
@click.argument("style", nargs=-1)
@click.option(
    "--style",
    "named",
    multiple=True,
    metavar="FILE",
    help="A picture STYLE, in place of those behind CONTENT; give it again for more.",
)
@click.option(
    "--print",
    "paper",
    metavar="WxHcm@DPI",
    help="The size on paper, like 30x20cm@300 or 12x8in: it sets --size and --resolution.",
)
@picture_options
@look_option
@preset_option
@output_options
@display_options
@crew_options
@settings_options
@click.pass_context
def paint(
    ctx: click.Context,
    /,
    content: str,
    style: tuple[str, ...],
    named: tuple[str, ...],
    paper: str | None,
    output: str | None,
    overwrite: bool,
    look: str | None,
    preset: str | None,
    quiet: bool,
    as_json: bool,
    workers: str | None,
    cluster: str | None,
    **values: Any,
) -> None:
    """Paint the photograph CONTENT in the style of one or several pictures STYLE.

    The path of the picture is printed at the end. Ctrl-C stops and keeps the picture so far. With
    --workers or --cluster, others evaluate the tiles of a picture that is too large for one;
    processes that torchrun starts share it.
    """
    from impasto.cli.own_defaults import with_own_defaults
    from impasto.cli.work import Work, paint_file
    from impasto.cluster import Hands

    hands = Hands.of(workers, cluster)
    style = styles_of(content, style, named)
    outputs, options = take_outputs(values), given(values)
    if paper is not None:
        options |= for_print(paper, options)
    options = with_look(look, options, lambda chosen: with_own_defaults(preset, chosen))
    settings = with_own_defaults(preset, options)
    if len(style) > 1 and not quiet:
        for note in ctx.meta[PaintCommand.AFTER_MASKS]:
            complain(note)
    usual = Path(f"{Path(content).stem}-{Path(style[0]).stem}.png")
    out = outputs.place(output, usual, overwrite)
    work = Work(out=out, content=content, styles=style, settings=settings, outputs=outputs,
                quiet=quiet, as_json=as_json, hands=hands)  # fmt: skip
    if all(name in os.environ for name in TOLD_BY_TORCHRUN):
        from impasto.cli.strips import paint_file_in_strips

        paint_file_in_strips(work)
    else:
        paint_file(work)


def styles_of(content: str, behind: tuple[str, ...], named: tuple[str, ...]) -> tuple[str, ...]:
    """Return the style pictures, which stand behind the content or are named by ``--style``.

    Raises:
        SettingsError: If there are none, or both.
    """
    if named and behind:
        raise SettingsError(
            f"'{behind[0]}' stands behind the content '{content}', and --style names the styles: "
            "give one content alone, or no --style."
        )
    if not named and not behind:
        raise SettingsError(
            f"there is no style for '{content}': name a picture behind it, or with --style."
        )
    return named or behind


@click.command()
@click.option("-o", "--output", default="out", help="The folder to write to.  [default: out]")
@click.option("--photograph", default="cat", help="A sample photograph.  [default: cat]")
@click.option("--painting", default="swirls", help="A sample painting.  [default: swirls]")
@click.option("--size", help="Long side in pixels.  [default: 512]")
@overwrite_option
@display_options
def demo(
    output: str,
    photograph: str,
    painting: str,
    size: str | None,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Paint a sample photograph in the style of a sample painting."""
    from impasto import samples
    from impasto.cli.work import Work, paint_file
    from impasto.run import Outputs

    content, style = samples.photograph(photograph), samples.painting(painting)
    settings = Settings(**given({"size": size}))
    try:
        Path(output).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PictureError(
            f"'{output}' cannot be made a folder ({error.strerror}): choose another with --output."
        ) from error
    usual = Path(output) / f"{photograph}-{painting}.png"
    out = Outputs().place(None, usual, overwrite)
    paint_file(Work(out=out, content=str(content), styles=(str(style),), settings=settings,
                    quiet=quiet, as_json=as_json))  # fmt: skip


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
    clip = json.loads(text).get("clip")
    of_clip = clip if isinstance(clip, dict) else {}
    for name, value in [*recipe["settings"].items(), *of_clip.items()]:
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

    if Path(path).suffix.lower() in WITH_RECIPE:
        from impasto.video import read_recipe

        return read_recipe(Path(path))
    return read_embedded(path)


@click.command()
@click.argument("picture")
@click.option("-o", "--output", help="The new picture.  [default: PICTURE with -again]")
@overwrite_option
@click.option("--content", help="The photograph, if it has moved.")
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
    content_mask: tuple[str, ...],
    style_mask: tuple[str, ...],
    changed_plugins: bool,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
    **moved: str | None,
) -> None:
    """Paint a PICTURE again from the settings inside it, pixel for pixel; or make a sound again."""
    if Path(picture).suffix.lower() in SOUNDS_WITH_RECIPE:
        others = given({**moved, "content_mask": content_mask, "style_mask": style_mask})
        refuse_for_sounds(others)
        make_again(Path(picture), output, content, style, overwrite, quiet)
        return
    from impasto.cli.work import Work, paint_file
    from impasto.images import Canvas
    from impasto.job import Recipe, is_packaged, locate, locate_all
    from impasto.plugins import check_unchanged
    from impasto.run import Outputs

    old, recipe = Path(picture), Recipe.of_picture(picture)
    check_unchanged(() if changed_plugins else recipe.plugins)
    changes = given({"device": moved.pop("device")})
    if recipe.content is not None:
        source: str | Canvas = locate(content, recipe.content, old, "content")
    elif content is None and recipe.canvas is not None:
        source = Canvas(*recipe.canvas)
    else:
        raise SettingsError(f"'{picture}' was painted without content: leave out --content.")
    changes["content_mask"] = locate_all(content_mask, recipe.content_masks, old, "content-mask")
    changes["style_mask"] = locate_all(style_mask, recipe.style_masks, old, "style-mask")
    styles = locate_all(style, recipe.styles, old, "style")
    for what in ("init", "weights", "fine_style"):
        recorded, option = getattr(recipe, what), what.replace("_", "-")
        if what == "weights" and moved[what] is None and is_packaged(recorded):
            continue  # wherever the package lies on this machine
        if recorded is not None:
            changes[what] = locate(moved[what], recorded, old, option)
        elif moved[what] is not None:
            raise SettingsError(f"'{picture}' was painted without {what}: leave out --{option}.")
    out = Outputs().place(output, old.with_stem(f"{old.stem}-again"), overwrite)
    settings = recipe.settings.replace(**changes)
    paint_file(Work(out=out, content=source, styles=styles, settings=settings, quiet=quiet,
                    as_json=as_json, keep=(picture,)))  # fmt: skip
