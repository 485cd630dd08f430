"""The command that paints many photographs in many styles."""

from __future__ import annotations

import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import (
    GroupedCommand,
    crew_options,
    given,
    preset_option,
    settings_options,
)
from impasto.errors import ImpastoError, UsageError
from impasto.interruption import INTERRUPTION, complain

if TYPE_CHECKING:
    from impasto.batches import Item, Wall
    from impasto.cluster import Hands
    from impasto.sweeps import SweepSchedule


@click.command(cls=GroupedCommand)
@click.argument("content", nargs=-1)
@click.option(
    "--style",
    multiple=True,
    metavar="FILE",
    help="A painting, a folder of them, or a pattern; give it again for more. Every photograph is "
    "painted in every style.",
)
@click.option(
    "--pairs",
    "in_pairs",
    is_flag=True,
    help="Paint the first photograph in the first style, the second in the second, and so on.",
)
@click.option(
    "--list",
    "listed",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A list of paintings in place of CONTENT and --style: CSV with headings, or a JSON object "
    "on each line; with content, style, name, preset and any setting.",
)
@click.option(
    "--name",
    metavar="PATTERN",
    help="What each painting is called; it may hold {content}, {style}, {folder} and {number}, and "
    "name folders.  [default: {content}-{style}.png]",
)
@click.option("-o", "--output", default="batch", help="The folder to write to.  [default: batch]")
@click.option(
    "--overwrite",
    is_flag=True,
    help="Replace files that no batch has painted, or somebody changed.",
)
@click.option("--quiet", is_flag=True, help="Show no progress.")
@crew_options
@preset_option
@settings_options
def batch(
    content: tuple[str, ...],
    style: tuple[str, ...],
    in_pairs: bool,
    listed: Path | None,
    name: str | None,
    output: str,
    overwrite: bool,
    quiet: bool,
    workers: str | None,
    cluster: str | None,
    **values: Any,
) -> None:
    """Paint many photographs: files CONTENT, folders of them, or patterns like 'photos/*.jpg'.

    The paintings come with index.html, a page of all that follows the work, and a table of
    numbers. What is there already is kept: after an interruption of any kind the same command goes
    on. As many processes paint as this machine has room for, each with one thread, if Dask is
    installed; --workers and --cluster say otherwise.
    """
    from impasto.batches import USUAL_NAME, WALL_FILES, Wall, batch_of, made_room, plan
    from impasto.cli.claims import claimed
    from impasto.cluster import Hands
    from impasto.filesystem import sweep_up

    made = batch_of(items(content, style, in_pairs, listed), given(values), name or USUAL_NAME)
    hands = Hands.of(workers, cluster)
    folder = Path(output)
    with INTERRUPTION.heed():  # what is tried out is taken away again
        files = made_room(made, folder, overwrite)
    with claimed([folder / WALL_FILES[0]]):
        sweep_up(files)
        for note in made.idle:
            complain(note)
        found = plan(made, folder)
        if not hands.others:
            hands = usual_hands(values, len(found.runs))
        wall = Wall(made, folder, found.results, complain)
        paint(found, wall, hands, quiet)
    if wall.failed:
        raise ImpastoError(
            f"{len(wall.failed)} of {len(made.cells)} paintings failed: "
            f"'{folder / WALL_FILES[0]}' says why, and the same command tries them again."
        )
    if wall.missing:
        sys.exit(1)


def items(
    content: tuple[str, ...], style: tuple[str, ...], in_pairs: bool, listed: Path | None
) -> list[Item]:
    """Return what is to be painted.

    Raises:
        UsageError: If something is missing, or a list and pictures are given.
    """
    from impasto.batches import expand_paths, listed_in, pairs, product_of

    if listed is not None:
        if content or style or in_pairs:
            raise UsageError("--list names all pictures: leave out CONTENT, --style and --pairs.")
        return listed_in(listed)
    if not content:
        raise UsageError("no photograph is given: name files, folders or patterns, or a --list.")
    if not style:
        raise UsageError("no style is given: name one with --style.")
    contents, styles = expand_paths(content, "photographs"), expand_paths(style, "styles")
    return (pairs if in_pairs else product_of)(contents, styles)


def usual_hands(values: dict[str, Any], paintings: int) -> Hands:
    """Return who works if nobody has said: processes, unless a graphics card is faster.

    Small pictures leave threads idle, which processes do not; a single painting is finished sooner
    with all threads.
    """
    from impasto.cluster import Hands
    from impasto.machine import choose_device

    several = paintings > 1 and not values["threads"] and find_spec("distributed") is not None
    processor = several and choose_device(values["device"]) == "cpu"
    return Hands(0) if processor else Hands()


def paint(found: SweepSchedule, wall: Wall, hands: Hands, quiet: bool) -> None:
    """Paint what is planned, and print where the page is."""
    from impasto.batches import WALL_FILES
    from impasto.cli.sweep_display import choose_overview
    from impasto.cli.work import tell
    from impasto.sweeps import painted, reported

    stop = INTERRUPTION.has_come
    announce = (lambda sentence: None) if quiet else complain
    with INTERRUPTION.heed(), choose_overview(wall.batch, found, quiet) as show:
        try:
            with (
                painted(found, hands, stop=stop, tell=announce) as work,
                closing(reported(work, found, wall, stop=stop)) as events,
            ):
                for event in events:
                    show(event)
        finally:
            if WALL_FILES[0] not in wall.missing:
                tell(str(wall.folder / WALL_FILES[0]))
