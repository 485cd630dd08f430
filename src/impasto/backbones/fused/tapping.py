"""A linear map beside the way through a network, whose gradient is added where it arrives.

A feature map that flows on and is tapped as well has two gradients. Autograd makes a tensor of each
and adds them up in a third; here the second is added to the first while it is computed.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as nnf
from torch import Tensor

from impasto.backbones.fused.layout import memory_format


def tap(x: Tensor, weight: Tensor, bias: Tensor, so_far: Tensor | None) -> tuple[Tensor, Tensor]:
    """Add ``weight x`` to what other maps have given.

    Args:
        x: Features (B, C, H, W). From here on only the first result may flow on.
        weight: (T, C).
        bias: (T,); the sum begins with it.
        so_far: The sum for the maps before, (B, T, H, W), which is overwritten; None for the first.

    Returns:
        The features, and the sum (B, T, H, W). What the features flow into has to return a gradient
        of its own, as convolutions, poolings and taps do: it is overwritten.
    """
    if torch.is_grad_enabled() and weight.requires_grad:  # a network in training
        given = nnf.conv2d(x, weight[:, :, None, None], bias if so_far is None else None)
        return x, given if so_far is None else so_far + given
    both: tuple[Tensor, Tensor] = _Tap.apply(x, weight, bias, so_far)  # type: ignore[no-untyped-call]
    return both


class _Tap(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, so_far: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(weight)
        x = x.detach()  # returned as it came, autograd would make it a view with other strides
        if so_far is None:
            return x, nnf.conv2d(x, weight[:, :, None, None], bias)
        ctx.mark_dirty(so_far)
        return x, add_product(so_far, weight, x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, None, None, Any]:
        (on, tapped), (weight,) = gradients, ctx.saved_tensors
        if tapped is None:
            return on, None, None, None
        if on is None:
            on = nnf.conv2d(tapped, weight.mT[:, :, None, None])
        else:
            on = add_product(on, weight.mT, tapped)
        return on, None, None, tapped if ctx.needs_input_grad[3] else None


def add_product(target: Tensor, matrix: Tensor, x: Tensor) -> Tensor:
    """Return ``target + matrix x`` in the memory of ``target``, if its values lie side by side.

    Args:
        target: (B, D, H, W).
        matrix: (D, C).
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
