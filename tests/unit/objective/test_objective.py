import pytest
import torch

from impasto.objective.objective import IMAGE, Objective, Term


def network(images, layers):
    return {name: images * factor for name, factor in (("a", 2.0), ("b", 3.0)) if name in layers}


def total(features):
    return features.sum()


IMAGE_OF_ONES = torch.ones(1, 3, 2, 2)


def test_the_total_is_the_weighted_sum_and_parts_have_names():
    terms = [Term("first", 1.0, "a", total), Term("second", 0.5, "b", total)]
    at = Objective(network, [*terms, Term("itself", 10.0, IMAGE, total)])(IMAGE_OF_ONES)
    assert at.parts == {"first": 24.0, "second": 18.0, "itself": 120.0}
    assert at.total == pytest.approx(162.0)
    assert torch.equal(at.gradient, torch.full_like(IMAGE_OF_ONES, 2 + 1.5 + 10))


def test_a_term_of_weight_zero_is_not_evaluated():
    def fail(features):
        raise AssertionError

    objective = Objective(network, [Term("a", 1.0, "a", total), Term("b", 0.0, "b", fail)])
    assert objective.layers == {"a"}
    assert list(objective(IMAGE_OF_ONES).parts) == ["a"]


def test_the_image_is_left_alone_and_no_graph_is_kept():
    image = torch.ones(1, 3, 2, 2)
    at = Objective(network, [Term("a", 1.0, "a", total)])(image)
    assert not image.requires_grad
    assert not at.gradient.requires_grad
    assert torch.is_grad_enabled()
    with torch.no_grad():
        assert Objective(network, [Term("a", 1.0, "a", total)])(image).total == at.total
