"""A convolution and its ReLU in one pass over memory, and the maximum behind them in a second."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as nnf
from torch import Tensor, nn

from impasto.backbones.fused.convolution import convolve_and_rectify, gradient_of, is_supported
from impasto.backbones.fused.layout import memory_format
from impasto.backbones.fused.pooling import find_largest, largest, spread


class RectifiedConvolution(nn.Module):
    """A convolution with the ReLU behind it."""

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.convolution = convolution

    def forward(self, x: Tensor) -> Tensor:
        """Return the rectified features of ``x`` (B, C, H, W)."""
        return rectified(self.convolution, x)


def rectified(convolution: nn.Conv2d, x: Tensor) -> Tensor:
    """Return ``relu(convolution(x))``, the values of the two steps one after the other.

    On a processor the ReLU is applied while the values are at hand: to fetch a large feature map
    from memory once more costs nearly as much as to compute it.
    """
    if _fuses(convolution, x):
        fused: Tensor = _RectifiedConvolution.apply(x, convolution)  # type: ignore[no-untyped-call]
        return fused
    return nnf.relu(convolution(x), inplace=True)


def rectified_largest(convolution: nn.Conv2d, x: Tensor) -> Tensor:
    """Return ``largest(relu(convolution(x)))``, the maxima of squares of 2 x 2.

    A maximum has a gradient where it is positive. So that of the ReLU is known from a quarter of
    the features, and the rest of them are not kept.
    """
    if _fuses(convolution, x):
        fused: Tensor = _RectifiedLargest.apply(x, convolution)  # type: ignore[no-untyped-call]
        return fused
    return largest(rectified(convolution, x))


def _fuses(convolution: nn.Conv2d, x: Tensor) -> bool:
    learns = convolution.weight.requires_grad and torch.is_grad_enabled()
    return is_supported(x) and not learns


class _RectifiedConvolution(torch.autograd.Function):
    """The two steps with the gradient with respect to the input only."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, convolution: nn.Conv2d) -> Tensor:
        y = convolve_and_rectify(convolution, x)
        ctx.convolution = convolution
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (gradient,), (x, y) = gradients, ctx.saved_tensors
        return gradient_of(ctx.convolution, x, _where_positive(gradient, y)), None


class _RectifiedLargest(torch.autograd.Function):
    """The three steps with the gradient with respect to the input only."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, convolution: nn.Conv2d) -> Tensor:
        y = convolve_and_rectify(convolution, x)
        z, places = find_largest(y)
        ctx.convolution, ctx.shape, ctx.format = convolution, y.shape, memory_format(y)
        ctx.save_for_backward(x, z, places)
        return z

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (gradient,), (x, z, places) = gradients, ctx.saved_tensors
        below = spread(_where_positive(gradient, z), places, ctx.shape, ctx.format)
        return gradient_of(ctx.convolution, x, below), None


def _where_positive(gradient: Tensor, y: Tensor) -> Tensor:
    """Return the gradient of a ReLU with these values."""
    below: Tensor = torch.ops.aten.threshold_backward(gradient, y, 0)
    return below
