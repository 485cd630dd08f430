import itertools

import pytest
import torch

from impasto.errors import ImpastoError
from impasto.objective import Evaluation
from impasto.optimize import WINDOW, State, minimize
from impasto.optimize.lbfgs import LBFGS
from impasto.optimize.loop import PATIENCE, STALLED, has_converged
from tests.support.functions import Plain, bowl, descend, evaluation, twin

START = torch.full((1, 3, 4, 4), 0.5)


def test_it_yields_a_step_for_every_evaluation():
    state, lowest = State().begin(START, LBFGS()), []
    steps = []
    for step in minimize(Plain(bowl), state, [(1.0, 40)]):
        steps.append(step)
        lowest.append(state.lowest)
    assert [step.index for step in steps] == list(range(1, 41))
    assert [step.iteration for step in steps] == list(range(1, 41))
    assert steps[0].image is START
    assert lowest[-1] < 1e-6
    assert all(a.seconds <= b.seconds for a, b in itertools.pairwise(steps))
    assert all(b <= a for a, b in itertools.pairwise(lowest))
    assert lowest == list(itertools.accumulate((step.total for step in steps), min))


def test_a_step_has_the_best_image_so_far_and_the_loss_of_the_one_evaluated():
    count = itertools.count(1)

    def jumps(image):
        at = bowl(image)
        return evaluation(at.total + (3.0 if next(count) == 3 else 0.0), at.gradient)

    function = Plain(jumps)
    steps, seen = descend(function, START, LBFGS(), 5), function.seen
    assert not any(step.note for step in steps)
    assert steps[2].total > steps[1].total
    assert steps[2].image is steps[1].image is seen[1]
    assert steps[2].total == bowl(seen[2]).total + 3
    assert steps[3].image is seen[3]


def test_a_step_tells_the_size_and_the_losses_by_name_and_kind():
    def named(image):
        at = bowl(image)
        return Evaluation(at.total, {"a": at.total}, {"kind": at.total}, at.total, at.gradient)

    state = State().begin(START, LBFGS(), size=64)
    (step,) = minimize(Plain(named), state, [(1.0, 1)])
    assert step.size == 64
    assert (step.parts, step.kinds) == ({"a": 12.0}, {"kind": 12.0})
    kept = step.without_image()
    assert kept.image.numel() == 0
    assert (kept.total, kept.parts, kept.index) == (step.total, step.parts, step.index)


def test_it_can_be_stopped_at_any_step():
    function, state = Plain(bowl), State().begin(START, LBFGS())
    for step in minimize(function, state, [(1.0, 1000)]):
        if step.index == 3:
            break
    assert len(function.seen) == 3


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e9])
def test_a_divergence_goes_back_to_the_best_image_and_says_so(bad):
    count = itertools.count(1)

    def sometimes(image):
        at = bowl(image)
        return evaluation(bad, image * float("nan")) if next(count) == 3 else at

    function = Plain(sometimes)
    steps, seen = descend(function, START, LBFGS(), 60), function.seen
    assert "best image" in steps[2].note
    assert (steps[2].index, steps[2].iteration) == (3, 3)
    assert steps[2].total == steps[1].total
    assert steps[2].parts == steps[2].kinds == {"all": steps[1].total}
    assert torch.equal(seen[3], steps[1].image)
    assert [bool(step.note) for step in steps].count(True) == 1
    assert bowl(steps[-1].image).total < 1e-3


@pytest.mark.parametrize("error", [torch.linalg.LinAlgError, OverflowError])
def test_a_loss_that_cannot_be_computed_has_diverged(error):
    def impossible(image):
        if not torch.equal(image, START):
            raise error("the input matrix contains numbers that are not finite")
        return bowl(image)

    first, second = descend(impossible, START, LBFGS(), 2)
    assert "the loss is nan: going on from the best image" in second.note
    assert torch.equal(second.image, first.image)


def test_an_image_that_is_not_finite_is_not_evaluated():
    function = Plain(lambda image: evaluation(1.0, torch.full_like(image, float("inf"))))
    assert descend(function, START, LBFGS(), 2)[1].note
    assert len(function.seen) == 1


@pytest.mark.parametrize(("times", "diverged"), [(9.0, False), (11.0, True)])
def test_a_loss_of_more_than_ten_times_the_best_has_diverged(times, diverged):
    totals = []

    def jumping(image):
        at = bowl(image)
        totals.append(times * min(totals) if len(totals) == 2 else at.total)
        return evaluation(totals[-1], at.gradient)

    steps = descend(jumping, START, LBFGS(), 3)
    assert [bool(step.note) for step in steps] == [False, False, diverged]


def test_a_run_that_keeps_diverging_ends_with_its_best_image():
    def hopeless(image):
        total = 1.0 if torch.equal(image, START) else float("nan")
        return evaluation(total, torch.ones_like(image))

    steps = descend(hopeless, START, LBFGS(), 1000)
    assert len([step for step in steps if step.note]) == PATIENCE
    assert torch.equal(steps[-1].image, START)


def test_a_start_that_is_not_finite_is_an_error():
    with pytest.raises(ImpastoError, match="start image is nan"):
        descend(lambda image: evaluation(float("nan"), image), START, LBFGS(), 5)


def flat(image):
    return evaluation(1 + image.square().sum().item(), 2 * image)


