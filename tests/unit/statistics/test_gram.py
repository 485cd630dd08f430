import pytest
import torch

from impasto.statistics import accumulable, gram


def features(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def test_gram_is_the_sum_of_products_over_positions():
    F = features(1, 3, 2, 2)
    expected = torch.zeros(3, 3, dtype=torch.float64)
    for y in range(2):
        for x in range(2):
            expected += torch.outer(F[0, :, y, x], F[0, :, y, x])
    found = gram(F)
    torch.testing.assert_close(found.total, expected)
    assert found.positions == 4


def test_gram_adds_over_tiles_and_images():
    F = features(2, 5, 6, 8)
    whole = gram(F)
    parts = gram(F[..., :3]) + gram(F[..., 3:])
    torch.testing.assert_close(whole.total, parts.total)
    assert whole.positions == parts.positions == 96
    images = gram(F[:1]) + gram(F[1:])
    torch.testing.assert_close(whole.mean, images.mean)


def test_gram_is_the_same_in_both_memory_formats():
    F = features(1, 4, 5, 6)
    torch.testing.assert_close(gram(F).mean, gram(F.to(memory_format=torch.channels_last)).mean)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_sums_of_16_bit_features_are_taken_in_32(dtype):
    F = torch.ones(1, 1, 300, 300, dtype=dtype)
    assert gram(F).total.item() == 90000  # neither 16-bit type can count that far
    assert accumulable(F).dtype == torch.float32
    assert accumulable(features(1)).dtype == torch.float64


def test_a_position_of_weight_two_counts_twice_and_one_of_weight_zero_not_at_all():
    F = features(1, 3, 2, 3)
    weights = torch.tensor([[[[0.0, 1.0, 2.0], [1.0, 0.0, 1.0]]]], dtype=torch.float64)
    seen = gram(torch.cat([F[..., :1, 1:], F[..., :1, 2:], F[..., 1:, :1], F[..., 1:, 2:]], dim=3))
    found = gram(F, weights)
    torch.testing.assert_close(found.total, seen.total)
    assert found.positions == seen.positions == 5


def test_soft_weights_add_over_tiles():
    F, weights = features(1, 5, 6, 8), features(1, 1, 6, 8, seed=1).abs()
    parts = gram(F[..., :3], weights[..., :3]) + gram(F[..., 3:], weights[..., 3:])
    torch.testing.assert_close(parts.mean, gram(F, weights).mean)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_gradient_of_gram_has_the_memory_format_of_its_features(layout):
    F = features(1, 4, 6, 5).to(memory_format=layout).requires_grad_()
    gram(F).total.square().sum().backward()
    assert F.grad is not None
    assert F.grad.is_contiguous(memory_format=layout)
    (plain,) = torch.autograd.grad((F[0].flatten(1) @ F[0].flatten(1).T).square().sum(), F)
    torch.testing.assert_close(F.grad, plain)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("shape", [(1, 24, 60, 61), (2, 5, 33, 40), (1, 6, 4, 5)])
def test_in_bfloat16_the_products_and_their_gradient_are_near_the_exact_ones(shape, layout):
    rounded = features(*shape).relu().bfloat16().to(memory_format=layout).requires_grad_()
    exact = rounded.detach().double().requires_grad_()
    pull = features(shape[1], shape[1], seed=1)
    (gram(rounded).total * pull).sum().backward()
    (gram(exact).total * pull).sum().backward()
    assert gram(rounded).total.dtype == torch.float32
    assert rounded.grad.dtype == torch.bfloat16
    assert error(gram(rounded).total, gram(exact).total) < 1e-3
    assert error(rounded.grad, exact.grad) < 5e-3


def error(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float(((found.double() - expected).norm() / expected.norm()).detach())


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_gradient_of_gram_is_exact_for_what_is_not_symmetric_too(layout):
    F = features(2, 4, 6, 5).to(memory_format=layout).requires_grad_()
    pull = features(4, 4, seed=1)
    (found,) = torch.autograd.grad((gram(F).total * pull).sum(), F)
    flat = F.flatten(2)
    (plain,) = torch.autograd.grad(((flat @ flat.mT).sum(dim=0) * pull).sum(), F)
    torch.testing.assert_close(found, plain)
