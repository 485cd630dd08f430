"""Style against content over a sweep."""

import io
import itertools
import random
import re
import sys

import pytest
from matplotlib.figure import Figure
from PIL import Image

from impasto.sweeps.axes import make_sweep
from impasto.sweeps.cells import CellResult
from impasto.sweeps.report.pareto import LONGEST, Point, draw, front, obstacles, plot, write_labels


def scattered(count, seed=0):
    draw = random.Random(seed)
    return [Point(n, str(n), draw.random(), draw.random()) for n in range(count)]


@pytest.fixture
def make(photograph, painting):
    def drawn(*measures, vary="style_weight"):
        values = ",".join(str(10 + n) for n in range(len(measures)))
        sweep = make_sweep(str(photograph), [str(painting)], {"size": "64"}, [f"{vary}={values}"])
        results = {
            cell.name: CellResult(cell, scores={"wasserstein": style, "structure": content})
            for cell, (style, content) in zip(sweep.cells, measures, strict=True)
        }
        return plot(sweep, results)

    return drawn


@pytest.mark.parametrize("seed", range(5))
def test_nothing_beats_the_front_and_the_front_beats_the_rest(seed):
    points = scattered(40, seed)
    best = front(points)
    for point in points:
        beaten = any(
            other.style <= point.style and other.content >= point.content
            for other in points
            if other != point
        )
        assert beaten == (point not in best)
    assert [p.content for p in best] == sorted(p.content for p in best)


def test_equal_cells_are_on_the_front_once():
    assert [p.number for p in front([Point(1, "", 1, 1), Point(2, "", 1, 1)])] == [1]


def labeled(points, inches):
    figure = Figure(figsize=inches)
    axes = figure.add_subplot()
    draw(axes, points)
    write_labels(figure, points)
    return axes


def texts(svg) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)<", svg)


@pytest.mark.parametrize("count", [2, 30])
def test_labels_lie_inside_and_on_nothing(count):
    points = [Point(n, f"cell {n}", 0.2 + 0.001 * n, 0.5 + 0.002 * (n % 7)) for n in range(count)]
    axes = labeled(points, (8, 5))
    boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) > 1
    others = list(obstacles(axes, points))
    assert len(others) == len(points) + 2 * (len(front(points)) - 1)
    for box in boxes:
        assert axes.bbox.fully_containsx(box.x0)
        assert axes.bbox.fully_containsx(box.x1)
        assert box.count_overlaps(others) == 0
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_where_no_label_has_room_there_are_numbers():
    points = [Point(n, "a label of many letters", 0.2 + 0.01 * n, 0.5) for n in range(1, 30)]
    axes = labeled(points, (4, 3))
    words = {text.get_text() for text in axes.texts}
    assert "a label of many letters" in words
    assert words & set(map(str, range(1, 30)))


def test_left_is_nearer_to_the_style_and_up_to_the_photograph():
    points = [Point(1, "one", 0.1, 0.2), Point(2, "two", 0.4, 0.9)]
    axes = labeled(points, (8, 5))
    (left, low), (right, high) = axes.transAxes.inverted().transform(
        axes.transData.transform([point.place for point in points])
    )
    assert 0 < left < right < 1
    assert 0 < low < high < 1


def test_cells_are_labeled_by_their_values_and_linked(make):
    drawn = make((0.15, 0.25), (0.4, 0.9), (0.45, 0.5), (0.3, 0.2))
    assert [point.number for point in drawn.front] == [1, 2]
    assert {"10", "11", "12", "13"} <= set(texts(drawn.svg))
    links = re.findall('xlink:href="#cell-([0-9]+)"', drawn.svg)
    assert sorted(links) == ["1", "2", "3", "4"]


def test_the_file_shows_the_front_and_is_the_same_each_time(make):
    measures = (0.15, 0.25), (0.4, 0.9), (0.45, 0.5)
    png = make(*measures).png
    assert png == make(*measures).png
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.width > 1000
        colors = {color for _, color in picture.convert("RGB").getcolors(1 << 20)}
    assert {(0x0B, 0x57, 0xD0), (0x5F, 0x63, 0x68), (255, 255, 255)} <= colors


def test_long_labels_are_cut_and_odd_ones_escaped(photograph, painting, tmp_path):
    odd = tmp_path / f"{'a<b>&$^$' * 12}.png"
    odd.write_bytes(painting.read_bytes())
    foreign = tmp_path / "中.png"
    foreign.write_bytes(painting.read_bytes())
    sweep = make_sweep(str(photograph), [str(painting)], {}, [f"style={odd},{foreign}"])
    scores = [{"wasserstein": n / 10, "structure": n / 10} for n in (1, 3, 5)]
    cells = zip(sweep.cells, scores, strict=True)
    drawn = plot(sweep, {cell.name: CellResult(cell, scores=found) for cell, found in cells})
    assert max(len(point.label) for point in drawn.points) == LONGEST
    assert "<b>" not in drawn.svg
    assert "a&lt;b&gt;&amp;$^$" in drawn.svg
    assert "中" in texts(drawn.svg)


def test_less_than_two_measured_cells_make_no_plot(make):
    assert make((0.1, 0.2)) is None
    assert make((0.1, 0.2), (float("nan"), 0.3)) is None


def test_there_is_no_plot_without_matplotlib(make, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert make((0.1, 0.2), (0.4, 0.9)) is None
