"""A convolution with the ReLU behind it in one pass over memory, and the maximum in a second.

On a processor the ReLU is applied while the values are at hand: to fetch a large feature map from
memory once more costs nearly as much as to compute it. Where there are many channels, the
convolution itself is Winograd's, see `winograd`.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import partial
from typing import Any, NamedTuple, cast
from weakref import WeakKeyDictionary

import torch
import torch.nn.functional as nnf
from torch import Tensor, nn

from impasto.backbones.fused import private, probes, winograd
from impasto.backbones.fused.layout import memory_format
from impasto.backbones.fused.pooling import (
    MAX_POOL,
    max_pool2x2,
    max_pool2x2_with_indices,
    max_unpool2x2,
)
from impasto.backbones.fused.private import Steps

CONV_RELU = ("conv_relu", "reordered_weight", "conv_input_gradient", "relu_gradient", "version")
"""The private operators that `conv_relu` needs."""


class ConvReLU(nn.Module):
    """A convolution with the ReLU behind it, as a module."""

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.convolution = convolution

    def forward(self, x: Tensor) -> Tensor:
        """Return the features behind the ReLU for ``x`` (B, C, H, W)."""
        return conv_relu(self.convolution, x)


def conv_relu(convolution: nn.Conv2d, x: Tensor) -> Tensor:
    """Return ``relu(convolution(x))`` for ``x`` (B, C, H, W)."""
    if _fuses(convolution, x, CONV_RELU):
        fused: Tensor = _ConvReLUFunction.apply(x, convolution)  # type: ignore[no-untyped-call]
        return fused
    return nnf.relu(convolution(x), inplace=True)


def conv_relu_max_pool2x2(convolution: nn.Conv2d, x: Tensor) -> Tensor:
    """Return ``max_pool2d(relu(convolution(x)), 2)`` for ``x`` (B, C, H, W).

    A maximum has a gradient where it is positive. So that of the ReLU is known from a quarter of
    the features, and the rest of them are not kept.
    """
    if _fuses(convolution, x, CONV_RELU + MAX_POOL):
        fused: Tensor = _ConvReLUMaxPoolFunction.apply(x, convolution)  # type: ignore[no-untyped-call]
        return fused
    return max_pool2x2(conv_relu(convolution, x))


def _fuses(convolution: nn.Conv2d, x: Tensor, operators: tuple[str, ...]) -> bool:
    learns = convolution.weight.requires_grad and torch.is_grad_enabled()
    return not learns and bool(torch.backends.mkldnn.enabled) and probes.works(operators, x)


class _ConvReLUFunction(torch.autograd.Function):
    """The two steps with the gradient with respect to the input only."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, convolution: nn.Conv2d) -> Tensor:
        y = _conv_relu(convolution, x)
        ctx.convolution = convolution
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (gradient,), (x, y) = gradients, ctx.saved_tensors
        below = private.relu_gradient(gradient, y)
        return _input_gradient(below, x, ctx.convolution), None


class _ConvReLUMaxPoolFunction(torch.autograd.Function):
    """The three steps with the gradient with respect to the input only."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, convolution: nn.Conv2d) -> Tensor:
        y = _conv_relu(convolution, x)
        z, indices = max_pool2x2_with_indices(y)
        ctx.convolution, ctx.shape, ctx.format = convolution, y.shape, memory_format(y)
        ctx.save_for_backward(x, z, indices)
        return z

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (gradient,), (x, z, indices) = gradients, ctx.saved_tensors
        positive = private.relu_gradient(gradient, z)
        below = max_unpool2x2(positive, indices, ctx.shape, ctx.format)
        return _input_gradient(below, x, ctx.convolution), None


def _conv_relu(c: nn.Conv2d, x: Tensor) -> Tensor:
    if winograd.pays(c, x):
        return winograd.convolve(x, _evaluated(c), winograd.FORWARD, partial(_biased_relu, c.bias))
    return private.conv_relu(x, _reordered(c, x.shape), c.bias, *_how(c))


def _biased_relu(bias: Tensor | None, values: Tensor) -> None:
    if bias is not None:
        values.add_(bias)
    values.relu_()


def _input_gradient(gradient: Tensor, x: Tensor, c: nn.Conv2d) -> Tensor:
    if winograd.pays(c, x):
        return winograd.convolve(gradient, _evaluated(c).transpose(1, 2), winograd.TURNED)
    return private.conv_input_gradient(gradient, x, c.weight, *_how(c))


def _how(c: nn.Conv2d) -> tuple[Steps, Steps, Steps, int]:
    padding = cast(Steps, c.padding)  # a word, such as "same", is not used here
    return padding, c.stride, c.dilation, c.groups


class _Kept(NamedTuple):
    """What was made of a weight, kept for the next call.

    Attributes:
        made: In oneDNN's order, or evaluated at Winograd's points.
        key: Which weight it was made of: where that lay, how, and how often it had been changed in
            place; and for what.
        origin: The memory where that lies; as long as it is kept, no other can come to lie there.
    """

    made: Tensor
    key: Any
    origin: torch.UntypedStorage


_Cache = MutableMapping[nn.Conv2d, _Kept]
_REORDERED: _Cache = WeakKeyDictionary()
_EVALUATED: _Cache = WeakKeyDictionary()


def _reordered(c: nn.Conv2d, shape: torch.Size) -> Tensor:
    """Return the weight of a convolution in oneDNN's order: as kept, unless something has changed.

    OneDNN would bring it into this order on every call. The weights of a network that does not
    learn stay the same, and so does the shape of the input at one size, so here it is done once.
    """
    return _kept(_REORDERED, c, shape, lambda: private.reordered_weight(c.weight, *_how(c), shape))


def _evaluated(c: nn.Conv2d) -> Tensor:
    """Return the weight of a convolution at Winograd's points, likewise."""
    return _kept(_EVALUATED, c, None, lambda: winograd.evaluated(c.weight))


def _kept(cache: _Cache, c: nn.Conv2d, purpose: Any, make: Callable[[], Tensor]) -> Tensor:
    key = (c.weight.data_ptr(), c.weight.stride(), private.version(c.weight), purpose)
    kept = cache.get(c)
    if kept is None or kept.key != key:
        kept = cache[c] = _Kept(make(), key, c.weight.untyped_storage())
    return kept.made
