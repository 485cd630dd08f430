"""Commands for the feature networks and their weights."""

from __future__ import annotations

import click


@click.group(invoke_without_command=True)
@click.pass_context
def models(ctx: click.Context) -> None:
    """List the feature networks, or fetch the weights of one."""
    if ctx.invoked_subcommand is None:
        from impasto.display import models_table

        models_table()


@models.command()
@click.argument("source")
def fetch(source: str) -> None:
    """Fetch published weights once, resumable and verified.

    SOURCE is a network like vgg19, or one of its published files like vgg19-caffe.
    """
    from impasto.backbones.fetch import fetch as download
    from impasto.display import Download

    with Download() as progress:
        path = download(source, progress=progress)
    click.echo(str(path))
