"""The command line: each command turns its arguments into settings and calls the library."""

from __future__ import annotations

from typing import Final

import click

from impasto._version import __version__
from impasto.cli.batch import batch
from impasto.cli.judging import judge
from impasto.cli.models import models
from impasto.cli.own_defaults import config
from impasto.cli.painting import demo, paint
from impasto.cli.recipes import info, repeat
from impasto.cli.sound import sound
from impasto.cli.studio import studio
from impasto.cli.sweeps import figure, reconstruct, sweep
from impasto.cli.video import video

COMMANDS = (
    paint,
    demo,
    video,
    batch,
    sound,
    reconstruct,
    sweep,
    figure,
    info,
    judge,
    repeat,
    studio,
    models,
    config,
)


CONTEXT: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT, invoke_without_command=True)
@click.version_option(__version__, message="impasto %(version)s")
@click.option(
    "--plugin",
    "plugins",
    multiple=True,
    type=click.Path(),
    metavar="FILE",
    envvar="IMPASTO_PLUGINS",
    help="Python code that adds losses, networks, optimizers, ... to choose from; give it again "
    "for more. IMPASTO_PLUGINS may name such files, too.",
)
@click.pass_context
def cli(ctx: click.Context, plugins: tuple[str, ...]) -> None:
    """Paint a photograph in the style of a painting."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    if plugins:  # before the command looks at its own options
        from impasto.plugins import load

        for path in plugins:
            load(path)


for command in COMMANDS:
    command.context_settings = CONTEXT  # also when a command is parsed by itself
    cli.add_command(command)
