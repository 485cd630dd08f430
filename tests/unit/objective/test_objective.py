import pytest
import torch

from impasto.losses import Loss
from impasto.objective import IMAGE, Evaluation, Kind, Objective, Term, whole


def network(images, layers):
    return {name: images * factor for name, factor in (("a", 2.0), ("b", 3.0)) if name in layers}


class Total(Loss):
    """The sum of all values; of several maps, the first times that of the others."""

    def __call__(self, features, mask=None):
        first, *others = features if isinstance(features, tuple) else (features,)
        return (first if mask is None else mask * first).sum() * sum((o.sum() for o in others), 1)


def term(name, weight, *layers, kind=Kind.CONTENT, mask=None):
    return Term(name, kind, weight, layers, Total(), mask)


IMAGE_OF_ONES = torch.ones(1, 3, 2, 2)


def test_the_total_is_the_weighted_sum_and_parts_have_names():
    terms = [term("first", 1.0, "a"), term("second", 0.5, "b"), term("itself", 10.0, IMAGE)]
    at = Objective(terms, whole(network))(IMAGE_OF_ONES)
    assert at.parts == {"first": 24.0, "second": 18.0, "itself": 120.0}
    assert at.total == at.penalized == pytest.approx(162.0)
    assert torch.equal(at.gradient, torch.full_like(IMAGE_OF_ONES, 2 + 1.5 + 10))


def test_losses_are_summed_by_kind_and_every_regularizer_stays_alone():
    terms = [
        term("content a", 1.0, "a"),
        term("style a", 0.5, "a", kind=Kind.STYLE),
        term("style b", 0.25, "b", kind=Kind.STYLE),
        term("tv", 1.0, IMAGE, kind=Kind.REGULARIZER),
        term("edges", 2.0, IMAGE, kind=Kind.REGULARIZER),
        term("content b", 1.0, "b"),
    ]
    at = Objective(terms, whole(network))(IMAGE_OF_ONES)
    assert at.kinds == {"content": 24 + 36, "style": 12 + 9, "tv": 12, "edges": 24}
    assert sum(at.kinds.values()) == at.total


def test_what_a_term_is_for_does_not_depend_on_its_name():
    misnamed = Term("style a", Kind.CONTENT, 1.0, ("a",), Total())
    objective = Objective([misnamed], whole(network)).with_penalty_factor(10.0)
    at = objective(IMAGE_OF_ONES)
    assert at.kinds == {"content": 24.0}
    assert at.penalized == 240


def test_a_term_may_see_several_layers():
    both = term("both", 0.5, "a", "b")
    at = Objective([both, term("one", 1.0, "a")], whole(network))(IMAGE_OF_ONES)
    assert at.parts == {"both": 0.5 * 24 * 37, "one": 24.0}
    with_image = Objective([term("three", 1.0, IMAGE, "a", "b")], whole(network))
    assert with_image(IMAGE_OF_ONES).total == 12 * (1 + 24 + 36)


def test_a_mask_works_on_any_term():
    left = torch.tensor([[[[1.0, 0.0], [1.0, 0.5]]]])
    terms = [
        term("on a layer", 1.0, "a", mask=left),
        term("on the image", 2.0, IMAGE, mask=left, kind=Kind.REGULARIZER),
    ]
    at = Objective(terms, whole(network))(IMAGE_OF_ONES)
    assert at.parts == {"on a layer": 2 * 3 * 2.5, "on the image": 2 * 3 * 2.5}
    assert torch.equal(at.gradient, (2 + 2) * left.expand_as(IMAGE_OF_ONES))


def test_a_term_of_weight_zero_is_not_evaluated():
    class Fails(Loss):
        def __call__(self, features, mask=None):
            raise AssertionError

    asked = []

    def watched(images, layers):
        asked.append(set(layers))
        return network(images, layers)

    nothing = Term("b", Kind.CONTENT, 0.0, ("b",), Fails())
    objective = Objective([term("a", 1.0, "a"), nothing], whole(watched))
    assert list(objective(IMAGE_OF_ONES).parts) == ["a"]
    assert asked == [{"a"}]


