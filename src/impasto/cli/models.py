"""Commands for the feature networks and their weights."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click

from impasto.interruption import INTERRUPTION, complain


@click.group(invoke_without_command=True)
@click.pass_context
def models(ctx: click.Context) -> None:
    """List the feature networks, or fetch, import or verify the weights of one."""
    if ctx.invoked_subcommand is None:
        from impasto.cli.display import models_table

        models_table()


@models.command()
@click.argument("source")
def fetch(source: str) -> None:
    """Fetch published weights once, resumable and verified.

    SOURCE is a network like vgg19, or one of its published files like vgg19-caffe.
    """
    from impasto.backbones.weights import fetch as download
    from impasto.backbones.weights import look_up_source
    from impasto.cli.display import Download

    with Download() as progress:
        path = download(source, progress=progress)
    if not look_up_source(source).is_known:
        complain(
            f"note: nobody has published a hash of {path.name}: that it came from "
            f"{urlsplit(look_up_source(source).url).hostname} is all that is known of it."
        )
    click.echo(str(path))


@models.command("import")
@click.argument("file")
@click.option("--as", "backbone", help="The network that FILE belongs to.  [default: recognized]")
def import_(file: str, backbone: str | None) -> None:
    """Keep a copy of a weight FILE, so that its network is here.

    It may be a PyTorch, safetensors, Caffe or MatConvNet file. What it is and which network it
    holds is recognized; it is checked before anything is kept.
    """
    from impasto.backbones.weights import import_file

    with INTERRUPTION.heed():  # else half a copy might stay
        found = import_file(Path(file).expanduser(), backbone)
    complain(f"{found.backbone}: {found.description}, usable up to {found.deepest}")
    click.echo(str(found.path))


@models.command()
@click.argument("what", required=False, metavar="[NAME|FILE]")
def verify(what: str | None) -> None:
    """Check weights: all that are here, those of network NAME, or a FILE.

    Compared are the hash, where one is known, names and shapes, and what the network answers.
    """
    from impasto.backbones.weights import check_file, files_of
    from impasto.backbones.weights import verify as check
    from impasto.errors import WeightsError

    if what is not None and Path(what).expanduser().is_file():
        found = check_file(Path(what).expanduser())
        click.echo(f"{found.backbone}  {found.path}  good: {found.description}")
        return
    bad: WeightsError | None = None
    for name, path in files_of(what):
        try:
            click.echo(f"{name}  {path}  good: {check(name, path)}")
        except WeightsError as error:
            click.echo(f"{name}  {path}  BAD")
            bad = bad or error
    if bad:
        raise bad