def test_it_stops_when_it_has_converged():
    steps = descend(flat, START, LBFGS(), 1000, tolerance=1e-4)
    assert WINDOW < len(steps) < 100
    assert flat(steps[-1].image).total == pytest.approx(1, abs=1e-3)
    assert len(descend(flat, START, LBFGS(), 100, tolerance=0)) == 100


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

    steps = descend(flat, START, Astray(), 60)
    assert [step.index for step in steps if step.note] == [STALLED + 1]
    assert flat(steps[-1].image).total < steps[0].total / 2


def test_a_run_without_progress_makes_all_the_evaluations_that_it_was_asked_for():
    asked = (PATIENCE + 2) * STALLED

    def done(image):
        return evaluation(1.0 if torch.equal(image, START) else 2.0, torch.ones_like(image))

    steps = descend(done, START, LBFGS(), asked)
    assert len(steps) == asked
    assert len([step for step in steps if step.note]) > PATIENCE
    assert torch.equal(steps[-1].image, START)


def test_a_better_image_is_taken_however_late_it_comes():
    count = itertools.count(1)

    def late(image):
        total = {1: 1.0, STALLED + 1: 0.5}.get(next(count), 2.0)
        return evaluation(total, torch.ones_like(image))

    state = State().begin(START, LBFGS())
    steps = list(minimize(Plain(late), state, [(1.0, STALLED + 1)]))
    assert state.lowest == steps[-1].total == 0.5
    assert state.best.image is steps[-1].image
    assert not any(step.note for step in steps)


def test_it_goes_on_from_a_state_as_if_it_had_not_stopped():
    whole = descend(bowl, START, LBFGS(), 12)
    state = State().begin(START, LBFGS())
    first = list(minimize(Plain(bowl), state, [(1.0, 5)]))
    rest = list(minimize(Plain(bowl), state, [(1.0, 12)]))
    assert [step.index for step in first + rest] == list(range(1, 13))
    assert [step.total for step in first + rest] == [step.total for step in whole]
    assert rest[0].seconds >= first[-1].seconds
    assert list(minimize(Plain(bowl), state, [(1.0, 12)])) == []


def test_the_state_is_complete_whenever_a_step_is_yielded():
    state, seen = State().begin(START, LBFGS()), []
    for _ in minimize(Plain(bowl), state, [(1.0, 8)]):
        other = twin(state, LBFGS())
        seen.append([step.total for step in minimize(Plain(bowl), other, [(1.0, 8)])])
    totals = [step.total for step in descend(bowl, START, LBFGS(), 8)]
    assert seen == [totals[index:] for index in range(1, 9)]


def test_a_new_state_stands_nowhere_and_begins_at_an_image():
    state = State()
    assert (state.size, state.iteration, state.best) == (0, 0, None)
    optimizer = LBFGS()
    assert state.begin(START, optimizer, 64, {"a": 2.0}) is state
    assert state.image is START
    assert state.optimizer is optimizer
    assert (state.size, state.before, state.weights) == (64, 0, {"a": 2.0})


def test_a_state_that_begins_anew_knows_only_how_much_was_done_before():
    state = State().begin(START, LBFGS(), 32, {"a": 1.0})
    list(minimize(Plain(bowl), state, [(3.0, 4), (1.0, 7)]))
    assert (state.before, state.iteration) == (0, 7)
    state.begin(2 * START, LBFGS(), 64)
    here = {"image": state.image, "optimizer": state.optimizer}
    assert vars(state) == vars(State(size=64, before=7)) | here
    steps = list(minimize(Plain(bowl), state, [(3.0, 2), (1.0, 5)]))
    assert [step.index for step in steps] == [8, 9, 10, 11, 12]
    assert [step.iteration for step in steps] == [1, 2, 3, 4, 5]
    assert {step.size for step in steps} == {64}


def test_an_image_that_is_no_picture_is_no_progress_though_its_loss_be_low():
    class Breaks(LBFGS):
        def step(self, image, gradient, total):
            following = super().step(image, gradient, total)
            return following * torch.nan if total < 5 else following

    def blind(image):
        """As a ReLU in the pass of its convolution makes 0 of what is not a number."""
        return evaluation(bowl(image.nan_to_num(0)).total, bowl(image).gradient)

    state = State().begin(START, Breaks())
    *_, last = minimize(Plain(blind), state, [(1.0, 40)])
    assert last.image.isfinite().all()
    assert state.lowest > 0


def test_a_run_that_goes_on_converges_and_stalls_when_the_whole_one_does():
    """What the loop knows of the last evaluations outlives an interruption."""

    def stuck(image):
        return evaluation(1.0 if torch.equal(image, START) else 2.0, torch.ones_like(image))

    for function, tolerance in ((flat, 1e-4), (stuck, 0.0)):
        whole = descend(function, START, LBFGS(), 70, tolerance)
        for cut in (WINDOW // 2, WINDOW):
            state = State().begin(START, LBFGS())
            first = list(minimize(Plain(function), state, [(1.0, cut)], tolerance))
            rest = list(minimize(Plain(function), state, [(1.0, 70)], tolerance))
            assert [bool(step.note) for step in first + rest] == [bool(s.note) for s in whole]
    assert any(step.note for step in whole)
