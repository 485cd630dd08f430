"""How long a run will still take, and the lines that say so."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import torch

from impasto.optimize import Step
from impasto.pyramid import plan
from impasto.run import Eta, clock, losses


def eta_of(levels) -> Eta:
    """Return the estimate of a run in which every pixel costs the same."""
    estimate = SimpleNamespace(
        levels=levels,
        work=lambda level: level.evaluations * level.size**2,
        work_of_one=lambda size: size**2,
    )
    return Eta(SimpleNamespace(estimate=estimate))


def evaluations(levels, cost_per_pixel: float) -> Iterator[tuple[object, float]]:
    """Yield steps as seen by a display, and the seconds that are really left after each."""
    costs = [level.size**2 * cost_per_pixel for level in levels]
    left = sum(n.evaluations * cost for n, cost in zip(levels, costs, strict=True))
    for level, cost in zip(levels, costs, strict=True):
        for iteration in range(1, level.evaluations + 1):
            left -= cost
            yield (
                SimpleNamespace(size=level.size, iteration=iteration, seconds=iteration * cost),
                left,
            )


@pytest.mark.parametrize("levels", [plan(512, 10), plan(4096, 7), plan(300, 5, levels=1)])
def test_the_time_left_is_exact_from_the_first_evaluation_if_pixels_cost_the_same(levels):
    eta = eta_of(levels)
    for step, left in evaluations(levels, cost_per_pixel=2e-6):
        assert eta.update(step) == pytest.approx(left, rel=1e-9, abs=1e-9)


def test_the_time_left_follows_the_speed_of_the_present_size():
    levels = plan(512, 10)
    eta = eta_of(levels)
    estimates = [
        eta.update(SimpleNamespace(size=512, iteration=n, seconds=n * cost))
        for n, cost in [(1, 1.0), (2, 1.0), (4, 2.0), (10, 2.0)]
    ]
    assert estimates == [9.0, 8.0, 12.0, 0.0]


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
