"""The mean over 2 x 2 squares, held to torch's."""

import pytest
import torch
import torch.nn.functional as F

from impasto.backbones.halving import Halve, halved

FORMATS = [torch.contiguous_format, torch.channels_last]


@pytest.mark.parametrize("memory_format", FORMATS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
@pytest.mark.parametrize("shape", [(1, 3, 8, 6), (2, 5, 7, 9), (1, 4, 2, 3)])
def test_values_and_gradient_are_those_of_average_pooling(shape, dtype, memory_format):
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(shape, generator=generator).to(dtype).to(memory_format=memory_format)
    results = []
    for pool in (halved, lambda t: F.avg_pool2d(t, 2), Halve()):
        leaf = x.clone().requires_grad_()
        y = pool(leaf)
        weights = torch.randn(y.shape, generator=torch.Generator().manual_seed(2)).to(dtype)
        results.append((y.detach(), torch.autograd.grad((y * weights).sum(), leaf)[0]))
    for y, gradient in results[1:]:
        assert torch.equal(y, results[0][0])
        assert torch.equal(gradient, results[0][1])


@pytest.mark.parametrize("memory_format", FORMATS)
def test_the_gradient_lies_in_memory_like_the_features(memory_format):
    x = torch.rand(1, 8, 6, 10).to(memory_format=memory_format).requires_grad_()
    (gradient,) = torch.autograd.grad(halved(x).sum(), x)
    assert gradient.stride() == x.stride()


def test_gradcheck():
    x = torch.rand(1, 2, 5, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(halved, x)
