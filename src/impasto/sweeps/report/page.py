"""``report.html``: one page that needs nothing but itself.

No script, no font, no address elsewhere: pictures are inside, and what opens on a click is a
popover, which browsers can do by themselves, with the keyboard too.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import quote

from impasto._version import __version__
from impasto.sweeps.cells import Cell, CellResult, Sweep, Value
from impasto.sweeps.command import command
from impasto.sweeps.report import pareto
from impasto.sweeps.report.blocks import Block, blocks, corner
from impasto.sweeps.report.charts import chart
from impasto.sweeps.report.pictures import Gallery
from impasto.sweeps.report.style import STYLE
from impasto.sweeps.report.table import settings
from impasto.sweeps.store import FOLDER

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>{state}</p>
{notes}
<div class="sources">{sources}</div>
</header>
<main>
{blocks}
{plot}
</main>
<footer>impasto {version}. Press a picture to see it in full size, with its losses and the command
that paints it again. Numbers are in cells.csv.</footer>
</body>
</html>
"""


class Page:
    """Writes the report of a sweep."""

    def __init__(self, sweep: Sweep, results: Mapping[str, CellResult], gallery: Gallery) -> None:
        self.sweep, self.results, self.gallery = sweep, results, gallery
        self.cells = {cell.name: cell for cell in sweep.cells}
        self.number = {cell.name: at for at, cell in enumerate(sweep.cells)}

    def html(self) -> str:
        """Return the page."""
        return PAGE.format(
            title=escape(self.sweep.title),
            style=STYLE,
            state=escape(self.state()),
            notes="".join(f"<p>{escape(note)}</p>" for note in self.sweep.notes),
            sources="".join(self._source(*source) for source in self.sweep.sources),
            blocks="\n".join(map(self._block, blocks(self.sweep))),
            plot=self._plot(),
            version=__version__,
        )

    def state(self) -> str:
        """Return how far the sweep has come."""
        failed = sum(bool(result.error) for result in self.results.values())
        done, count = len(self.results) - failed, len(self.sweep.cells)
        words = f"{done} of {count} cells painted"
        return words + (f", {failed} failed" if failed else "")

    def _plot(self) -> str:
        """Return style against content over all cells, and what that means."""
        drawn = pareto.plot(self.sweep, self.results)
        if drawn is None:
            return ""
        by = ", ".join(sorted({each.judged_by for each in self.results.values()} - {""}))
        return (
            f"<section><h2>Style against content</h2>{pareto.svg(drawn)}<p>{len(drawn.front)} of "
            f"{len(drawn.points)} cells are on the front: no other is nearer to the style and to "
            f"the photograph at once. Measured by {escape(by)}, which painted none of them. "
            "Where a label has no room there is the number of the cell, counted row by row; rest "
            "the pointer on a dot to read all.</p></section>"
        )

    def _source(self, what: str, path: str) -> str:
        picture = self.gallery.source(path)
        if picture is None:
            return ""
        image = self._image(path, picture, what)
        return f"<figure>{image}<figcaption>{escape(what)}</figcaption></figure>"

    def _image(self, name: str, picture: object, alt: str) -> str:
        uri = self.gallery.uri(name, picture)  # type: ignore[arg-type]
        return f'<img src="{uri}" alt="{escape(alt)}">'

    def _block(self, block: Block) -> str:
        head = "".join(f'<th scope="col">{self._value(value)}</th>' for value in block.columns)
        labeled = block.rows[0] is not None
        first = f'<td class="corner">{escape(corner(self.sweep))}</td>' if labeled else ""
        lines = [f"<tr>{first}{head}</tr>"]
        for value, names in zip(block.rows, block.cells, strict=True):
            label = "" if value is None else f'<th scope="row">{self._value(value)}</th>'
            cells = "".join(f"<td>{self._cell(self.cells[name])}</td>" for name in names)
            lines.append(f"<tr>{label}{cells}</tr>")
        title = f"<h2>{escape(block.title)}</h2>" if block.title else ""
        return f'<section>{title}<div class="wide"><table>{"".join(lines)}</table></div></section>'

    def _value(self, value: Value) -> str:
        picture = self.gallery.source(value.picture) if value.picture else None
        image = "" if picture is None else self._image(str(value.picture), picture, "")
        return f"{escape(value.label)}{image}"

    def _cell(self, cell: Cell) -> str:
        result = self.results.get(cell.name)
        if result is None:
            return '<p class="missing">not painted yet</p>'
        if result.error:
            return f'<p class="failed">{escape(result.error)}</p>'
        label = ", ".join(
            f"{axis.name} {value.label}"
            for axis, value in zip(self.sweep.axes, self.sweep.values(cell), strict=True)
        )
        place = f"cell-{self.number[cell.name]}"
        image = self._image(f"cell {cell.name}", self.gallery.thumbnail(result), label)
        return (
            f'<button type="button" popovertarget="{place}">{image}</button>'
            f'<span class="loss">loss {result.losses["total"]:.4g}</span>{judged(result)}'
            f'<div popover role="dialog" id="{place}" aria-label="{escape(label)}">'
            f"{self._details(result, place, label)}</div>"
        )

    def _details(self, result: CellResult, place: str, label: str) -> str:
        """Return what opens on a click."""
        file = f"{FOLDER}/{quote(result.cell.name)}.png"
        uri = self.gallery.full(result) or file
        losses = "  ".join(f"{kind} {value:.4g}" for kind, value in result.losses.items())
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"
            for name, value in settings(result.cell).items()
        )
        width, height = result.size
        return (
            f'<button type="button" class="close" popovertarget="{place}" '
            f'popovertargetaction="hide">Close</button><h3>{escape(label)}</h3>'
            f'<img class="full" src="{uri}" alt="{escape(label)}" width="{width}" '
            f'height="{height}" loading="lazy">'
            f'<p><a href="{file}">{width} × {height} pixels</a>, {result.evaluations} evaluations, '
            f"{result.seconds:.1f} s; losses: {escape(losses)}</p>"
            f"{scores(result)}{chart(result.curve)}"
            f"<pre>{escape(command(result.cell))}</pre>"
            f"<details><summary>All settings</summary><table>{rows}</table></details>"
        )


def judged(result: CellResult) -> str:
    """Return the two measures that stand under a cell, or why there are none."""
    if result.unjudged:
        return f'<span class="loss">not judged: {escape(result.unjudged)}</span>'
    if not result.scores:
        return ""
    style, content = result.scores[pareto.STYLE], result.scores[pareto.CONTENT]
    return f'<span class="loss">style {style:.3g}, content {content:.2f}</span>'


def scores(result: CellResult) -> str:
    """Return all measures of a cell."""
    if not result.scores:
        return ""
    words = "  ".join(f"{name} {value:.3g}" for name, value in result.scores.items())
    return f"<p>judged by {escape(result.judged_by)}: {escape(words)}</p>"
