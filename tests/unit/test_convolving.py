"""Convolutions with weights that are put in order once."""

import copy
import gc

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from impasto.backbones import convolving
from impasto.backbones.fused.convolution import convolve_and_rectify, gradient_of, is_supported

pytestmark = pytest.mark.skipif(
    not is_supported(torch.zeros(1)), reason="this build of torch has no oneDNN"
)


def convolution(**changes) -> nn.Conv2d:
    torch.manual_seed(0)
    shape = {"in_channels": 16, "out_channels": 32, "kernel_size": 3, "padding": 1} | changes
    return nn.Conv2d(**shape).requires_grad_(False).to(memory_format=torch.channels_last)


def features(pictures: int = 1, rows: int = 19) -> torch.Tensor:
    torch.manual_seed(1)
    return torch.randn(pictures, 16, rows, 27).to(memory_format=torch.channels_last)


def gradients(c: nn.Conv2d, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the gradient of a convolution as it is here, and as torch's own is."""
    x = x.detach().requires_grad_()
    y = c(x)
    above = torch.randn_like(y)
    (expected,) = torch.autograd.grad(y, x, above)
    return gradient_of(c, x.detach(), above), expected


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
    if dtype == torch.bfloat16 and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        pytest.skip("this processor has no bfloat16")
    c = convolution(**changes).to(dtype)
    x = features(pictures=2).to(dtype)
    x = x.contiguous(memory_format=memory_format)
    torch.testing.assert_close(convolve_and_rectify(c, x), F.relu(c(x)))
    torch.testing.assert_close(*gradients(c, x))


def test_the_weights_are_put_in_order_once(monkeypatch):
    ordered, put = [], convolving._put_in_order
    monkeypatch.setattr(convolving, "_put_in_order", lambda c: ordered.append(c) or put(c))
    c = convolution()
    for rows in (19, 32, 7):
        x = features(rows=rows)
        torch.testing.assert_close(convolve_and_rectify(c, x), F.relu(c(x)))
    assert ordered == [c]


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
    gc.collect()
    before = len(convolving._KEPT)
    c = convolution()
    convolve_and_rectify(c, features())
    assert len(convolving._KEPT) == before + 1
    del c
    gc.collect()
    assert len(convolving._KEPT) == before
