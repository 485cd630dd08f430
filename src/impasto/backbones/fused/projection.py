"""A 1x1 projection beside the way through a network, whose gradient is added where it arrives.

A feature map that flows on and is projected as well has two gradients. Autograd makes a tensor of
each and adds them up in a third; here the second is added to the first while it is computed.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as nnf
from torch import Tensor

from impasto.backbones.fused import probes
from impasto.backbones.fused.layout import memory_format


def add_projection(
    x: Tensor, weight: Tensor, bias: Tensor, total: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Add ``weight x``, a 1x1 convolution, to the projections of other feature maps.

    Args:
        x: Features (B, C, H, W). From here on only the first result may flow on.
        weight: (P, C).
        bias: (P,); the sum begins with it.
        total: The sum for the maps before, (B, P, H, W), which is overwritten; None for the first.

    Returns:
        The features, and the sum (B, P, H, W). What the features flow into has to return a gradient
        of its own, as convolutions, poolings and projections do: it is overwritten.
    """
    learns = torch.is_grad_enabled() and weight.requires_grad
    if learns or not probes.is_on():
        projected = nnf.conv2d(x, weight[:, :, None, None], bias if total is None else None)
        return x, projected if total is None else total + projected
    both: tuple[Tensor, Tensor] = _ProjectionFunction.apply(x, weight, bias, total)  # type: ignore[no-untyped-call]
    return both


class _ProjectionFunction(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, total: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(weight)
        x = x.detach()  # returned as it came, autograd would make it a view with other strides
        if total is None:
            return x, nnf.conv2d(x, weight[:, :, None, None], bias)
        ctx.mark_dirty(total)
        return x, add_product(total, weight, x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, None, None, Any]:
        (on, projected), (weight,) = gradients, ctx.saved_tensors
        if projected is None:
            return on, None, None, None
        if on is None:
            on = nnf.conv2d(projected, weight.mT[:, :, None, None])
        else:
            on = add_product(on, weight.mT, projected)
        return on, None, None, projected if ctx.needs_input_grad[3] else None


def add_product(target: Tensor, matrix: Tensor, x: Tensor) -> Tensor:
    """Return ``target + matrix x`` in the memory of ``target``, if its values lie side by side.

    Args:
        target: (B, P, H, W).
        matrix: (P, C).
        x: (B, C, H, W).
    """
    how = memory_format(target)
    target = target.contiguous(memory_format=how)
    sums, factors = target.flatten(2), x.contiguous(memory_format=how).flatten(2)  # views
    matrix = matrix.expand(len(x), -1, -1)
    if how == torch.channels_last:
        sums.mT.baddbmm_(factors.mT, matrix.mT)
    else:
        sums.baddbmm_(matrix, factors)
    return target
