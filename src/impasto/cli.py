"""The command line: each command turns its arguments into settings and calls the library."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from impasto._version import __version__
from impasto.errors import PictureError, SettingsError
from impasto.parsing import flag
from impasto.settings import KNOBS, Settings

if TYPE_CHECKING:
    from impasto.job import Job

Command = TypeVar("Command", bound=Callable[..., Any])


class GroupedCommand(click.Command):
    """A command whose help lists the settings under the headings of their groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of each group under its heading."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                this = KNOBS.get(parameter.name or "")
                groups.setdefault(this.group if this else "Files and display", []).append(record)
        for heading, records in groups.items():
            with formatter.section(heading):
                formatter.write_dl(records)


def settings_options(command: Command) -> Command:
    """Add one option per setting to a command."""
    for name, this in reversed(KNOBS.items()):
        default = Settings.__dataclass_fields__[name].default
        words = [this.help + (f": {', '.join(this.choices)}" if this.choices else "")]
        if default is not None and default is not False and default != ():
            words.append(f"[default: {default}]")
        option = click.option(
            "--" + name.replace("_", "-"),
            name,
            is_flag=this.parse is flag,
            default=None,
            metavar="" if this.parse is flag else (this.unit or this.parse.__name__).upper(),
            help=" ".join(words),
        )
        command = option(command)
    return command


def display_options(command: Command) -> Command:
    """Add ``--quiet`` and ``--json``."""
    quiet = click.option("--quiet", is_flag=True, help="Show no progress.")
    as_json = click.option("--json", "as_json", is_flag=True, help="One line per step on stdout.")
    return quiet(as_json(command))


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given."""
    return {name: value for name, value in values.items() if value is not None}


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="impasto %(version)s")
def cli() -> None:
    """Paint a photograph in the style of a painting."""


@cli.command(cls=GroupedCommand)
@click.argument("content")
@click.argument("style", nargs=-1, required=True)
@click.option("-o", "--output", help="The picture to write: .png, .jpg, .webp or .tif.")
@display_options
@settings_options
def paint(
    content: str,
    style: tuple[str, ...],
    output: str | None,
    quiet: bool,
    as_json: bool,
    **values: Any,
) -> None:
    """Paint the photograph CONTENT in the style of one or several pictures STYLE.

    The path of the picture is printed at the end. Ctrl-C stops and keeps the picture so far.
    """
    settings = Settings(**given(values))
    if output is None:
        output = f"{Path(content).stem}-{Path(style[0]).stem}.png"
    out = Path(output)
    start_work(out, content, style, settings, quiet, as_json)


@cli.command()
@click.option("-o", "--output", default="out", help="The folder to write to.  [default: out]")
@click.option("--photograph", default="cat", help="A sample photograph.  [default: cat]")
@click.option("--painting", default="swirls", help="A sample painting.  [default: swirls]")
@click.option("--size", help="Long side in pixels.  [default: 512]")
@display_options
def demo(
    output: str, photograph: str, painting: str, size: str | None, quiet: bool, as_json: bool
) -> None:
    """Paint a sample photograph in the style of a sample painting."""
    from impasto import samples

    content, style = samples.photograph(photograph), samples.painting(painting)
    settings = Settings(**given({"size": size}))
    try:
        Path(output).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PictureError(
            f"'{output}' cannot be made a folder ({error.strerror}): choose another with --output."
        ) from error
    out = Path(output) / f"{photograph}-{painting}.png"
    start_work(out, str(content), (str(style),), settings, quiet, as_json)


@cli.command()
@click.argument("picture")
@click.option("--json", "as_json", is_flag=True, help="The settings as JSON.")
def info(picture: str, as_json: bool) -> None:
    """Show the settings inside a PICTURE that Impasto painted."""
    from impasto.recipe import Recipe

    recipe = Recipe.of_picture(picture)
    if as_json:
        click.echo(recipe.to_json())
        return
    inputs = {"content": [recipe.content], "style": recipe.styles, "init": [recipe.init],
              "weights": [recipe.weights]}  # fmt: skip
    click.echo(f"painted by impasto {recipe.version}")
    for what, entries in inputs.items():
        for entry in filter(None, entries):
            click.echo(
                f"{what:15} {entry.path or 'given as an array'} (sha256 {entry.sha256[:12]}…)"
            )
    for name, value in recipe.settings.to_dict().items():
        click.echo(f"{name:15} {json.dumps(value)}")


@cli.command()
@click.argument("picture")
@click.option("-o", "--output", help="The new picture.  [default: PICTURE with -again]")
@click.option("--content", help="The photograph, if it has moved.")
@click.option("--style", multiple=True, help="The style pictures, if they have moved.")
@click.option("--init", help="The start picture, if it has moved.")
@click.option("--weights", help="The weight file, if it has moved.")
@click.option("--device", help="Another device than the recorded one.")
@display_options
def repeat(
    picture: str,
    output: str | None,
    content: str | None,
    style: tuple[str, ...],
    quiet: bool,
    as_json: bool,
    **moved: str | None,
) -> None:
    """Paint a PICTURE again from the settings inside it, pixel for pixel."""
    from impasto.recipe import Recipe, locate, locate_all

    old, recipe = Path(picture), Recipe.of_picture(picture)
    changes = given({"device": moved.pop("device")})
    photograph = locate(content, recipe.content, old, "content")
    paintings = locate_all(style, recipe.styles, old, "style")
    for what, recorded in (("init", recipe.init), ("weights", recipe.weights)):
        if recorded is not None:
            changes[what] = locate(moved[what], recorded, old, what)
        elif moved[what] is not None:
            raise SettingsError(f"'{picture}' was painted without {what}: leave out --{what}.")
    out = Path(output) if output else old.with_stem(f"{old.stem}-again")
    settings = recipe.settings.replace(**changes)
    start_work(out, photograph, tuple(paintings), settings, quiet, as_json, keep=(picture,))


@cli.group(invoke_without_command=True)
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

    inputs = [content, *style, *keep, *filter(None, (settings.weights, settings.init))]
    images.check_output(out, settings.bits, inputs, alpha=settings.keep_alpha)
    job = prepare(content, list(style), settings)
    height, width = job.shape(settings.size)
    images.check_output(out, settings.bits, inputs, alpha=settings.keep_alpha, size=(width, height))
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
