import pytest
import torch

from impasto.objective import IMAGE, Objective, Term


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


def test_the_gradient_is_that_of_the_plain_sum_for_chains_and_for_branches():
    kernel = torch.randn(
        6, 3, 3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(4)
    )

    def deep(images, layers):
        a = torch.nn.functional.conv2d(images, kernel).relu_()
        b = torch.nn.functional.avg_pool2d(a, 2)
        return {"a": a, "b": b, "side": a.square(), "far": images.exp()}

    def curved(features):
        return (features - 0.3).pow(4).sum()

    image = torch.rand(1, 3, 9, 8, dtype=torch.float64)
    layers = ["b", IMAGE, "a", "far", "side", "a"]
    terms = [Term(f"{n} {layer}", 1.0 + n, layer, curved) for n, layer in enumerate(layers)]
    at = Objective(deep, terms)(image)
    leaf = image.clone().requires_grad_()
    features = {IMAGE: leaf, **deep(leaf, layers)}
    plain = torch.stack([term(features[term.layer]) for term in terms]).sum()
    (gradient,) = torch.autograd.grad(plain, leaf)
    assert at.total == pytest.approx(plain.item(), rel=1e-14)
    assert list(at.parts) == [term.name for term in terms]
    assert (at.gradient - gradient).norm() <= 1e-14 * gradient.norm()


def test_a_layers_own_gradient_is_taken_when_the_backward_pass_has_come_to_it():
    order = []

    class Seen(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, name):
            ctx.name = name
            return x.clone()

        @staticmethod
        def backward(ctx, gradient):
            order.append(ctx.name)
            return gradient, None

    def chain(images, layers):
        a = Seen.apply(images, "network a")
        return {"a": a, "b": Seen.apply(a, "network b")}

    def loss(name):
        return lambda features: Seen.apply(features, f"loss {name}").square().sum()

    Objective(chain, [Term(name, 1.0, name, loss(name)) for name in "ab"])(IMAGE_OF_ONES)
    assert order == ["loss b", "network b", "loss a", "network a"]
