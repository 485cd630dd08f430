"""Penalty factors that fall while a function is minimized."""

import itertools
from dataclasses import replace

import pytest
import torch

from impasto.losses import Loss
from impasto.objective import IMAGE, Kind, Objective, Term, whole
from impasto.optimize import State, minimize, schedule
from impasto.optimize.continuation import FACTOR
from impasto.optimize.lbfgs import LBFGS
from impasto.optimize.loop import PATIENCE
from tests.support.functions import Plain, descend, twin

START = torch.full((1, 3, 4, 4), 0.5)
HILL = torch.linspace(0, 1, 48).reshape(1, 3, 4, 4)


class Toward(Loss):
    """A weighted square of the distance from an image."""

    def __init__(self, goal: torch.Tensor, steepness: torch.Tensor | float) -> None:
        self.goal, self.steepness = goal, steepness

    def __call__(self, features, mask=None):
        return ((features - self.goal).square() * self.steepness).sum()


TERMS = [
    Term("content", Kind.CONTENT, 1.0, (IMAGE,), Toward(START, 1.0)),
    Term("tv", Kind.REGULARIZER, 0.5, (IMAGE,), Toward(torch.zeros_like(START), 1.0)),
    Term("style a", Kind.STYLE, 2.0, (IMAGE,), Toward(HILL, 1 + 20 * HILL)),
]
OBJECTIVE = Objective(TERMS, whole(lambda image, layers: {}))
MINIMUM = (0.5 * 1 + HILL * 2 * (1 + 20 * HILL)) / (1.5 + 2 * (1 + 20 * HILL))


class Watched:
    """The objective, with the images that it was evaluated at; its evaluations may be altered."""

    def __init__(self, alter=lambda image, at: at, objective=OBJECTIVE, seen=None):
        self.alter, self.objective = alter, objective
        self.seen = [] if seen is None else seen
        self.penalized = objective.penalized

    def __call__(self, image):
        self.seen.append(image)
        return self.alter(image, self.objective(image))

    def with_penalty_factor(self, factor):
        return Watched(self.alter, self.objective.with_penalty_factor(factor), self.seen)


def begun():
    return State().begin(START, LBFGS())


def run(evaluations=60, share=0.75, state=None, tolerance=0.0, function=OBJECTIVE):
    stages = schedule(evaluations, round(share * evaluations))
    yield from minimize(function, state or begun(), stages, tolerance)


@pytest.mark.parametrize("evaluations", [1, 2, 5, 30, 60, 3000])
def test_stages_follow_each_other_to_the_objective_itself(evaluations):
    stages = schedule(evaluations, 45)
    assert stages[0][0] == FACTOR
    assert stages[-1] == (1.0, evaluations)
    assert all(a > b and end <= later for (a, end), (b, later) in itertools.pairwise(stages))
    assert stages[-2][1] == min(45, evaluations)


def test_an_interrupted_run_has_the_stages_of_the_whole_one():
    entire, part = schedule(60, 45), schedule(20, 45)
    assert [factor for factor, _ in entire] == [factor for factor, _ in part]
    assert [min(until, 20) for _, until in entire] == [until for _, until in part]


def test_it_ends_in_the_minimum_of_the_objective_itself():
    state = begun()
    *_, last = run(evaluations=80, state=state)
    assert last.index == 80
    assert (last.image - MINIMUM).abs().max() < 1e-4
    assert state.lowest == pytest.approx(OBJECTIVE(MINIMUM).total, rel=1e-5)


def test_losses_are_those_of_the_objective_itself_at_every_evaluation():
    state, watched = begun(), Watched()
    for step in run(state=state, function=watched):
        at = OBJECTIVE(watched.seen[-1])
        assert step.total == pytest.approx(at.total, rel=1e-5)
        assert step.parts == pytest.approx(at.parts, rel=1e-5, abs=1e-9)
        assert step.kinds == pytest.approx(at.kinds, rel=1e-5, abs=1e-9)
        assert state.best.total == pytest.approx(OBJECTIVE(step.image).total, rel=1e-5)
    assert len(watched.seen) == 60


