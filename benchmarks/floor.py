"""The best rate at which this machine convolves: the floor of every evaluation."""

from __future__ import annotations

import torch
import torch.nn.functional as nnf

from benchmarks.timing import repeat

SHAPES = ((64, 512), (128, 256), (256, 128), (256, 256), (512, 64), (512, 128))
"""Channels in and out, and side, of 3x3 convolutions: those of VGG-19, and two larger ones."""


@torch.no_grad()
def rates(
    precisions: list[str],
    shapes: list[tuple[int, int]] | None = None,
    seconds: float = 2.0,
    device: str = "cpu",
) -> dict[str, dict[str, float]]:
    """Return operations per second by precision and shape, and the ``best`` of each precision.

    Channels last; the fastest quarter of the repetitions, since a floor is what can be reached.
    """
    found: dict[str, dict[str, float]] = {}
    for precision in precisions:
        rows = {}
        for channels, side in shapes or SHAPES:
            x = torch.randn(1, channels, side, side, device=device).to(getattr(torch, precision))
            weight = torch.randn(channels, channels, 3, 3, device=device).to(x.dtype)
            x = x.to(memory_format=torch.channels_last)
            weight = weight.to(memory_format=torch.channels_last)
            times = repeat(
                # One number is read, or a card would still be computing.
                lambda x=x, weight=weight: nnf.conv2d(x, weight, padding=1)[0, 0, 0, 0].item(),
                seconds=seconds,
            )
            operations = 2 * 9 * channels**2 * side**2
            rows[f"{channels} channels, {side} px"] = operations / times["low"]
        found[precision] = rows | {"best": max(rows.values())}
    return found
