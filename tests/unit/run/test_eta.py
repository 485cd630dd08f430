"""How long a run will still take, and the lines that say so."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import torch

from impasto.job import Cost, Sizes
from impasto.job.estimate import Estimate
from impasto.job.resources import Extent
from impasto.optimize import Step
from impasto.pyramid import plan
from impasto.run import Eta, clock, losses


def eta_of(levels, pace=1e-6) -> Eta:
    """Return the estimate of a run in which every pixel costs the same, without any overhead."""
    estimate = Estimate(
        levels=levels,
        sizes=Sizes(content=(100, 100), styles=((100, 100),), style_scale=(1.0,)),
        extent=Extent((1, 1), (1, 1), 0),
        cost=Cost(memory=0, seconds=pace),
        tile=0,
        margin=0,
    )
    return Eta(SimpleNamespace(estimate=estimate))


def evaluations(levels, pace: float, first: float = 1.0) -> Iterator[tuple[object, float]]:
    """Yield steps as seen by a display, and the seconds that are really left after each.

    Args:
        levels: The sizes.
        pace: Seconds of a pixel.
        first: How many times as long the first evaluation of a size takes.
    """
    costs = [level.size**2 * pace for level in levels]
    before = [cost * first for cost in costs]  # the targets
    left = sum(
        b + (n.evaluations - 1 + first) * cost
        for n, cost, b in zip(levels, costs, before, strict=True)
    )
    for level, cost, targets in zip(levels, costs, before, strict=True):
        left -= targets
        for iteration in range(1, level.evaluations + 1):
            left -= cost * (first if iteration == 1 else 1)
            seconds = (iteration - 1 + first) * cost
            yield SimpleNamespace(size=level.size, iteration=iteration, seconds=seconds), left


PLANS = [plan(512, 10), plan(4096, 7), plan(300, 5, levels=1)]


def test_what_something_else_takes_between_two_evaluations_is_left_out():
    levels, late = plan(512, 10), 0.0
    eta = eta_of(levels, pace=2e-6)
    for step, left in evaluations(levels, pace=2e-6):
        step.seconds += late if step.iteration > 3 else 0
        assert eta.update(step) == pytest.approx(left, rel=1e-6, abs=1e-9)
        late = 5.0 if step.iteration >= 3 else 0.0
        if step.iteration == 3:
            eta.pause(late)


@pytest.mark.parametrize("levels", PLANS)
def test_the_time_left_is_exact_from_the_first_evaluation_if_pixels_cost_the_same(levels):
    eta = eta_of(levels, pace=2e-6)
    for step, left in evaluations(levels, pace=2e-6):
        assert eta.update(step) == pytest.approx(left, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("levels", PLANS)
@pytest.mark.parametrize("pace", [1e-6, 4e-6])
def test_a_slow_first_evaluation_and_a_wrong_estimate_are_corrected_by_the_second(levels, pace):
    eta = eta_of(levels, pace=2e-6)
    for step, left in evaluations(levels, pace, first=1.3):
        found = eta.update(step)
        if step.iteration > 1:
            assert found == pytest.approx(left, rel=0.2)


def test_at_the_first_evaluation_the_estimate_is_believed_unless_it_is_faster():
    levels = plan(300, 5, levels=1)
    work = 300**2
    assert eta_of(levels, 1e-6).update(first(work * 3e-6)) == pytest.approx(4 * work * 1e-6)
    assert eta_of(levels, 3e-6).update(first(work * 1e-6)) == pytest.approx(4 * work * 1e-6)


def first(seconds: float) -> SimpleNamespace:
    return SimpleNamespace(size=300, iteration=1, seconds=seconds)


def test_the_time_left_follows_the_speed_of_the_last_evaluations():
    levels = plan(300, 100, levels=1)
    eta, seconds = eta_of(levels), 0.0
    for iteration in range(1, 61):
        seconds += 1.0 if iteration <= 40 else 2.0
        left = eta.update(SimpleNamespace(size=300, iteration=iteration, seconds=seconds))
    assert left == pytest.approx(80)
    assert eta.cost == pytest.approx(2)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        *((0.0, "0:00"), (0.4, "0:00"), (59.4, "0:59"), (59.6, "1:00"), (65.0, "1:05")),
        *((3599.6, "1:00:00"), (7384.0, "2:03:04"), (360000.0, "100:00:00")),
    ],
)
def test_seconds_are_shown_as_on_a_clock(seconds, shown):
    assert clock(seconds) == shown


def test_losses_are_shown_by_kind():
    kinds = {"content": 0.25, "style": 1.5, "tv": 0.03125}
    step = Step(1, 32, 1, torch.empty(0), 1.78125, {}, kinds, 0.1)
    assert losses(step) == "content 0.25  style 1.5  tv 0.03125"
    assert losses(Step(1, 32, 1, torch.empty(0), 0.0, {}, {}, 0.1)) == ""
