import itertools
from dataclasses import replace

import pytest
import torch

from impasto.errors import ImpastoError
from impasto.objective.objective import Evaluation
from impasto.optimize.lbfgs import LBFGS
from impasto.optimize.loop import PATIENCE, STALLED, WINDOW, State, has_converged, minimize, proceed


def bowl(image: torch.Tensor) -> Evaluation:
    total = image.square().sum().item()
    return Evaluation(total, {"bowl": total}, 2 * image)


START = torch.full((1, 3, 4, 4), 0.5)


def test_it_yields_a_step_for_every_evaluation():
    steps = list(minimize(bowl, START, LBFGS(), 40))
    assert [step.index for step in steps] == list(range(1, 41))
    assert steps[0].image is START
    assert steps[-1].best_total < 1e-6
    assert all(a.seconds <= b.seconds for a, b in itertools.pairwise(steps))
    assert all(b.best_total <= a.best_total for a, b in itertools.pairwise(steps))


def test_it_can_be_stopped_at_any_step():
    calls = []

    def counted(image):
        calls.append(1)
        return bowl(image)

    for step in minimize(counted, START, LBFGS(), 1000):
        if step.index == 3:
            break
    assert len(calls) == 3


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e9])
def test_a_divergence_goes_back_to_the_best_image_and_says_so(bad):
    count = itertools.count(1)

    def sometimes(image):
        at = bowl(image)
        return Evaluation(bad, {}, image * float("nan")) if next(count) == 3 else at

    steps = list(minimize(sometimes, START, LBFGS(), 60))
    assert "best image" in steps[2].note
    assert steps[2].total == steps[1].best_total
    assert torch.equal(steps[3].image, steps[1].best)
    assert [bool(step.note) for step in steps].count(True) == 1
    assert steps[-1].best_total < 1e-3


@pytest.mark.parametrize(("times", "diverged"), [(9.0, False), (11.0, True)])
def test_a_loss_of_more_than_ten_times_the_best_has_diverged(times, diverged):
    totals = []

    def jumping(image):
        at = bowl(image)
        totals.append(times * min(totals) if len(totals) == 2 else at.total)
        return replace(at, total=totals[-1])

    steps = list(minimize(jumping, START, LBFGS(), 3))
    assert [bool(step.note) for step in steps] == [False, False, diverged]


def test_a_run_that_keeps_diverging_ends_with_its_best_image():
    def hopeless(image):
        total = 1.0 if torch.equal(image, START) else float("nan")
        return Evaluation(total, {}, torch.ones_like(image))

    steps = list(minimize(hopeless, START, LBFGS(), 1000))
    assert len([step for step in steps if step.note]) == PATIENCE
    assert torch.equal(steps[-1].best, START)


def test_a_start_that_is_not_finite_is_an_error():
    with pytest.raises(ImpastoError, match="start image is nan"):
        list(minimize(lambda image: Evaluation(float("nan"), {}, image), START, LBFGS(), 5))


def test_it_stops_when_it_has_converged():
    def flat(image):
        total = 1 + image.square().sum().item()
        return Evaluation(total, {"flat": total}, 2 * image)

    steps = list(minimize(flat, START, LBFGS(), 1000, tolerance=1e-4))
    assert WINDOW < len(steps) < 100
    assert steps[-1].best_total == pytest.approx(1, abs=1e-3)
    assert len(list(minimize(flat, START, LBFGS(), 100, tolerance=0))) == 100


@pytest.mark.parametrize(("fall", "converged"), [(1.1e-4, False), (0.9e-4, True)])
def test_the_tolerance_is_a_share_per_evaluation(fall, converged):
    recent = [1 - fall * index for index in range(WINDOW + 1)]
    assert has_converged([5 * total / recent[-1] for total in recent], 1e-4) is converged
    assert not has_converged(recent[:-1], 1e-4)


def test_a_run_without_progress_goes_back_to_the_best_image_with_shorter_steps():
    class Astray(LBFGS):
        def step(self, image, gradient, total):
            moved = super().step(image, gradient, total)
            return moved if self.learning_rate < 1 else 2 * image - moved  # uphill at first

    def above_one(image):
        return Evaluation(1 + bowl(image).total, {}, 2 * image)

    steps = list(minimize(above_one, START, Astray(), 60))
    assert [step.index for step in steps if step.note] == [STALLED + 1]
    assert steps[-1].best_total < steps[0].total / 2


def test_a_better_image_is_taken_however_late_it_comes():
    count = itertools.count(1)

    def late(image):
        total = {1: 1.0, STALLED + 1: 0.5}.get(next(count), 2.0)
        return Evaluation(total, {}, torch.ones_like(image))

    steps = list(minimize(late, START, LBFGS(), STALLED + 1))
    assert steps[-1].best_total == 0.5
    assert not any(step.note for step in steps)


def test_it_goes_on_from_a_state_as_if_it_had_not_stopped():
    whole = list(minimize(bowl, START, LBFGS(), 12))
    state = State(START, LBFGS())
    first = list(proceed(bowl, state, 5))
    rest = list(proceed(bowl, state, 12))
    assert [step.index for step in first + rest] == list(range(1, 13))
    assert [step.total for step in first + rest] == [step.total for step in whole]
    assert rest[0].seconds >= first[-1].seconds
    assert list(proceed(bowl, state, 12)) == []


def test_the_state_is_complete_whenever_a_step_is_yielded():
    state, seen = State(START, LBFGS()), []
    for step in proceed(bowl, state, 8):
        twin = State(state.image, LBFGS(), state.index, 0.0, state.best, state.improved)
        twin.optimizer.restore(state.optimizer.state())
        seen.append([step.total for step in proceed(bowl, twin, 8)])
    totals = [step.total for step in minimize(bowl, START, LBFGS(), 8)]
    assert seen == [totals[index:] for index in range(1, 9)]


def test_an_image_that_is_no_picture_is_no_progress_though_its_loss_be_low():
    class Breaks(LBFGS):
        def step(self, image, gradient, total):
            following = super().step(image, gradient, total)
            return following * torch.nan if total < 5 else following

    blind = lambda image: replace(bowl(image), total=float(bowl(image.nan_to_num(0)).total))  # noqa: E731
    *_, last = minimize(blind, START, Breaks(), 40)
    assert last.best.isfinite().all()
    assert last.best_total > 0
