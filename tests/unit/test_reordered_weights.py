"""Convolutions with weights that are brought into oneDNN's order once."""

import copy
import gc

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from impasto.backbones.fused import conv_relu, convolution, private
from impasto.backbones.fused.convolution import CONV_RELU
from impasto.backbones.fused.probes import works

pytestmark = pytest.mark.skipif(
    not works(CONV_RELU, torch.zeros(1)), reason="this build of torch has no oneDNN"
)


def conv2d(**changes) -> nn.Conv2d:
    torch.manual_seed(0)
    shape = {"in_channels": 16, "out_channels": 32, "kernel_size": 3, "padding": 1} | changes
    return nn.Conv2d(**shape).requires_grad_(False).to(memory_format=torch.channels_last)


def features(pictures: int = 1, rows: int = 19) -> torch.Tensor:
    torch.manual_seed(1)
    return torch.randn(pictures, 16, rows, 27).to(memory_format=torch.channels_last)


def gradient(y: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    above = torch.randn(y.shape, generator=torch.Generator().manual_seed(2)).to(y.dtype)
    return torch.autograd.grad(y, x, above)[0]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"kernel_size": 1, "padding": 0},
        {"kernel_size": (3, 5), "padding": (0, 2)},
        {"kernel_size": 5, "padding": 4},
        {"bias": False},
        {"kernel_size": 1, "padding": 1},
        {"stride": 2},
        {"dilation": 2},
        {"groups": 2},
    ],
)
@pytest.mark.parametrize("memory_format", [torch.channels_last, torch.contiguous_format])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_values_and_gradient_are_those_of_torch(changes, dtype, memory_format):
    c = conv2d(**changes).to(dtype)
    x = features(pictures=2).to(dtype)
    x = x.contiguous(memory_format=memory_format).requires_grad_()
    found, expected = conv_relu(c, x), F.relu(c(x))
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(gradient(found, x), gradient(expected, x))


def test_the_weights_are_reordered_once_for_each_shape(monkeypatch):
    reordered, reorder = [], private.reordered_weight
    monkeypatch.setattr(
        private, "reordered_weight", lambda w, *how: reordered.append(w) or reorder(w, *how)
    )
    c = conv2d()
    for rows in (19, 19, 32, 32):
        x = features(rows=rows)
        torch.testing.assert_close(conv_relu(c, x), F.relu(c(x)))
    assert [w.data_ptr() for w in reordered] == [c.weight.data_ptr()] * 2


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.weight.mul_(-1),
        lambda c: setattr(c.weight, "data", -c.weight),
        lambda c: setattr(c, "weight", nn.Parameter(-c.weight, requires_grad=False)),
        lambda c: c.load_state_dict({"weight": -c.weight, "bias": c.bias}, assign=True),
        lambda c: setattr(c.weight, "data", c.weight.data.flip(2)),
        lambda c: setattr(c.weight, "data", c.weight.data.transpose(2, 3)),
        lambda c: c.bfloat16().float(),
    ],
    ids=["in place", "data", "parameter", "loaded", "flipped", "transposed", "rounded"],
)
def test_changed_weights_are_reordered_again(change):
    c, x = conv2d(), features()
    before = conv_relu(c, x)
    change(c)
    after = conv_relu(c, x)
    torch.testing.assert_close(after, F.relu(c(x)))
    assert not torch.equal(after, before)


def test_a_copy_has_weights_of_its_own():
    c, x = conv2d(), features()
    before = conv_relu(c, x)
    other = copy.deepcopy(c)
    other.weight.mul_(-1)
    assert not torch.equal(conv_relu(other, x), before)
    torch.testing.assert_close(conv_relu(c, x), before)


def test_what_is_kept_goes_with_the_network():
    gc.collect()
    before = len(convolution._REORDERED)
    c = conv2d()
    conv_relu(c, features())
    assert len(convolution._REORDERED) == before + 1
    del c
    gc.collect()
    assert len(convolution._REORDERED) == before