def test_the_image_is_left_alone_and_no_graph_is_kept():
    image = torch.ones(1, 3, 2, 2)
    objective = Objective([term("a", 1.0, "a")], whole(network))
    at = objective(image)
    assert not image.requires_grad
    assert not at.gradient.requires_grad
    assert torch.is_grad_enabled()
    with torch.no_grad():
        assert objective(image).total == at.total


TERMS = [
    term("content", 1.0, "a"),
    term("tv", 0.5, IMAGE, kind=Kind.REGULARIZER),
    term("style a", 2.0, "b", kind=Kind.STYLE),
]


def test_the_penalty_factor_is_of_everything_but_the_style():
    plain = Objective(TERMS, whole(network))
    penalized = plain.with_penalty_factor(10.0)
    at, before = penalized(IMAGE_OF_ONES), plain(IMAGE_OF_ONES)
    assert before.parts == {"content": 24.0, "tv": 6.0, "style a": 72.0}
    assert at.penalized == pytest.approx(10 * 24 + 10 * 6 + 72)
    assert torch.equal(at.gradient, torch.full_like(at.gradient, 10 * 2 + 10 * 0.5 + 2 * 3))
    # All else is told as it is without the factor.
    assert at.parts == pytest.approx(before.parts)
    assert at.kinds == pytest.approx(before.kinds)
    assert at.total == pytest.approx(before.total)
    assert penalized.weights == plain.weights == {"content": 1.0, "tv": 0.5, "style a": 2.0}


def test_the_loss_with_the_factor_is_known_from_the_parts():
    objective = Objective(TERMS, whole(network)).with_penalty_factor(3.0)
    assert objective.penalized({"style a": 1.0, "content": 2.0, "tv": 4.0}) == 1 + 6 + 12
    at = objective(IMAGE_OF_ONES)
    assert objective.penalized(at.parts) == pytest.approx(at.penalized)
    assert objective.with_penalty_factor(1.0).penalized(at.parts) == at.total


def test_with_other_weights_everything_else_stays():
    def restrict(change):
        return 0 * change

    objective = Objective(TERMS, whole(network), restrict, 3.0)
    other = objective.with_weights({"tv": 7.0, "unknown": 1.0})
    assert other.weights == {"content": 1.0, "tv": 7.0, "style a": 2.0}
    assert (other.evaluate, other.restrict, other.penalty_factor) == (
        objective.evaluate,
        restrict,
        3.0,
    )
    assert [each.loss for each in other.terms] == [each.loss for each in TERMS]


def test_a_restriction_projects_the_gradient_and_nothing_else():
    free = torch.tensor([[[[1.0, 0.0], [1.0, 0.0]]]])
    plain = Objective(TERMS, whole(network))
    restricted = Objective(TERMS, whole(network), lambda change: change * free)
    for factor in (1.0, 4.0):
        at, before = (
            each.with_penalty_factor(factor)(IMAGE_OF_ONES) for each in (restricted, plain)
        )
        assert torch.equal(at.gradient, before.gradient * free)
        assert (at.total, at.penalized, at.parts) == (before.total, before.penalized, before.parts)


def test_an_evaluator_is_anything_that_gives_the_sum_the_parts_and_the_gradient():
    def elsewhere(terms, image):
        parts = {each.name: each.weight * 5 for each in terms}
        return sum(parts.values()), parts, 2 * image

    at = Objective(TERMS, elsewhere).with_penalty_factor(2.0)(IMAGE_OF_ONES)
    assert isinstance(at, Evaluation)
    assert at.penalized == 10 + 5 + 10
    assert at.parts == {"content": 5.0, "tv": 2.5, "style a": 10.0}
    assert at.total == 17.5
