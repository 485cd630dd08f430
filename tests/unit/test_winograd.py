"""Convolutions by Winograd's minimal filtering against direct ones in double precision."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from impasto.backbones.fused import conv_relu, convolution, winograd
from impasto.backbones.fused.convolution import CONV_RELU
from impasto.backbones.fused.probes import works

HAS_ONEDNN = pytest.mark.skipif(
    not works(CONV_RELU, torch.zeros(1)), reason="this build of torch has no oneDNN"
)


def conv2d(inputs=128, outputs=256, **changes) -> nn.Conv2d:
    torch.manual_seed(0)
    given = {"kernel_size": 3, "padding": 1} | changes
    return nn.Conv2d(inputs, outputs, **given).requires_grad_(False)


def error(found, expected) -> float:
    assert found.shape == expected.shape
    assert found.dtype == torch.float32
    return float((found.double() - expected).norm() / expected.norm())


SHAPES = [(1, 128, 16, 16), (1, 128, 17, 30), (2, 128, 33, 19), (1, 128, 5, 200), (1, 128, 70, 66)]


@pytest.mark.parametrize("memory_format", [torch.channels_last, torch.contiguous_format])
@pytest.mark.parametrize("shape", SHAPES)
def test_values_and_gradients_are_nearly_those_of_a_direct_convolution(shape, memory_format):
    c = conv2d()
    x = torch.randn(shape).contiguous(memory_format=memory_format)
    above = torch.randn(shape[0], 256, *shape[2:]).contiguous(memory_format=memory_format)
    kernel, double = winograd.evaluated(c.weight), c.weight.double()
    values = winograd.convolve(x, kernel, winograd.FORWARD)
    assert error(values, F.conv2d(x.double(), double, padding=1)) < 3e-6
    gradient = winograd.convolve(above, kernel.transpose(1, 2), winograd.TURNED)
    assert error(gradient, F.conv_transpose2d(above.double(), double, padding=1)) < 3e-6
    assert values.is_contiguous(memory_format=torch.channels_last)


def test_strips_meet_without_a_seam(monkeypatch):
    c, x = conv2d(), torch.randn(1, 128, 40, 24)
    whole = winograd.convolve(x, winograd.evaluated(c.weight), winograd.FORWARD)
    for squares in (1, 6, 13):
        monkeypatch.setattr(winograd, "AT_ONCE", squares)
        parts = winograd.convolve(x, winograd.evaluated(c.weight), winograd.FORWARD)
        torch.testing.assert_close(parts, whole, rtol=1e-4, atol=1e-5)


@HAS_ONEDNN
@pytest.mark.parametrize("bias", [True, False])
def test_a_wide_convolution_is_made_this_way(bias, monkeypatch):
    c = conv2d(bias=bias).to(memory_format=torch.channels_last)
    x = torch.randn(1, 128, 20, 24).to(memory_format=torch.channels_last).requires_grad_()
    ways = []
    convolve = winograd.convolve

    def watched(x, kernel, way, *more):
        ways.append(way)
        return convolve(x, kernel, way, *more)

    monkeypatch.setattr(winograd, "convolve", watched)
    found, expected = conv_relu(c, x), F.relu(c(x))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    above = torch.randn(found.shape)
    gradients = [torch.autograd.grad(y, x, above)[0] for y in (found, expected)]
    assert (
        error(*gradients[:1], gradients[1].double()) < 1e-3
    )  # values near zero may differ in sign
    assert ways == [winograd.FORWARD, winograd.TURNED]


@HAS_ONEDNN
def test_a_changed_weight_is_evaluated_again():
    c, x = conv2d(), torch.randn(1, 128, 20, 24)
    before = conv_relu(c, x)
    kept = convolution._EVALUATED[c].made
    assert torch.equal(conv_relu(c, x), before)
    assert convolution._EVALUATED[c].made is kept
    c.weight.mul_(-1)
    torch.testing.assert_close(conv_relu(c, x), F.relu(c(x)), rtol=1e-4, atol=1e-5)


DIRECT = {
    "few squares": (conv2d(), (1, 128, 12, 16)),
    "narrow": (conv2d(64, 256), (1, 64, 64, 64)),
    "both narrow": (conv2d(128, 128), (1, 128, 64, 64)),
    "a stride": (conv2d(stride=2), (1, 128, 64, 64)),
    "a larger kernel": (conv2d(kernel_size=5, padding=2), (1, 128, 64, 64)),
    "no padding": (conv2d(padding=0), (1, 128, 64, 64)),
    "dilated": (conv2d(dilation=2), (1, 128, 64, 64)),
    "groups": (conv2d(groups=2), (1, 128, 64, 64)),
    "double": (conv2d().double(), (1, 128, 64, 64)),
    "bfloat16": (conv2d().bfloat16(), (1, 128, 64, 64)),
}


@pytest.mark.parametrize("name", DIRECT)
def test_others_stay_direct(name):
    c, shape = DIRECT[name]
    assert not winograd.pays(c, torch.zeros(shape, dtype=c.weight.dtype))
    assert winograd.pays(conv2d(), torch.zeros(1, 128, 16, 16))
