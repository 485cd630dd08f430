"""Style against content over a sweep: which cells have more of one without less of the other.

A cell is on the front if no other is both nearer to the style and nearer to the photograph. The
plot is laid out once, in marks, which are drawn as SVG for the page and as a picture.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from PIL import Image, ImageDraw

from impasto.sweeps.cells import CellResult, Sweep
from impasto.sweeps.report.lettering import font, readable

STYLE, CONTENT = "wasserstein", "structure"
"""The measures on the axes, see `impasto.evaluation.scores.Scores`."""

WIDTH, HEIGHT = 720, 440
LEFT, RIGHT, TOP, BOTTOM = 56, 24, 24, 52
LETTER, DOT, LONGEST = 12, 4, 36
"""Height of letters, radius of dots, and most letters of a label."""

SHARP = 2
"""Pixels of the picture for each unit of the plot."""

INKS = {
    "grid": "#e8e8ea",
    "words": "#5f6368",
    "label": "#202124",
    "front": "#0b57d0",
    "other": "#9aa0a6",
}

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Point:
    """A cell in the plot: its number in the table, its label, and its two measures."""

    number: int
    label: str
    style: float
    content: float


@dataclass(frozen=True)
class Mark:
    """A line through places, a dot at one, or words from one on.

    Attributes:
        ink: A row of `INKS`.
        places: (x, y); one for a dot and for words, which stand on it.
        words: What is written, or what is said about a dot.
        anchor: Where the place is in the words: ``"start"``, ``"middle"`` or ``"end"``.
        dot: Whether it is one.
    """

    ink: str
    places: tuple[tuple[float, float], ...]
    words: str = ""
    anchor: str = "start"
    dot: bool = False


def points(sweep: Sweep, results: Mapping[str, CellResult]) -> list[Point]:
    """Return the cells that were measured, in the order of the sweep."""
    found = []
    for number, cell in enumerate(sweep.cells, start=1):
        scores = results[cell.name].scores if cell.name in results else {}
        if math.isfinite(scores.get(STYLE, math.nan) + scores.get(CONTENT, math.nan)):
            label = ", ".join(value.label for value in sweep.values(cell))
            label = label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"
            found.append(Point(number, label, scores[STYLE], scores[CONTENT]))
    return found


def front(points: Sequence[Point]) -> list[Point]:
    """Return the points that no other beats in both measures, from the nearest to the style.

    Example:
        >>> [p.number for p in front([Point(1, "", 1, 1), Point(2, "", 2, 3), Point(3, "", 2, 2)])]
        [1, 2]
    """
    best, found = -math.inf, []
    for point in sorted(points, key=lambda point: (point.style, -point.content)):
        if point.content > best:
            best = point.content
            found.append(point)
    return found


class Plot:
    """Lays out the plot of at least two points."""

    def __init__(self, points: Sequence[Point], names: str) -> None:
        self.points, self.front, self.names = points, front(points), names
        self.across = ticks([point.style for point in points])
        self.up = ticks([point.content for point in points])

    def place(self, style: float, content: float) -> tuple[float, float]:
        """Return where two measures are in the plot."""
        x = (style - self.across[0]) / (self.across[-1] - self.across[0])
        y = (content - self.up[0]) / (self.up[-1] - self.up[0])
        return LEFT + x * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM)

    def marks(self) -> Iterator[Mark]:
        """Yield everything that is drawn, from the ground up."""
        yield from self._grid()
        yield Mark("front", tuple(self._stairs()))
        for point in self.points:
            ink = "front" if point in self.front else "other"
            words = f"{point.number}: {point.label}; style {point.style:.3g}, content "
            words += f"{point.content:.3g}"
            yield Mark(ink, (self.place(point.style, point.content),), words, dot=True)
        yield from self._labels()

    def _grid(self) -> Iterator[Mark]:
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        for value in self.across:
            x, _ = self.place(value, 0)
            yield Mark("grid", ((x, TOP), (x, bottom)))
            yield Mark("words", ((x, bottom + 16),), f"{value:g}", "middle")
        for value in self.up:
            _, y = self.place(0, value)
            yield Mark("grid", ((LEFT, y), (right, y)))
            yield Mark("words", ((LEFT - 6, y + 4),), f"{value:g}", "end")
        middle = (LEFT + right) / 2
        words = f"distance from the style ({STYLE}): left is nearer"
        yield Mark("words", ((middle, HEIGHT - 12),), words, "middle")
        words = f"agreement with the photograph ({CONTENT}): up is nearer; cells: {self.names}"
        yield Mark("words", ((8, 14),), words)

    def _stairs(self) -> Iterator[tuple[float, float]]:
        """Yield the border of what is beaten by the front: between two cells, the worse of both."""
        y = 0.0
        for at, point in enumerate(self.front):
            x, above = self.place(point.style, point.content)
            if at:
                yield x, y
            yield x, above
            y = above

    def _labels(self) -> Iterator[Mark]:
        """Yield labels that lie on nothing; numbers, or none, where there is no room."""
        dots = [self.place(point.style, point.content) for point in self.points]
        taken = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in dots]
        taken += [extent(mark) for mark in self._grid() if mark.words]
        for (x, y), (right, above) in itertools.pairwise(self._stairs()):
            taken.append((x - 1, min(y, above) - 1, right + 1, max(y, above) + 1))
        first = sorted(self.points, key=lambda point: point not in self.front)
        for point in first:
            x, y = self.place(point.style, point.content)
            for mark in candidates(point, x, y):
                box = extent(mark)
                inside = box[0] >= 0 and box[2] <= WIDTH and box[1] >= TOP - LETTER
                if inside and box[3] <= HEIGHT - BOTTOM and not any(cross(box, t) for t in taken):
                    taken.append(box)
                    yield mark
                    break


def candidates(point: Point, x: float, y: float) -> Iterator[Mark]:
    """Yield the ways to label a point, from the best on."""
    for words in (point.label, str(point.number)):
        yield Mark("label", ((x + 7, y + 4),), words)
        yield Mark("label", ((x - 7, y + 4),), words, "end")
        yield Mark("label", ((x, y - 8),), words, "middle")
        yield Mark("label", ((x + 4, y + 17),), words)
        yield Mark("label", ((x - 4, y - 8),), words, "end")
        yield Mark("label", ((x, y + 17),), words, "middle")


def extent(mark: Mark) -> Box:
    """Return the box of words."""
    ((x, y),) = mark.places
    width = 1.1 * font(LETTER, mark.words).getlength(mark.words)  # Browsers have other letters.
    left = x - width * {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor]
    return left, y - LETTER + 2, left + width, y + 3


def cross(a: Box, b: Box) -> bool:
    """Tell whether two boxes share a place."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def ticks(values: Sequence[float]) -> list[float]:
    """Return round numbers, evenly spaced, that reach around all values.

    Example:
        >>> ticks([0.12, 0.58])
        [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    """
    low, high = min(values), max(values)
    reach = max(high - low, 1e-3 * max(abs(low), abs(high)), 1e-9)
    power = 10.0 ** math.floor(math.log10(reach / 4))
    step = next(m * power for m in (1, 2, 5, 10) if reach / (m * power) <= 6)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [float(f"{n * step:.6g}") for n in range(first, max(last, first + 1) + 1)]


