"""What one size minimizes."""

import pytest

from impasto.job import prepare
from impasto.objective import IMAGE, Kind
from impasto.run import run
from impasto.settings import Settings
from tests.support.objectives import is_tiled, objective_at

SMALL = {"backbone": "pocket", "size": 64, "levels": 1, "iterations": 1, "precision": "float32"}


@pytest.fixture
def make(photograph, painting):
    def made(**settings):
        job = prepare(photograph, painting, Settings(**{**SMALL, **settings}))
        return job, objective_at(job, 64)

    return made


def test_every_term_has_a_name_a_kind_and_its_layers(make):
    _, objective = make(
        content_layers="relu4_2,relu2_1", style_layers="relu1_1,relu3_1",
        protect_edges=2, photoreal_weight=10,
    )  # fmt: skip
    assert [(term.name, term.kind, term.layers) for term in objective.terms] == [
        ("content relu4_2", Kind.CONTENT, ("relu4_2",)),
        ("content relu2_1", Kind.CONTENT, ("relu2_1",)),
        ("style relu1_1", Kind.STYLE, ("relu1_1",)),
        ("style relu3_1", Kind.STYLE, ("relu3_1",)),
        ("tv", Kind.REGULARIZER, (IMAGE,)),
        ("edges", Kind.REGULARIZER, (IMAGE,)),
        ("photoreal", Kind.REGULARIZER, (IMAGE,)),
    ]


def test_a_step_of_a_painting_has_the_losses_by_kind(make):
    job, objective = make(protect_edges=2, photoreal_weight=10, style_loss="gram:1,meanstd:0.5")
    (result,) = run(job)
    step = result.last
    assert list(step.kinds) == ["content", "style", "tv", "edges", "photoreal"]
    assert set(step.parts) == {term.name for term in objective.terms}
    style = sum(value for name, value in step.parts.items() if name.startswith("style "))
    assert step.kinds["style"] == pytest.approx(style)
    assert sum(step.kinds.values()) == pytest.approx(step.total)


def test_layer_weights_are_shares_of_the_weight_of_their_kind(make):
    layers = {"content_layers": "relu4_2:3,relu2_1:1", "style_layers": "relu1_1:1,relu3_1:4"}
    weights = {"content_weight": 2, "style_weight": 50, "tv_weight": 7}
    _, objective = make(**layers, **weights)
    assert objective.weights == pytest.approx(
        {"content relu4_2": 1.5, "content relu2_1": 0.5, "style relu1_1": 10, "style relu3_1": 40}
        | {"tv": 7}
    )


def test_some_conventions_take_layer_weights_as_given(make):
    _, objective = make(
        normalization="gatys2016", style_layers="relu1_1:1,relu3_1:4", content_weight=2,
        style_weight=50,
    )  # fmt: skip
    assert objective.weights["style relu1_1"] == 50
    assert objective.weights["style relu3_1"] == 200


@pytest.mark.parametrize(
    ("off", "left"),
    [
        ("content_weight", {Kind.STYLE, Kind.REGULARIZER}),
        ("style_weight", {Kind.CONTENT, Kind.REGULARIZER}),
        ("tv_weight", {Kind.CONTENT, Kind.STYLE}),
    ],
)
def test_what_has_no_weight_is_left_out(make, off, left):
    _, objective = make(**{off: 0})
    assert {term.kind for term in objective.terms} == left


@pytest.mark.parametrize(("tile", "found"), [(0, False), (32, True), (64, False), (96, False)])
def test_an_image_no_larger_than_a_tile_is_evaluated_whole(make, tile, found):
    assert is_tiled(make(tile=tile)[1]) is found
