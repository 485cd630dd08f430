"""A convolution and its ReLU in one pass, and the maximum behind them."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from impasto.backbones.fused import conv_relu, conv_relu_max_pool2x2, disabled
from impasto.backbones.fused.convolution import CONV_RELU
from impasto.backbones.fused.probes import works

HAS_ONEDNN = pytest.mark.skipif(
    not works(CONV_RELU, torch.zeros(1)), reason="this build of torch has no oneDNN"
)


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
        (conv_relu, lambda c, x: c(x).relu()),
        (conv_relu_max_pool2x2, lambda c, x: F.max_pool2d(c(x).relu(), 2)),
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


@HAS_ONEDNN
def test_a_processor_does_it_in_one_pass():
    convolution, x = pair(torch.float32)
    with torch.profiler.profile() as profile:
        conv_relu(convolution, x.requires_grad_())
    names = {event.name for event in profile.events()}
    assert "mkldnn::_convolution_pointwise" in names
    assert not names & {"aten::relu", "aten::relu_", "aten::clamp_min_"}


@HAS_ONEDNN
def test_of_the_features_behind_a_maximum_only_a_quarter_is_kept():
    convolution, x = pair(torch.float32)
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.shape) or t, lambda t: t):
        y = conv_relu_max_pool2x2(convolution, x.requires_grad_())
    assert y.shape == (1, 32, 5, 7)
    assert y.shape in kept
    assert not [shape for shape in kept if shape[1] == 32 and shape.numel() > y.numel()]


@pytest.mark.parametrize("joint", [conv_relu, conv_relu_max_pool2x2])
def test_the_weights_of_a_network_in_training_get_their_gradient(joint):
    convolution, x = pair(torch.float32)
    convolution.requires_grad_(True)
    joint(convolution, x).sum().backward()
    assert convolution.weight.grad is not None
    assert convolution.weight.grad.abs().sum() > 0


@pytest.mark.filterwarnings("ignore:TF32 acceleration")  # torch's own, on Intel GPUs
@pytest.mark.parametrize("joint", [conv_relu, conv_relu_max_pool2x2])
@pytest.mark.parametrize("off", [disabled, lambda: torch.backends.mkldnn.flags(enabled=False)])
def test_switched_off_it_is_torchs_own_steps(joint, off):
    convolution, x = pair(torch.float32)
    expected = joint(convolution, x)
    with off(), torch.profiler.profile() as profile:
        found = joint(convolution, x)
    torch.testing.assert_close(found, expected)
    assert "mkldnn::_convolution_pointwise" not in {event.name for event in profile.events()}
