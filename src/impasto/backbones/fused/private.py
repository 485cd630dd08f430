"""The private operators of torch that are used here, one thin function each.

Private operators are in no documentation and may change or vanish with any release. Nothing outside
of this module calls one, and `probes` tries each before it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Steps = tuple[int, ...]
"""One number for rows and one for columns, or one for both."""


def conv_relu(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    padding: Steps,
    stride: Steps,
    dilation: Steps,
    groups: int,
) -> Tensor:
    """Return ``relu(conv2d(x, weight, bias, ...))``, in memory with channels last.

    Inductor, torch's compiler, calls the same operator of oneDNN, which is torch's library of
    convolutions for processors.

    Args:
        x: (B, I, H, W).
        weight: (O, I / groups, K, K), as it is or from `reordered_weight`.
        bias: (O,).
        padding: Of rows and columns, as in `torch.nn.Conv2d`, like all that follow.
        stride: Likewise.
        dilation: Likewise.
        groups: Likewise.
    """
    y: Tensor = torch.ops.mkldnn._convolution_pointwise(
        x, weight, bias, padding, stride, dilation, groups, "relu", [], ""
    )
    return y


def reordered_weight(
    weight: Tensor,
    padding: Steps,
    stride: Steps,
    dilation: Steps,
    groups: int,
    shape: Sequence[int],
) -> Tensor:
    """Return a weight in the order that oneDNN convolves with, so that it need not make it.

    Args:
        weight: As it is.
        padding: See `conv_relu`, like the next three.
        stride: Likewise.
        dilation: Likewise.
        groups: Likewise.
        shape: Of the input (B, I, H, W), on which the order depends. With another's, a convolution
            of small maps takes up to twenty times as long.
    """
    reorder: Callable[..., Tensor] = torch._C._nn.mkldnn_reorder_conv2d_weight
    return reorder(weight.to_mkldnn(), padding, stride, dilation, groups, shape)


def conv_input_gradient(
    gradient: Tensor,
    x: Tensor,
    weight: Tensor,
    padding: Steps,
    stride: Steps,
    dilation: Steps,
    groups: int,
) -> Tensor:
    """Return the gradient of ``conv2d(x, weight, ...)`` with respect to ``x``.

    Args:
        gradient: With respect to its output.
        x: The input.
        weight: As it is, not reordered.
        padding: See `conv_relu`, like all that follow.
        stride: Likewise.
        dilation: Likewise.
        groups: Likewise.
    """
    below: Tensor
    below, _, _ = torch.ops.aten.convolution_backward(
        *(gradient, x, weight, None, stride, padding, dilation), False, [0, 0],
        groups, [True, False, False],
    )  # fmt: skip
    return below


def relu_gradient(gradient: Tensor, y: Tensor) -> Tensor:
    """Return the gradient with respect to the input of a ReLU that has given ``y``."""
    below: Tensor = torch.ops.aten.threshold_backward(gradient, y, 0)
    return below


def max_pool2x2_gradient(gradient: Tensor, indices: Tensor, out: Tensor) -> None:
    """Write the gradient with respect to the input of ``max_pool2d(x, 2)`` to ``out``.

    Args:
        gradient: With respect to the maxima (B, C, h, w).
        indices: Where they were, from ``max_pool2d(x, 2, return_indices=True)``.
        out: (B, C, H, W), overwritten; what is in no square becomes zero.
    """
    # In the place of the input stands the result: on a processor, only its shape is looked at.
    torch.ops.aten.max_pool2d_with_indices_backward.grad_input(
        gradient, out, [2, 2], [2, 2], [0, 0], [1, 1], False, indices, grad_input=out
    )


def version(x: Tensor) -> int:
    """Return how often a tensor was changed in place.

    What goes around autograd, as a change of ``x.data`` in place does, is not counted.
    """
    return x._version
