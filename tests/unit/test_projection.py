"""A 1x1 projection beside the way through a network, held to what autograd makes of its formula."""

import pytest
import torch

from impasto.backbones.fused import add_projection, disabled
from impasto.backbones.fused.projection import add_product

FORMATS = [torch.contiguous_format, torch.channels_last]


def numbers(*shape: int, seed: int = 0, dtype=torch.float64) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)


def formula(x, weight, bias, total):
    start = bias[:, None, None] if total is None else total
    return x, start + torch.einsum("tc,bchw->bthw", weight, x)


@pytest.mark.parametrize("memory_format", FORMATS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
@pytest.mark.parametrize("pictures", [1, 2])
@pytest.mark.parametrize("flows_on", ["both", "one", "neither"])
def test_values_and_gradients_are_those_of_the_formula(flows_on, pictures, dtype, memory_format):
    weights, bias = [numbers(4, c, seed=c).to(dtype) for c in (3, 5)], numbers(4).to(dtype)
    maps = [numbers(pictures, c, 6, 7, seed=c).to(dtype) for c in (3, 5)]
    results = []
    for function in (add_projection, formula):
        leaves = [x.to(memory_format=memory_format).requires_grad_() for x in maps]
        on, total = [], None
        for leaf, weight in zip(leaves, weights, strict=True):
            x, total = function(leaf * 1, weight, bias, total)
            on.append(x)
        loss = total.double().square().sum()
        for x in on[: {"both": 2, "one": 1, "neither": 0}[flows_on]]:
            loss = loss + x.double().pow(3).sum()
        results.append([total.detach(), *on, *torch.autograd.grad(loss, leaves)])
    for found, expected in zip(*results, strict=True):
        error = {torch.float64: 1e-12, torch.bfloat16: 2e-2}[dtype]
        difference = (found - expected).double().norm()
        assert difference <= error * expected.double().norm()


def test_a_map_whose_projection_is_not_used_has_the_gradient_of_the_way_on():
    leaf = numbers(1, 3, 4, 4).requires_grad_()
    x, _ = add_projection(leaf * 1, numbers(2, 3), numbers(2), None)
    (gradient,) = torch.autograd.grad(x.square().sum(), leaf)
    torch.testing.assert_close(gradient, 2 * leaf.detach())


def test_weights_that_learn_get_their_gradient():
    weight, bias = numbers(2, 3).requires_grad_(), numbers(2)
    maps = [numbers(1, 3, 4, 4, seed=seed) for seed in (1, 2)]
    gradients = []
    for function in (add_projection, formula):
        total = None
        for x in maps:
            _, total = function(x, weight, bias, total)
        gradients.append(torch.autograd.grad(total.square().sum(), weight)[0])
    torch.testing.assert_close(*gradients)


def test_switched_off_it_leaves_the_sum_as_it_was():
    x, weight, total = numbers(1, 3, 4, 4), numbers(2, 3), numbers(1, 2, 4, 4)
    before = total.clone()
    with disabled():
        _, found = add_projection(x, weight, numbers(2), total)
    assert torch.equal(total, before)
    torch.testing.assert_close(found, before + torch.einsum("pc,bchw->bphw", weight, x))


@pytest.mark.parametrize("memory_format", FORMATS)
def test_what_flows_on_lies_in_memory_as_it_came(memory_format):
    x = numbers(1, 3, 4, 6).to(memory_format=memory_format)
    assert (
        add_projection(x.requires_grad_(), numbers(2, 3), numbers(2), None)[0].stride()
        == x.stride()
    )


@pytest.mark.parametrize("memory_format", FORMATS)
def test_the_sum_is_made_in_place_only_where_values_lie_side_by_side(memory_format):
    matrix, x = numbers(2, 3), numbers(1, 3, 4, 6).to(memory_format=memory_format)
    dense = numbers(1, 2, 4, 6).to(memory_format=memory_format)
    expected = dense + torch.einsum("dc,bchw->bdhw", matrix, x)
    assert add_product(dense, matrix, x).data_ptr() == dense.data_ptr()
    torch.testing.assert_close(dense, expected)
    one = torch.ones((), dtype=torch.float64)
    found = add_product(one.expand(1, 2, 4, 6), matrix, x)
    torch.testing.assert_close(found, 1 + torch.einsum("dc,bchw->bdhw", matrix, x))
    assert one == 1
