"""Convolutions with weights that are put in order once."""

import copy
import gc

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from impasto.backbones import convolving
from impasto.backbones.convolving import (
    convolve_and_rectify,
    gradient_of,
    is_supported,
    is_turned,
)

pytestmark = pytest.mark.skipif(
    not is_supported(torch.zeros(1)), reason="this build of torch has no oneDNN"
)


def convolution(**changes) -> nn.Conv2d:
    torch.manual_seed(0)
    shape = {"in_channels": 16, "out_channels": 32, "kernel_size": 3, "padding": 1} | changes
    return nn.Conv2d(**shape).requires_grad_(False).to(memory_format=torch.channels_last)


def features(channels: int = 16, rows: int = 19, columns: int = 27) -> torch.Tensor:
    torch.manual_seed(1)
    return torch.randn(1, channels, rows, columns).to(memory_format=torch.channels_last)


@pytest.mark.parametrize(
    ("changes", "turned"),
    [
        ({}, True),
        ({"kernel_size": 1, "padding": 0}, True),
        ({"kernel_size": (3, 5), "padding": (0, 2)}, True),
        ({"kernel_size": 5, "padding": 4}, True),
        ({"bias": False}, True),
        ({"kernel_size": 1, "padding": 1}, False),
        ({"stride": 2}, False),
        ({"dilation": 2}, False),
        ({"groups": 2}, False),
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_values_and_gradient_are_those_of_torch(changes, turned, dtype):
    c, x = convolution(**changes).to(dtype), features().to(dtype).requires_grad_()
    y = F.relu(c(x))
    torch.testing.assert_close(convolve_and_rectify(c, x.detach()), y)
    above = torch.randn_like(y)
    (expected,) = torch.autograd.grad(c(x), x, above)
    assert is_turned(c) == turned
    found = gradient_of(c, None if turned else x.detach(), above)
    torch.testing.assert_close(found, expected)


def test_the_weights_are_put_in_order_once(monkeypatch):
    ordered, put = [], convolving._in_order
    monkeypatch.setattr(
        convolving, "_in_order", lambda *of: ordered.append(of[0].shape) or put(*of)
    )
    c = convolution()
    for size in (19, 32, 7):  # an order holds for pictures of all sizes
        y = convolve_and_rectify(c, features(rows=size))
        gradient_of(c, None, y)
    assert sorted(ordered) == [(16, 32, 3, 3), (32, 16, 3, 3)]


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.weight.mul_(-1),
        lambda c: setattr(c.weight, "data", -c.weight),
        lambda c: setattr(c, "weight", nn.Parameter(-c.weight, requires_grad=False)),
        lambda c: c.load_state_dict({"weight": -c.weight, "bias": c.bias}, assign=True),
        lambda c: c.bfloat16().float(),
    ],
    ids=["in place", "data", "parameter", "loaded", "rounded"],
)
def test_changed_weights_are_put_in_order_again(change):
    c, x = convolution(), features()
    before = convolve_and_rectify(c, x)
    change(c)
    after = convolve_and_rectify(c, x)
    torch.testing.assert_close(after, F.relu(c(x)))
    assert not torch.equal(after, before)


def test_a_copy_has_weights_of_its_own():
    c, x = convolution(), features()
    before = convolve_and_rectify(c, x)
    other = copy.deepcopy(c)
    other.weight.mul_(-1)
    assert not torch.equal(convolve_and_rectify(other, x), before)
    assert torch.equal(convolve_and_rectify(c, x), before)


def test_what_is_kept_goes_with_the_network():
    c = convolution()
    before = len(convolving._ORDERED)
    convolve_and_rectify(c, features())
    assert len(convolving._ORDERED) == before + 1
    del c
    gc.collect()
    assert len(convolving._ORDERED) == before
