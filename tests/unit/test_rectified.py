"""A convolution and its ReLU in one pass."""

import pytest
import torch
from torch import nn

from impasto.backbones import rectified as module
from impasto.backbones.rectified import rectified


def pair(dtype: torch.dtype, groups: int = 1, memory_format=torch.channels_last):
    torch.manual_seed(0)
    convolution = nn.Conv2d(16, 32, 3, stride=2, padding=1, groups=groups).requires_grad_(False)
    x = torch.randn(1, 16, 19, 23).to(dtype=dtype, memory_format=memory_format)
    return convolution.to(dtype=dtype, memory_format=memory_format), x


@pytest.mark.parametrize("memory_format", [torch.channels_last, torch.contiguous_format])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_values_and_gradient_are_those_of_the_two_steps(dtype, groups, memory_format):
    convolution, x = pair(dtype, groups, memory_format)
    found, expected = [], []
    for into, function in (
        (found, lambda c, x: rectified(c, x)),
        (expected, lambda c, x: c(x).relu()),
    ):
        image = x.clone().requires_grad_()
        y = function(convolution, image)
        y.double().square().sum().backward()
        into += [y.detach(), image.grad]
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype == dtype
        torch.testing.assert_close(one, other)
    assert (found[0] == 0).any()
    assert (found[0] > 0).any()


def test_a_processor_does_it_in_one_pass(monkeypatch):
    if not torch.backends.mkldnn.is_available():
        pytest.skip("this build of torch has no oneDNN")
    convolution, x = pair(torch.float32)
    with torch.profiler.profile() as profile:
        rectified(convolution, x.requires_grad_())
    names = {event.name for event in profile.events()}
    assert "mkldnn::_convolution_pointwise" in names
    assert not names & {"aten::relu", "aten::relu_", "aten::clamp_min_"}


def test_the_weights_of_a_network_in_training_get_their_gradient():
    convolution, x = pair(torch.float32)
    convolution.requires_grad_(True)
    rectified(convolution, x).sum().backward()
    assert convolution.weight.grad is not None
    assert convolution.weight.grad.abs().sum() > 0


def test_without_the_operator_it_is_two_steps(monkeypatch):
    convolution, x = pair(torch.float32)
    expected = rectified(convolution, x)
    monkeypatch.setattr(module, "FUSED_DTYPES", ())
    torch.testing.assert_close(rectified(convolution, x), expected)
