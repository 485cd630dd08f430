"""A convolution and its ReLU in one pass, and the maximum behind them."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from impasto.backbones import convolving
from impasto.backbones.fused.rectified import rectified, rectified_largest


def pair(dtype: torch.dtype, groups: int = 1, memory_format=torch.channels_last):
    torch.manual_seed(0)
    convolution = nn.Conv2d(16, 32, 3, stride=2, padding=1, groups=groups).requires_grad_(False)
    x = torch.randn(1, 16, 19, 27).to(dtype=dtype, memory_format=memory_format)
    return convolution.to(dtype=dtype, memory_format=memory_format), x


@pytest.mark.parametrize("memory_format", [torch.channels_last, torch.contiguous_format])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
@pytest.mark.parametrize(
    ("joint", "steps"),
    [
        (rectified, lambda c, x: c(x).relu()),
        (rectified_largest, lambda c, x: F.max_pool2d(c(x).relu(), 2)),
    ],
)
def test_values_and_gradient_are_those_of_the_steps(joint, steps, dtype, groups, memory_format):
    convolution, x = pair(dtype, groups, memory_format)
    found, expected = [], []
    for into, function in ((found, joint), (expected, steps)):
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


def test_of_the_features_behind_a_maximum_only_a_quarter_is_kept():
    if not torch.backends.mkldnn.is_available():
        pytest.skip("this build of torch has no oneDNN")
    convolution, x = pair(torch.float32)
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.shape) or t, lambda t: t):
        y = rectified_largest(convolution, x.requires_grad_())
    assert y.shape == (1, 32, 5, 7)
    assert y.shape in kept
    assert not [shape for shape in kept if shape[1] == 32 and shape.numel() > y.numel()]


@pytest.mark.parametrize("joint", [rectified, rectified_largest])
def test_the_weights_of_a_network_in_training_get_their_gradient(joint):
    convolution, x = pair(torch.float32)
    convolution.requires_grad_(True)
    joint(convolution, x).sum().backward()
    assert convolution.weight.grad is not None
    assert convolution.weight.grad.abs().sum() > 0


def test_without_the_operator_it_is_two_steps(monkeypatch):
    convolution, x = pair(torch.float32)
    expected = rectified(convolution, x)
    monkeypatch.setattr(convolving, "DTYPES", ())
    torch.testing.assert_close(rectified(convolution, x), expected)
