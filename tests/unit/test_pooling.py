"""The mean and the maximum over 2 x 2 squares, held to torch's."""

from functools import partial

import pytest
import torch
import torch.nn.functional as F

from impasto.backbones.fused import AvgPool2x2, MaxPool2x2, avg_pool2x2, max_pool2x2

FORMATS = [torch.contiguous_format, torch.channels_last]


@pytest.mark.parametrize("memory_format", FORMATS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    "shape", [(1, 3, 8, 6), (2, 5, 7, 9), (1, 4, 2, 3), (1, 4, 7, 9), (1, 1, 5, 5), (3, 4, 6, 2)]
)
@pytest.mark.parametrize(
    "pools", [(F.avg_pool2d, avg_pool2x2, AvgPool2x2()), (F.max_pool2d, max_pool2x2, MaxPool2x2())]
)
def test_values_and_gradient_are_those_of_torch(pools, shape, dtype, memory_format):
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(shape, generator=generator).to(dtype).to(memory_format=memory_format)
    results = []
    for pool in (partial(pools[0], kernel_size=2), *pools[1:]):
        leaf = x.clone().requires_grad_()
        y = pool(leaf)
        weights = torch.randn(y.shape, generator=torch.Generator().manual_seed(2)).to(dtype)
        results.append((y.detach(), torch.autograd.grad((y * weights).sum(), leaf)[0]))
    for y, gradient in results[1:]:
        assert torch.equal(y, results[0][0])
        assert torch.equal(gradient, results[0][1])


@pytest.mark.parametrize("pool", [avg_pool2x2, max_pool2x2])
@pytest.mark.parametrize("memory_format", FORMATS)
def test_the_gradient_lies_in_memory_like_the_features(pool, memory_format):
    x = torch.rand(1, 8, 6, 10).to(memory_format=memory_format).requires_grad_()
    (gradient,) = torch.autograd.grad(pool(x).sum(), x)
    assert gradient.stride() == x.stride()


@pytest.mark.parametrize("pool", [avg_pool2x2, max_pool2x2])
def test_the_gradient_is_that_of_finite_differences(pool):
    x = torch.rand(1, 2, 5, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(pool, x)


def test_a_single_row_has_no_squares():
    with pytest.raises(RuntimeError, match="Expected 3D or 4D"):
        max_pool2x2(torch.rand(1, 4, 1, 8).to(memory_format=torch.channels_last))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
@pytest.mark.parametrize("memory_format", FORMATS)
def test_on_cuda_it_is_torchs(memory_format):
    x = torch.randn(2, 3, 5, 7).to("cuda", memory_format=memory_format).requires_grad_()
    one, other = (torch.autograd.grad(f.sum(), x)[0] for f in (max_pool2x2(x), F.max_pool2d(x, 2)))
    assert torch.equal(one, other)


def test_equal_values_share_no_gradient():
    x = torch.ones(1, 2, 4, 6).to(memory_format=torch.channels_last).requires_grad_()
    (gradient,) = torch.autograd.grad(max_pool2x2(x).sum(), x)
    assert (F.avg_pool2d(gradient, 2) == 0.25).all()
    assert set(gradient.unique().tolist()) == {0.0, 1.0}
