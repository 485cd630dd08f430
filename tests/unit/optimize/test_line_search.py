"""The line search, held to its conditions, to SciPy's and to minima that are known."""

import math

import pytest
import torch
from scipy.optimize import line_search, rosen, rosen_der

from impasto.optimize.line_search import (
    ARMIJO,
    CURVATURE,
    MOST_TRIALS,
    Point,
    Search,
    between,
    beyond,
    cubic_minimum,
)

LINES = {
    "quadratic": lambda a: (a - 1.3) ** 2,
    "far away": lambda a: (a - 400) ** 2 / 1e4,
    "near": lambda a: (1e3 * a - 1) ** 2,
    "quartic": lambda a: (a - 2) ** 4 + 0.1 * (a - 2) ** 2,
    "many minima": lambda a: 0.05 * (a - 6) ** 2 + torch.cos(2 * a) - 0.3 * torch.sin(5 * a),
    "first of Moré and Thuente (1994)": lambda a: -a / (a**2 + 2),
}


def at(function, length):
    a = torch.tensor(float(length), dtype=torch.float64, requires_grad=True)
    value = function(a)
    (slope,) = torch.autograd.grad(value, a)
    return Point(float(length), value.item(), slope.item())


def run(function, first, longest=1e6):
    start = at(function, 0)
    search, trials = Search(start, first, longest), []
    while True:
        trials.append(at(function, search.trial))
        if search.tell(*trials[-1][1:]):
            return start, trials


@pytest.mark.parametrize("first", [1e-3, 0.1, 1.0, 10.0])
@pytest.mark.parametrize("name", LINES)
def test_an_accepted_point_meets_the_strong_wolfe_conditions(name, first):
    start, trials = run(LINES[name], first)
    found = trials[-1]
    assert len(trials) <= MOST_TRIALS
    assert found.loss <= start.loss + ARMIJO * found.length * start.slope
    assert abs(found.slope) <= CURVATURE * abs(start.slope)
    earlier = [
        t
        for t in trials[:-1]
        if t.loss <= start.loss + ARMIJO * t.length * start.slope
        and abs(t.slope) <= CURVATURE * abs(start.slope)
    ]
    assert not earlier  # it stops at the first that does


def test_after_the_most_trials_the_lowest_has_to_do():
    """The second function of Moré and Thuente (1994) begins with a slope of 5e-7."""
    _, trials = run(lambda a: (a + 0.004) ** 5 - 2 * (a + 0.004) ** 4, 0.1)
    assert len(trials) == MOST_TRIALS + 1  # the lowest is evaluated once more
    assert trials[-1].loss == min(trial.loss for trial in trials)
    assert trials[-1].length == pytest.approx(1.596, abs=1e-3)  # its minimum, 1.6 - 0.004


def test_the_cubic_is_exact_for_cubics():
    cubic = lambda a: a**3 - 3 * a  # noqa: E731, least at 1
    for one, other in [(0, 2), (2, 0), (0.5, 3), (-0.5, 0.25)]:
        assert cubic_minimum(at(cubic, one), at(cubic, other)) == pytest.approx(1)
    bowl = lambda a: (a - 7) ** 2  # noqa: E731
    assert beyond(at(bowl, 0), at(bowl, 5)) == pytest.approx(7)
    assert between(at(bowl, 0), at(bowl, 10)) == pytest.approx(7)


def test_where_the_cubic_has_no_least_the_bracket_is_halved():
    assert cubic_minimum(Point(0, 0, -1), Point(1, -1, -1)) is None
    assert between(Point(0, 0, -1), Point(4, math.nan, math.nan)) == 2
    assert between(Point(0, 0, -1), Point(4, math.inf, 1)) == 2
    assert beyond(Point(0, 0, -1), Point(1, -1, -1)) == 10


def test_no_trial_is_beyond_the_longest_and_that_is_taken_if_it_is_low():
    _, trials = run(LINES["far away"], first=1.0, longest=7.0)
    assert max(t.length for t in trials) == trials[-1].length == 7
    assert [t.length for t in trials].count(7) == 1  # it is taken at once, however steep
    assert abs(trials[-1].slope) > CURVATURE * abs(trials[0].slope)


def test_a_search_that_finds_nothing_lower_ends_at_zero():
    search = Search(Point(0, 1.0, -1.0), 1.0, 10.0)
    for _ in range(MOST_TRIALS):
        assert search.trial > 0
        assert not search.tell(2.0, 1.0)
    assert search.trial == 0


def test_it_goes_on_from_its_state_after_every_trial():
    function = LINES["many minima"]
    _, whole = run(function, 1e-3)
    search = Search(at(function, 0), 1e-3, 1e6)
    for trial in whole:
        search = Search.restored(search.state())
        assert search.trial == trial.length
        accepted = search.tell(trial.loss, trial.slope)
    assert accepted


def test_it_accepts_where_scipy_finds_a_point_and_the_first_step_if_scipy_does():
    """Along Newton-like directions of Rosenbrock's function, as SciPy's own search does."""
    generator = torch.Generator().manual_seed(1)
    for _ in range(20):
        x = torch.randn(4, generator=generator, dtype=torch.float64)
        direction = torch.tensor(-rosen_der(x.numpy())) / 1000
        alpha, *_ = line_search(rosen, rosen_der, x.numpy(), direction.numpy())

        def line(a, x=x, direction=direction):
            y = x + a * direction
            return (100 * (y[1:] - y[:-1] ** 2) ** 2 + (1 - y[:-1]) ** 2).sum()

        start, trials = run(line, 1.0)
        assert alpha is not None
        assert (alpha == 1) == (trials[-1].length == 1)
        assert trials[-1].loss < start.loss


def test_a_bracket_without_width_is_its_point():
    point = Point(0.5, 1.0, -1.0)
    assert cubic_minimum(point, point) is None
    assert between(point, point) == 0.5


@pytest.mark.parametrize(("slope", "further"), [(-0.95, True), (0.95, False)])
def test_in_a_bracket_the_next_trial_lies_where_the_lowest_falls_to(slope, further):
    search = Search(Point(0, 0.0, -1.0), 4.0, 100.0)
    assert not search.tell(3.0, 2.0)  # too high: the bracket is 0 to 4
    middle = search.trial
    assert 0 < middle < 4
    assert not search.tell(-0.5, slope)  # lower, and too steep to be accepted
    assert (middle < search.trial < 4) if further else (0 < search.trial < middle)
