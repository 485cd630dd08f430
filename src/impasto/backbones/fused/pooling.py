"""The mean and the maximum over squares of 2 x 2, with fast gradients."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as nnf
from torch import Tensor, nn

from impasto.backbones.fused.layout import empty, memory_format


def halved(x: Tensor) -> Tensor:
    """Return the means of the 2 x 2 squares of ``x`` (B, C, H, W); an odd last line is dropped.

    The same as ``avg_pool2d(x, 2)``, whose gradient takes torch three to five times as long on a
    processor: it visits every square, where copies of a quarter of the gradient do.
    """
    y: Tensor = _Halved.apply(x)  # type: ignore[no-untyped-call]
    return y


class Halve(nn.Module):
    """`halved` as a module."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the means of the 2 x 2 squares of ``x`` (B, C, H, W)."""
        return halved(x)


class _Halved(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.shape, ctx.format = x.shape, memory_format(x)
        return nnf.avg_pool2d(x, 2)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (gradient,) = gradients
        height, width = gradient.shape[2:]
        change = empty(ctx.shape, gradient, ctx.format)
        change[:, :, 2 * height :] = 0
        change[..., 2 * width :] = 0
        inside = change[:, :, : 2 * height, : 2 * width]
        squares = inside.view(*gradient.shape[:3], 2, width, 2)  # (B, C, h, 2, w, 2)
        squares.copy_((gradient / 4)[:, :, :, None, :, None].expand_as(squares))
        return change


def largest(x: Tensor) -> Tensor:
    """Return the maxima of the 2 x 2 squares of ``x`` (B, C, H, W); an odd last line is dropped.

    The same as ``max_pool2d(x, 2)``, with a gradient that is two to three times as fast for one
    picture on a processor; see `find_largest`.
    """
    if x.device.type != "cpu":
        return nnf.max_pool2d(x, 2)
    y: Tensor = _Largest.apply(x)  # type: ignore[no-untyped-call]
    return y


class Largest(nn.Module):
    """`largest` as a module."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the maxima of the 2 x 2 squares of ``x`` (B, C, H, W)."""
        return largest(x)


class _Largest(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y, places = find_largest(x)
        ctx.shape, ctx.format = x.shape, memory_format(x)
        ctx.save_for_backward(places)
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (gradient,), (places,) = gradients, ctx.saved_tensors
        return spread(gradient, places, ctx.shape, ctx.format)


def find_largest(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return the maxima of the 2 x 2 squares of ``x`` (B, C, H, W), and where `spread` puts them.

    With channels last, torch shares the gradient's work among threads by pictures, and mostly there
    is only one. So it gets bands of two rows as so many pictures.
    """
    rows = x.shape[2] // 2
    y, places = nnf.max_pool2d(_bands(x[:, :, : 2 * rows], rows), 2, return_indices=True)
    return _joined(y, len(x)), places


def spread(gradient: Tensor, places: Tensor, shape: torch.Size, how: torch.memory_format) -> Tensor:
    """Return the gradient with respect to an input of `find_largest` of this shape and format.

    Args:
        gradient: With respect to the maxima (B, C, h, w).
        places: What `find_largest` has returned with them.
        shape: (B, C, H, W) of the input.
        how: Its memory format.
    """
    change = empty(shape, gradient, how)
    rows = gradient.shape[2]
    change[:, :, 2 * rows :] = 0
    inside = _bands(change[:, :, : 2 * rows], rows)
    given = _bands(gradient.contiguous(memory_format=how), rows)
    # Of the input, torch wants to know no more than its shape on a processor. What is in no square,
    # an odd last column, it sets to zero.
    torch.ops.aten.max_pool2d_with_indices_backward.grad_input(
        given, inside, [2, 2], [2, 2], [0, 0], [1, 1], False, places, grad_input=inside
    )
    return change


def _bands(x: Tensor, number: int) -> Tensor:
    """Cut one picture (1, C, H, W) with channels last into so many; leave others whole."""
    if len(x) > 1 or memory_format(x) != torch.channels_last or number == 0:
        return x
    _, channels, height, width = x.shape
    return x.permute(0, 2, 3, 1).view(number, height // number, width, channels).permute(0, 3, 1, 2)


def _joined(bands: Tensor, pictures: int) -> Tensor:
    """Undo `_bands` for so many pictures."""
    if len(bands) == pictures:
        return bands
    return bands.permute(0, 2, 3, 1).flatten(0, 1)[None].permute(0, 3, 1, 2)
