"""``report.html``: one page that needs nothing but itself.

No font, no address elsewhere: pictures are inside, and what opens on a click is a popover, which
browsers can do by themselves, with the keyboard too. The script sorts, copies and turns pages.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from impasto._version import __version__
from impasto.extras import install
from impasto.sweeps.cells import CellResult, Sweep
from impasto.sweeps.command import command
from impasto.sweeps.report import charts, pareto
from impasto.sweeps.report.blocks import blocks, corner
from impasto.sweeps.report.comparison import averages, numbers_of, read_other
from impasto.sweeps.report.pictures import Gallery
from impasto.sweeps.report.table import settings

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


@dataclass(frozen=True)
class Shown:
    """A cell as the page shows it.

    Attributes:
        number: Counted from 1, row by row.
        label: Its values on every axis.
        result: What became of it, if it has been painted.
        file: Its picture, beside the page.
        command: What paints it again.
        settings: As they are typed.
        content: The photograph that it was painted from, or empty.
        previous: The number of the painted cell before it, or 0.
        next: The number of the painted cell behind it, or 0.
    """

    number: int
    label: str
    result: CellResult | None
    file: str
    command: str
    settings: Mapping[str, str]
    content: str = ""
    previous: int = 0
    next: int = 0


def page(
    sweep: Sweep,
    results: Mapping[str, CellResult],
    gallery: Gallery,
    plot: pareto.Plot | None,
    other: Path | None = None,
) -> str:
    """Return the report of a sweep as HTML, with the numbers of another one's folder if given."""
    cells = shown(sweep, results)
    return TEMPLATES.get_template("report.html").render(
        sweep=sweep,
        costs=sweep.costs,
        state=state(sweep, results),
        blocks=list(blocks(sweep)),
        corner=corner(sweep),
        cells=cells,
        averages=averages(sweep, results),
        numbers=[
            (each, numbers_of(each.result))
            for each in cells.values()
            if each.result and not each.result.error
        ],
        other=read_other(other) if other else {},
        other_name=str(other or ""),
        gallery=gallery,
        measures={"style": pareto.STYLE, "content": pareto.CONTENT},
        plot=plot,
        judges=", ".join(sorted({result.judged_by for result in results.values()} - {""})),
        charts=charts.available(),
        install=install("curves"),
        version=__version__,
    )


def state(sweep: Sweep, results: Mapping[str, CellResult]) -> str:
    """Return how far a sweep has come."""
    failed = sum(bool(result.error) for result in results.values())
    words = f"{len(results) - failed} of {len(sweep.cells)} cells painted"
    return words + (f", {failed} failed" if failed else "")


def shown(sweep: Sweep, results: Mapping[str, CellResult]) -> dict[str, Shown]:
    """Return the cells of a sweep by their names, as the page shows them."""
    done = [number for number, cell in enumerate(sweep.cells, start=1)
            if cell.name in results and not results[cell.name].error]  # fmt: skip
    after = dict(itertools.pairwise(done))
    before = {number: at for at, number in after.items()}
    return {
        cell.name: Shown(
            number=number,
            label=", ".join(
                f"{axis.name} {value.label}"
                for axis, value in zip(sweep.axes, sweep.values(cell), strict=True)
            ),
            result=results.get(cell.name),
            file=quote(cell.picture),
            command=command(cell),
            settings=settings(cell),
            content=cell.content if isinstance(cell.content, str) else "",
            previous=before.get(number, 0),
            next=after.get(number, 0),
        )
        for number, cell in enumerate(sweep.cells, start=1)
    }
