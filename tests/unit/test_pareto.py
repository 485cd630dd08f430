"""Style against content over a sweep."""

import itertools
import random
import re

import numpy as np
import pytest

from impasto.sweeps.report.pareto import (
    HEIGHT,
    LONGEST,
    WIDTH,
    Point,
    cross,
    extent,
    front,
    picture,
    plot,
    svg,
    ticks,
)
from impasto.sweeps.axes import make_sweep
from impasto.sweeps.cells import Result


def scattered(count, seed=0):
    draw = random.Random(seed)
    return [Point(n, str(n), draw.random(), draw.random()) for n in range(count)]


@pytest.fixture
def make(photograph, painting):
    def drawn(*measures, vary="style_weight"):
        values = ",".join(str(10 + n) for n in range(len(measures)))
        sweep = make_sweep(str(photograph), [str(painting)], {"size": "64"}, [f"{vary}={values}"])
        results = {
            cell.name: Result(cell, scores={"wasserstein": style, "structure": content})
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


@pytest.mark.parametrize("values", [(0.12, 0.58), (0.3, 0.3), (0, 0), (-0.2, 1), (1e-7, 2e-7)])
def test_ticks_are_few_and_reach_around_all_values(values):
    found = ticks(values)
    assert found[0] <= min(values)
    assert max(values) <= found[-1]
    assert 2 <= len(found) <= 9
    steps = [b - a for a, b in itertools.pairwise(found)]
    assert steps == pytest.approx([steps[0]] * len(steps))
    assert steps[0] > 0


def test_left_is_nearer_to_the_style_and_up_to_the_photograph(make):
    drawn = make((0.1, 0.2), (0.4, 0.9))
    (left, low), (right, high) = (drawn.place(p.style, p.content) for p in drawn.points)
    assert left < right
    assert low > high  # y grows downwards
    assert len(drawn.front) == 2


def test_everything_lies_inside_and_no_label_on_another(make):
    drawn = make(*((0.2 + 0.001 * n, 0.5 + 0.002 * (n % 7)) for n in range(30)))
    marks = list(drawn.marks())
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for mark in marks for x, y in mark.places)
    boxes = [extent(mark) for mark in marks if mark.ink == "label"]
    assert boxes
    assert not any(cross(a, b) for a, b in itertools.combinations(boxes, 2))


def test_cells_are_labeled_by_their_values_and_the_front_is_drawn(make):
    text = svg(make((0.15, 0.25), (0.4, 0.9), (0.45, 0.5)))
    assert text.count('class="front"') == 3  # the line, and two dots
    assert text.count('circle class="other"') == 1
    labels = re.findall(r'<text class="label"[^>]*>([^<]*)<', text)
    assert sorted(labels) == ["10", "11", "12"]
    assert "<title>2: 11; style 0.4, content 0.9</title>" in text


def test_long_labels_are_cut_and_odd_ones_escaped(photograph, painting, tmp_path):
    odd = tmp_path / f"{'a<b>&' * 12}.png"
    odd.write_bytes(painting.read_bytes())
    sweep = make_sweep(str(photograph), [str(painting)], {}, [f"style={odd}"])
    scores = [{"wasserstein": 0.1, "structure": 0.2}, {"wasserstein": 0.3, "structure": 0.4}]
    cells = zip(sweep.cells, scores, strict=True)
    drawn = plot(sweep, {cell.name: Result(cell, scores=found) for cell, found in cells})
    assert max(len(point.label) for point in drawn.points) == LONGEST
    assert "<b>" not in svg(drawn)


def test_less_than_two_measured_cells_make_no_plot(make):
    assert make((0.1, 0.2)) is None
    assert make((0.1, 0.2), (float("nan"), 0.3)) is None


def test_the_picture_shows_the_dots_where_they_are(make):
    drawn = make((0.1, 0.2), (0.4, 0.9), (0.4, 0.3))
    page = np.asarray(picture(drawn))
    for point, color in zip(drawn.points, ["#0b57d0", "#0b57d0", "#9aa0a6"], strict=True):
        x, y = drawn.place(point.style, point.content)
        wanted = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
        assert page[round(2 * y), round(2 * x)].tolist() == wanted