def plot(sweep: Sweep, results: Mapping[str, CellResult]) -> Plot | None:
    """Return the plot of a sweep, or None if fewer than two cells were measured."""
    found = points(sweep, results)
    names = ", ".join(axis.name.replace("_", " ") for axis in sweep.axes)
    return Plot(found, names) if len(found) > 1 else None


def svg(plot: Plot) -> str:
    """Return a plot for a page."""
    label = f"style against content of {len(plot.points)} cells, {len(plot.front)} on the front"
    start = f'<svg class="pareto" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
    return "".join([start, *map(_element, plot.marks()), "</svg>"])


def _element(mark: Mark) -> str:
    x, y = mark.places[0]
    if mark.dot:
        place = f'cx="{x:.1f}" cy="{y:.1f}" r="{DOT}"'
        return f'<circle class="{mark.ink}" {place}><title>{escape(mark.words)}</title></circle>'
    if mark.words:
        place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{mark.anchor}"'
        return f'<text class="{mark.ink}" {place}>{escape(mark.words)}</text>'
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in mark.places)
    return f'<polyline class="{mark.ink}" points="{line}"/>'


def picture(plot: Plot) -> Image.Image:
    """Return a plot as a picture."""
    page = Image.new("RGB", (WIDTH * SHARP, HEIGHT * SHARP), "white")
    pen = ImageDraw.Draw(page)
    for mark in plot.marks():
        ink, places = INKS[mark.ink], [(x * SHARP, y * SHARP) for x, y in mark.places]
        if mark.dot:
            pen.circle(places[0], DOT * SHARP, ink)
        elif mark.words:
            letters = font(LETTER * SHARP, mark.words)
            anchor = {"start": "ls", "middle": "ms", "end": "rs"}[mark.anchor]
            pen.text(places[0], readable(mark.words, letters), ink, letters, anchor=anchor)
        else:
            pen.line(places, ink, 2 * SHARP if mark.ink == "front" else SHARP)
    return page
