import itertools
from dataclasses import replace

import pytest
import torch

from impasto.errors import SettingsError
from impasto.objective.objective import IMAGE, Objective, Term
from impasto.optimize.continuation import FACTOR, eased, proceed_in_stages, stages, weighed
from impasto.optimize.lbfgs import LBFGS
from impasto.optimize.loop import PATIENCE, State, proceed
from impasto.pyramid import LONG, continued
from impasto.samples import painting, photograph
from impasto.settings.settings import Settings
from impasto.transfer import continuation, minimized, stylize, stylize_steps

START = torch.full((1, 3, 4, 4), 0.5)
HILL = torch.linspace(0, 1, 48).reshape(1, 3, 4, 4)


def toward(goal: torch.Tensor, steepness: torch.Tensor | float):
    return lambda image: ((image - goal).square() * steepness).sum()


TERMS = [
    Term("content", 1.0, IMAGE, toward(START, 1.0)),
    Term("tv", 0.5, IMAGE, toward(torch.zeros_like(START), 1.0)),
    Term("style a", 2.0, IMAGE, toward(HILL, 1 + 20 * HILL)),
]
OBJECTIVE = Objective(lambda image, layers: {}, TERMS)


def function(factor):
    return minimized(OBJECTIVE, None, factor)


def run(evaluations=60, share=0.75, state=None, tolerance=0.0, function=function):
    state = state or State(START, LBFGS())
    course = stages(evaluations, round(share * evaluations))
    yield from proceed_in_stages(function, state, course, tolerance)


@pytest.mark.parametrize("evaluations", [1, 2, 5, 30, 60, 3000])
def test_stages_follow_each_other_to_the_objective_itself(evaluations):
    course = stages(evaluations, 45)
    assert course[0].factor == FACTOR
    assert course[-1] == (1.0, evaluations)
    assert all(a.factor > b.factor and a.until <= b.until for a, b in itertools.pairwise(course))
    assert course[-2].until == min(45, evaluations)


def test_an_interrupted_run_has_the_stages_of_the_whole_one():
    whole, part = stages(60, 45), stages(20, 45)
    assert [min(stage.until, 20) for stage in whole] == [stage.until for stage in part]


def test_all_but_the_style_is_eased():
    weights = {term.name: term.weight for term in eased(OBJECTIVE, 10.0).terms}
    assert weights == {"content": 10.0, "tv": 5.0, "style a": 2.0}
    assert eased(OBJECTIVE, 1.0) is OBJECTIVE


def test_it_ends_in_the_minimum_of_the_objective_itself():
    exact = (0.5 * 1 + HILL * 2 * (1 + 20 * HILL)) / (1.5 + 2 * (1 + 20 * HILL))
    *_, last = run(evaluations=80)
    assert last.index == 80
    assert (last.best - exact).abs().max() < 1e-4
    assert last.best_total == pytest.approx(OBJECTIVE(exact).total, rel=1e-5)


def test_losses_are_those_of_the_objective_itself_at_every_evaluation():
    for step in run():
        at = OBJECTIVE(step.image)
        assert step.total == pytest.approx(at.total, rel=1e-5)
        assert step.parts == pytest.approx(at.parts, rel=1e-5, abs=1e-9)
        assert step.best_total == pytest.approx(OBJECTIVE(step.best).total, rel=1e-5)


def test_the_first_stages_stay_nearer_to_the_photograph():
    def content(share):
        return max(step.parts["content"] for step in itertools.islice(run(share=share), 9))

    assert content(0.75) < 0.7 * content(0)


def test_without_it_is_the_plain_loop():
    plain = list(proceed(OBJECTIVE, State(START, LBFGS()), 30))
    for ours, theirs in zip(run(30, 0), plain, strict=True):
        assert ours.total == theirs.total
        assert torch.equal(ours.image, theirs.image)


def test_a_stage_that_has_converged_makes_way_for_the_next():
    state = State(START, LBFGS())
    steps = list(run(evaluations=5000, state=state, tolerance=1e-3))
    assert state.stage == 4
    assert len(steps) < 1000
    *_, thorough = run(evaluations=300)
    assert steps[-1].best_total == pytest.approx(thorough.best_total, rel=1e-3)


def test_a_divergence_in_a_later_stage_goes_back_to_the_best_image():
    count = itertools.count(1)

    def sometimes(factor):
        def evaluated(image):
            at = function(factor)(image)
            return replace(at, total=float("nan")) if next(count) == 4 else at

        return evaluated

    steps = list(run(evaluations=60, function=sometimes))
    assert stages(60, 45)[0].until == 3  # the fourth is the first of the second stage
    assert "best image" in steps[3].note
    assert torch.equal(steps[4].image, steps[2].best)
    assert steps[-1].best_total == pytest.approx(list(run())[-1].best_total, rel=1e-2)


def test_a_run_that_keeps_diverging_ends_in_every_stage():
    def hopeless(factor):
        def evaluated(image):
            at = function(factor)(image)
            return at if torch.equal(image, START) else replace(at, total=float("nan"))

        return evaluated

    steps = list(run(evaluations=1000, function=hopeless))
    assert len([step for step in steps if step.note]) == PATIENCE
    assert torch.equal(steps[-1].best, START)


def test_weighed_leaves_the_style():
    assert weighed({"style a": 1.0, "content": 2.0}, 3.0) == {"style a": 1.0, "content": 6.0}


def paint(**settings):
    return stylize_steps(photograph("cat"), painting("swirls"), size=96, tile=0, **settings)


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"levels": 1, "iterations": 60}, [45]),
        ({"levels": 1, "iterations": 39}, [0]),
        ({"plan": "32:20,64:60"}, [0, 45]),
        ({"plan": "32:20", "continuation": 45}, [0]),
        ({"levels": 1, "iterations": 60, "continuation": 20}, [20]),
        ({"levels": 1, "iterations": 60, "content_weight": 0}, [0]),
        ({"levels": 1, "iterations": 60, "init": str(photograph("coffee"))}, [0]),
        ({"levels": 1, "iterations": 60, "preset": "paper", "backbone": "pocket"}, [0]),
    ],
)
def test_every_size_has_it_but_the_coarsest_of_several(settings, found):
    job = next(paint(**settings)).job
    assert [continuation(job, level) for level in range(len(job.levels))] == found


def test_it_takes_three_quarters_of_the_evaluations_and_no_more_than_of_240():
    assert continued(LONG) == continued(10 * LONG) == 180
    assert Settings(iterations=80).with_defaults().continuation == 60
    assert Settings(style_weight=0).with_defaults().plan[-1] == (512, 80)
    assert Settings(continuation=0).with_defaults().plan[-1] == (512, 80)
    assert Settings(converge=1e-3).with_defaults().continuation == 180


def test_it_must_leave_evaluations_with_all_weights_as_given():
    with pytest.raises(SettingsError, match="continuation is 60 and iterations are 60"):
        Settings(iterations=60, continuation=60)
    Settings(plan="64:20", iterations=60, continuation=45)  # an interrupted run


def test_as_many_evaluations_reach_a_lower_loss():
    def lowest(**settings):
        *_, last = paint(levels=1, iterations=60, **settings)
        return last.step.best_total

    assert lowest() < 0.98 * lowest(continuation=0)


def test_tiles_are_eased_alike():
    def painted(tile):
        return stylize(
            photograph("coffee"), painting("swirls"), size=96, plan="96:6", continuation=15,
            tile=tile, precision="float64",
        )  # fmt: skip

    whole, tiled = painted(0), painted(64)
    assert [a.total for a in tiled.history] == pytest.approx([b.total for b in whole.history])
