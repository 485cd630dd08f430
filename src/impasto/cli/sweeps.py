"""Commands for many paintings, and for paintings of one picture alone."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import (
    GroupedCommand,
    crew_options,
    display_options,
    given,
    output_options,
    picture_options,
    preset_option,
    settings_options,
    settings_options_where,
    take_outputs,
)
from impasto.errors import ImpastoError, SettingsError
from impasto.interruption import INTERRUPTION, complain

if TYPE_CHECKING:
    from impasto.cluster import Hands
    from impasto.sweeps import Judge, Report, Sweep, SweepSchedule

FOLDER_HELP = "The folder to write to: contact-sheet.png, report.html, cells.csv and the pictures."

RECONSTRUCTION = {"init": "noise", "iterations": 200, "tv_weight": 0.1}
"""What `impasto.reconstruct` takes where nothing is given; to import it would take a second."""


@click.command(cls=GroupedCommand)
@click.argument("image")
@click.option("--content", "content_layers", help="Layers to invert, like relu4_2.")
@click.option("--style", "style_layers", help="Layers of the texture, like relu1_1,relu2_1.")
@click.option(
    "--size", "shape", help="Long side in pixels; a texture may have any shape, like 800x600."
)
@picture_options
@preset_option
@output_options
@display_options
@settings_options_where(
    RECONSTRUCTION,
    without=("content_layers", "style_layers", "content_weight", "style_weight", "size", "auto"),
)
def reconstruct(
    image: str,
    content_layers: str | None,
    style_layers: str | None,
    shape: str | None,
    output: str | None,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
    **values: Any,
) -> None:
    """Turn the features of IMAGE back into a picture, or make a texture of its style.

    With --content, noise is changed until the network sees in it what it sees in IMAGE: what is
    lost on the way to a layer is missing. With --style, only the statistics have to be the same,
    so that the style remains and the picture is lost. The start is noise, with 200 iterations and
    little total variation, unless you say otherwise.
    """
    from impasto.cli.work import Work, paint_file
    from impasto.job import as_painting

    outputs = take_outputs(values)
    sources = as_painting(image, content_layers, style_layers, shape, given(values))
    usual = Path(f"{Path(image).stem}-{'content' if content_layers else 'texture'}.png")
    out = outputs.place(output, usual, overwrite)
    paint_file(Work(out=out, content=sources.content, styles=sources.styles,
                    settings=sources.settings, outputs=outputs, quiet=quiet,
                    as_json=as_json))  # fmt: skip


def list_figures(ctx: click.Context, option: click.Parameter, wanted: bool) -> None:
    """Print every figure with a sentence and its source, and end."""
    if wanted:
        from impasto.cli.work import tell
        from impasto.sweeps import ALIASES, FIGURES

        others = {name: alias for alias, name in ALIASES.items()}
        for name, row in FIGURES.items():
            names = f"{name} or {others[name]}" if name in others else name
            tell(f"{names}\n    {row.sentence}\n    {row.source}")
        ctx.exit()


@click.command(cls=GroupedCommand)
@click.argument("name")
@click.argument("content")
@click.argument("style", nargs=-1, required=True)
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=list_figures,
    help="Print the names of all figures, what they show, and where they are from.",
)
@click.option(
    "--quick", is_flag=True, help="128 pixels and a tenth of the evaluations, to see what it is."
)
@click.option("-o", "--output", help=FOLDER_HELP + "  [default: the figure's name]")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@crew_options
@preset_option
@settings_options
def figure(
    name: str,
    content: str,
    style: tuple[str, ...],
    quick: bool,
    output: str | None,
    quiet: bool,
    workers: str | None,
    cluster: str | None,
    **values: Any,
) -> None:
    """Paint figure NAME from a photograph CONTENT and a picture STYLE, or several.

    Figures are those of the paper, paper-1 to paper-3 or 1 to 3, and of its early readers: their
    programs' settings beside each other. --list tells them all. Options win over a figure's own
    settings.
    """
    from impasto.cluster import Hands
    from impasto.sweeps import ALIASES
    from impasto.sweeps import figure as sweep_of

    folder = Path(output or ALIASES.get(name, name))
    hands = Hands.of(workers, cluster)
    run(sweep_of(name, content, style, given(values), quick), folder, quiet, hands)


@click.command(cls=GroupedCommand)
@click.argument("content")
@click.argument("style", nargs=-1, required=True)
@click.option(
    "--vary",
    multiple=True,
    required=True,
    metavar="NAME=A,B,C",
    help="A setting, preset, content, style or exchange, with its values; those that hold commas "
    "themselves are separated by semicolons, or in double quotes. Give it again for another axis.",
)
@click.option(
    "--sample",
    type=click.IntRange(1),
    metavar="N",
    help="Paint N combinations only, drawn at random; the same every time.",
)
@click.option(
    "--compare",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Another sweep, whose losses the report shows beside these.",
)
@click.option(
    "--tensorboard",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write losses and settings of every run for TensorBoard.",
)
@click.option("-o", "--output", default="sweep", help=FOLDER_HELP + "  [default: sweep]")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@crew_options
@preset_option
@settings_options
def sweep(
    content: str,
    style: tuple[str, ...],
    vary: tuple[str, ...],
    sample: int | None,
    compare: Path | None,
    tensorboard: Path | None,
    output: str,
    quiet: bool,
    workers: str | None,
    cluster: str | None,
    **values: Any,
) -> None:
    """Paint the photograph CONTENT in the style STYLE once for every combination of settings.

    Cells that exist are kept: run the same command again to go on after an interruption, or with
    more values to add to a sweep.
    """
    from impasto.cluster import Hands
    from impasto.run import require_tensorboard
    from impasto.sweeps import make_sweep, read_other, sampled

    hands = Hands.of(workers, cluster)

    made = make_sweep(content, style, given(values), vary)
    made = made if sample is None else sampled(made, sample)
    if compare is not None:
        read_other(compare)  # what is wrong with it is said before the work
    if tensorboard is not None:
        require_tensorboard(tensorboard)
        if hands.others:
            raise SettingsError(
                "tensorboard follows what this process paints: leave it out, or workers and "
                "cluster; the report has the curves."
            )
    run(made, Path(output), quiet, hands, compare, tensorboard)


def run(
    sweep: Sweep,
    folder: Path,
    quiet: bool,
    hands: Hands,
    compare: Path | None = None,
    tensorboard: Path | None = None,
) -> None:
    """Paint all cells of a sweep; the reports are written after each, whatever ends the work.

    Args:
        sweep: The sweep.
        folder: Where everything is written.
        quiet: Whether no progress is shown.
        hands: Who paints.
        compare: The folder of another sweep, whose losses the report shows, too.
        tensorboard: A folder for TensorBoard, in which each run gets one.

    Raises:
        SystemExit: With 1 if a report is missing, which has been said.
    """
    from impasto.cli.claims import claimed
    from impasto.filesystem import sweep_up
    from impasto.sweeps import NAMES, Judge, Report, make_folder, schedule

    with INTERRUPTION.heed():  # what is tried out is taken away again
        files = make_folder(folder, NAMES, sweep)
    with claimed([folder / NAMES[1]]):
        sweep_up(files)
        for note in sweep.idle:
            complain(note)
        plan = schedule(sweep, folder)
        report = Report(sweep, folder, plan.results, complain, compare)
        paint_cells(plan, report, Judge(sweep, folder, plan.hashes), quiet, hands, tensorboard)
    if report.failed:
        raise ImpastoError(
            f"{len(report.failed)} of {len(sweep.cells)} cells failed: the report says why, and "
            "the same command tries them again."
        )
    if report.missing:
        sys.exit(1)


def paint_cells(
    plan: SweepSchedule,
    report: Report,
    judge: Judge,
    quiet: bool,
    hands: Hands,
    tensorboard: Path | None,
) -> None:
    """Paint what is planned, measure it, report it, and print where the report is."""
    from impasto.cli.sweep_display import choose_overview
    from impasto.cli.work import tell
    from impasto.run import EventFile, Guarded
    from impasto.sweeps import NAMES, Cell, painted, reported

    def follow(cell: Cell) -> list[Guarded]:
        return [Guarded(EventFile(tensorboard / cell.name), complain)] if tensorboard else []

    stop = INTERRUPTION.has_come
    announce = (lambda sentence: None) if quiet else complain
    with INTERRUPTION.heed(), choose_overview(report.sweep, plan, quiet) as show:
        try:
            with (
                painted(plan, hands, judge.name, stop, follow, announce) as work,
                closing(reported(work, plan, report, judge, stop)) as events,
            ):
                for event in events:
                    show(event)
        finally:
            if NAMES[1] not in report.missing:
                tell(str(report.folder / NAMES[1]))
