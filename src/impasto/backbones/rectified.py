"""A convolution and its ReLU in one pass over memory, and the maximum behind them in a second."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as nnf
from torch import Tensor, nn

from impasto.backbones.layout import memory_format
from impasto.backbones.pooling import find_largest, largest, spread

FUSED_DTYPES = (torch.float32, torch.bfloat16)
"""What oneDNN, torch's library of convolutions for processors, can rectify on the way out."""


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
    if _fuses(x) and not _learns(convolution):
        fused: Tensor = _RectifiedConvolution.apply(x, convolution)  # type: ignore[no-untyped-call]
        return fused
    return nnf.relu(convolution(x), inplace=True)


def rectified_largest(convolution: nn.Conv2d, x: Tensor) -> Tensor:
    """Return ``largest(relu(convolution(x)))``, the maxima of squares of 2 x 2.

    A maximum has a gradient where it is positive. So that of the ReLU is known from a quarter of
    the features, and the rest of them are not kept.
    """
    if _fuses(x) and not _learns(convolution):
        fused: Tensor = _RectifiedLargest.apply(x, convolution)  # type: ignore[no-untyped-call]
        return fused
    return largest(rectified(convolution, x))


def _fuses(x: Tensor) -> bool:
    # Inductor, torch's compiler, calls the same operator; not every build of torch has it.
    known = hasattr(torch.ops.mkldnn, "_convolution_pointwise")
    return known and x.device.type == "cpu" and x.dtype in FUSED_DTYPES


def _learns(convolution: nn.Conv2d) -> bool:
    return convolution.weight.requires_grad and torch.is_grad_enabled()


class _RectifiedConvolution(torch.autograd.Function):
    """The two steps with the gradient with respect to the input only."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, convolution: nn.Conv2d) -> Tensor:
        y = _convolve_and_rectify(convolution, x)
        ctx.convolution = convolution
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (gradient,), (x, y) = gradients, ctx.saved_tensors
        return _gradient_of(ctx.convolution, x, _where_positive(gradient, y)), None


class _RectifiedLargest(torch.autograd.Function):
    """The three steps with the gradient with respect to the input only."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, convolution: nn.Conv2d) -> Tensor:
        y = _convolve_and_rectify(convolution, x)
        z, places = find_largest(y)
        ctx.convolution, ctx.shape, ctx.format = convolution, y.shape, memory_format(y)
        ctx.save_for_backward(x, z, places)
        return z

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (gradient,), (x, z, places) = gradients, ctx.saved_tensors
        below = spread(_where_positive(gradient, z), places, ctx.shape, ctx.format)
        return _gradient_of(ctx.convolution, x, below), None


def _convolve_and_rectify(c: nn.Conv2d, x: Tensor) -> Tensor:
    """Return the rectified features of ``x``."""
    y: Tensor = torch.ops.mkldnn._convolution_pointwise(
        *(x, c.weight, c.bias, c.padding, c.stride, c.dilation, c.groups), "relu", [], ""
    )
    return y


def _where_positive(gradient: Tensor, y: Tensor) -> Tensor:
    """Return the gradient of a ReLU with these values."""
    below: Tensor = torch.ops.aten.threshold_backward(gradient, y, 0)
    return below


def _gradient_of(c: nn.Conv2d, x: Tensor, gradient: Tensor) -> Tensor:
    """Return the gradient of a convolution with respect to its input ``x``."""
    change: Tensor
    change, _, _ = torch.ops.aten.convolution_backward(
        *(gradient, x, c.weight, None, c.stride, c.padding, c.dilation), False, [0, 0],
        c.groups, [True, False, False],
    )  # fmt: skip
    return change
