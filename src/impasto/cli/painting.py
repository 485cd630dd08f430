"""Commands that paint a picture."""

from __future__ import annotations

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
from impasto.errors import PictureError, SettingsError
from impasto.interruption import complain
from impasto.settings import Settings, for_print, with_look

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