def test_the_lowest_loss_is_that_with_the_present_factor():
    """The best image of one stage has another loss in the next, and only a lower one beats that."""
    state, factors = begun(), []
    for step in run(state=state):
        penalized = OBJECTIVE.with_penalty_factor(state.factor)
        assert state.lowest == pytest.approx(penalized(step.image).penalized, rel=1e-5)
        factors.append(state.factor)
    stages = schedule(60, 45)
    spans = itertools.pairwise([0, *(until for _, until in stages)])
    assert factors == [
        factor for (factor, _), span in zip(stages, spans, strict=True) for _ in range(*span)
    ]


def test_the_first_stages_stay_nearer_to_the_content():
    def content(share):
        return max(step.parts["content"] for step in itertools.islice(run(share=share), 9))

    assert content(0.75) < 0.7 * content(0)


def test_without_it_is_the_plain_loop():
    plain, watched = Plain(OBJECTIVE), Watched()
    expected = descend(plain, START, LBFGS(), 30)
    found = list(run(30, 0, function=watched))
    assert [step.total for step in found] == [step.total for step in expected]
    for ours, theirs in zip(watched.seen, plain.seen, strict=True):
        assert torch.equal(ours, theirs)


def test_a_stage_that_has_converged_makes_way_for_the_next():
    state = begun()
    steps = list(run(evaluations=5000, state=state, tolerance=1e-3))
    assert state.factor == 1
    assert len(steps) < 1000
    thorough = begun()
    list(run(evaluations=300, state=thorough))
    assert state.lowest == pytest.approx(thorough.lowest, rel=1e-3)


def test_a_divergence_in_a_later_stage_goes_back_to_the_best_image():
    count = itertools.count(1)

    def sometimes(image, at):
        return replace(at, penalized=float("nan")) if next(count) == 4 else at

    state, other, watched = begun(), begun(), Watched(sometimes)
    steps = list(run(evaluations=60, state=state, function=watched))
    assert schedule(60, 45)[0][1] == 3  # the fourth is the first of the second stage
    assert "best image" in steps[3].note
    assert torch.equal(watched.seen[4], steps[2].image)
    list(run(state=other))
    assert state.lowest == pytest.approx(other.lowest, rel=1e-2)


def test_a_run_that_keeps_diverging_ends_in_every_stage():
    def hopeless(image, at):
        return at if torch.equal(image, START) else replace(at, penalized=float("nan"))

    steps = list(run(evaluations=1000, function=Watched(hopeless)))
    assert len([step for step in steps if step.note]) == PATIENCE
    assert torch.equal(steps[-1].image, START)


@pytest.mark.parametrize("tolerance", [0.0, 1e-3])
def test_in_the_middle_of_every_stage_and_between_them_the_state_is_complete(tolerance):
    """A copy of it leads to the very same images, wherever it is taken."""
    state, whole, factors = begun(), Watched(), []
    expected = list(run(tolerance=tolerance, function=whole))
    for step in run(state=state, tolerance=tolerance):
        if step.index % 3 == 0:  # the ends of all stages are among them
            factors.append(state.factor)
            part = Watched()
            rest = list(run(state=twin(state, LBFGS()), tolerance=tolerance, function=part))
            assert [each.total for each in rest] == [e.total for e in expected[step.index :]]
            for ours, theirs in zip(part.seen, whole.seen[step.index :], strict=True):
                assert torch.equal(ours, theirs)
    assert set(factors) == {factor for factor, _ in schedule(60, 45)}


def test_the_stages_are_those_of_the_table():
    table = [(30.0, 3), (9.7, 9), (3.1, 30), (1.8, 45), (1.0, 60)]
    assert [(round(factor, 1), until) for factor, until in schedule(60, 45)] == table
    assert schedule(60, 0) == ((1.0, 60),)
    assert [until for _, until in schedule(600, 450)] == [30, 90, 300, 450, 600]


def test_a_run_that_ends_within_a_stage_leaves_the_state_in_it():
    """So that a longer one goes on as if it had not ended."""
    watched, state, whole = Watched(), begun(), Watched()
    list(minimize(watched, state, schedule(20, 45)))
    assert state.factor == schedule(20, 45)[2][0] > 1
    list(minimize(watched, state, schedule(60, 45)))
    list(minimize(whole, begun(), schedule(60, 45)))
    for ours, theirs in zip(watched.seen, whole.seen, strict=True):
        assert torch.equal(ours, theirs)
