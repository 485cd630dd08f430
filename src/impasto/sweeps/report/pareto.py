"""Style against content over a sweep: which cells have more of one without less of the other.

A cell is on the front if no other is both nearer to the style and nearer to the photograph.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from impasto.run import CURVE_COLORS
from impasto.sweeps.cells import CellResult, Sweep
from impasto.sweeps.report.charts import SOFT, available, drawing, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

STYLE, CONTENT = "wasserstein", "structure"
"""The measures on the axes, see `impasto.evaluation.scores.Scores`."""

LONGEST = 36
"""Most letters of a label."""

FRONT = CURVE_COLORS["content"]

AROUND = (
    *((7, 0, "left", "center"), (-7, 0, "right", "center"), (0, 6, "center", "bottom")),
    *((4, -6, "left", "top"), (-4, 6, "right", "bottom"), (0, -6, "center", "top")),
)
"""Where a label may be, the best first: how far from its dot in points, and how it is aligned."""


@dataclass(frozen=True)
class ParetoPoint:
    """A cell in the plot: its number in the table, its label, and its two measures."""

    number: int
    label: str
    style: float
    content: float

    @property
    def place(self) -> tuple[float, float]:
        """Where it is in the plot."""
        return self.style, self.content


@dataclass(frozen=True)
class Plot:
    """A plot, for a page and as a file.

    Attributes:
        points: All cells that were measured.
        front: Those that no other beats in both measures.
        svg: The plot; its dots are links to ``#cell-NUMBER``.
        png: The same as the content of a file.
    """

    points: Sequence[ParetoPoint]
    front: Sequence[ParetoPoint]
    svg: str
    png: bytes


def points(sweep: Sweep, results: Mapping[str, CellResult]) -> list[ParetoPoint]:
    """Return the cells that were measured, in the order of the sweep."""
    found = []
    for number, cell in enumerate(sweep.cells, start=1):
        scores = results[cell.name].scores if cell.name in results else {}
        if math.isfinite(scores.get(STYLE, math.nan) + scores.get(CONTENT, math.nan)):
            label = ", ".join(value.label for value in sweep.values(cell))
            label = label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"
            found.append(ParetoPoint(number, label, scores[STYLE], scores[CONTENT]))
    return found


def front(points: Sequence[ParetoPoint]) -> list[ParetoPoint]:
    """Return the points that no other beats in both measures, from the nearest to the style.

    Example:
        >>> places = [(1, 1), (2, 3), (2, 2)]
        >>> points = [ParetoPoint(n, "", *place) for n, place in enumerate(places, start=1)]
        >>> [point.number for point in front(points)]
        [1, 2]
    """
    best, found = -math.inf, []
    for point in sorted(points, key=lambda point: (point.style, -point.content)):
        if point.content > best:
            best = point.content
            found.append(point)
    return found


def plot(sweep: Sweep, results: Mapping[str, CellResult]) -> Plot | None:
    """Return the plot of a sweep, or None without two measured cells, or without matplotlib."""
    found = points(sweep, results)
    if len(found) < 2 or not available():
        return None
    from matplotlib.figure import Figure

    names = ", ".join(axis.name.replace("_", " ") for axis in sweep.axes)
    with drawing("pareto"):
        figure = Figure(figsize=(8, 4.9), layout="constrained")
        axes = figure.add_subplot()
        axes.set_title(f"cells: {names}", loc="left", color=SOFT, fontsize="medium")
        draw(axes, found)
        write_labels(figure, found)
        figure.savefig(png := io.BytesIO(), format="png", dpi=180, metadata={"Software": None})
        return Plot(found, front(found), to_svg(figure), png.getvalue())


def draw(axes: Axes, points: Sequence[ParetoPoint]) -> None:
    """Draw dots, and the border of what is beaten by the front."""
    best = front(points)
    for color, some in ((SOFT, [p for p in points if p not in best]), (FRONT, best)):
        x, y = [p.style for p in some], [p.content for p in some]
        axes.scatter(x, y, s=30, color=color, urls=[f"#cell-{p.number}" for p in some], zorder=3)
    axes.step([p.style for p in best], [p.content for p in best], color=FRONT, where="post")
    axes.margins(x=0.12, y=0.08)
    axes.set_xlabel(f"distance from the style ({STYLE}): left is nearer")
    axes.set_ylabel(f"agreement with the photograph ({CONTENT}): up is nearer")


def write_labels(figure: Figure, points: Sequence[ParetoPoint]) -> None:
    """Write labels beside dots; where there is no room only numbers, or nothing."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    figure.draw_without_rendering()  # Only now is it known where the axes are,
    figure.set_layout_engine("none")  # and there they shall stay.
    axes = figure.axes[0]
    best, taken = front(points), list(obstacles(axes, points))
    for point in sorted(points, key=lambda point: point not in best):
        tries = itertools.product((point.label, str(point.number)), AROUND)
        for words, (x, y, side, level) in tries:
            text = axes.annotate(words, point.place, (x, y), "data", "offset points", size=8)
            text.set(ha=side, va=level)
            box = text.get_window_extent(renderer)
            if axes.bbox.count_contains(box.get_points()) == 2 and not box.count_overlaps(taken):
                taken.append(box)
                break
            text.remove()


def obstacles(axes: Axes, points: Sequence[ParetoPoint]) -> Iterator[Bbox]:
    """Yield the boxes on which no label may lie: those of dots, and of the front's steps."""
    from matplotlib.transforms import Bbox

    def box(one: tuple[float, float], other: tuple[float, float]) -> Bbox:
        return Bbox(sorted(map(tuple, axes.transData.transform((one, other)))))

    for point in points:
        yield box(point.place, point.place).padded(5)
    for one, other in itertools.pairwise(front(points)):
        corner = other.style, one.content
        yield box(one.place, corner).padded(2)
        yield box(corner, other.place).padded(2)
