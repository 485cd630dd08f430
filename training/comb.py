"""How much of a comb a painting has: a pattern of 2 to 4 pixels in what should be flat.

A network that pools early sees some patterns of a few pixels badly, and an optimizer finds them.
They run along the axes, as the grid of the pooling does.
"""

from __future__ import annotations

import torch
from torch import Tensor

WINDOW = 32
"""Side of the squares that are looked at, in pixels."""

FLAT = 0.2
"""Share of the squares that count: those where the photograph varies least."""


def comb(painting: Tensor, photograph: Tensor) -> float:
    """Return how much stronger frequencies along the axes are than those of other directions.

    In flat areas, at periods of 2 to 4 pixels: the mean power within one frequency of an axis, over
    that of the rest of the ring. Periodograms of the squares (Hann's window) are averaged.

    Args:
        painting: `(1, 3, H, W)`.
        photograph: What it was painted after, of the same size; it says what is flat.
    """
    squares, flat = _squares(painting), _squares(photograph).var(dim=(1, 2))
    chosen = squares[flat.argsort()[: max(8, round(FLAT * len(flat)))]]
    hann = torch.hann_window(WINDOW)
    chosen = (chosen - chosen.mean(dim=(1, 2), keepdim=True)) * hann[:, None] * hann
    power = torch.fft.fft2(chosen).abs().square().mean(0)
    frequency = torch.fft.fftfreq(WINDOW).abs() * WINDOW
    down, across = frequency[:, None], frequency[None]
    radius = torch.hypot(down, across)
    ring = (radius >= WINDOW / 4) & (radius <= WINDOW / 2)
    axes = ring & (torch.minimum(down, across) <= 1)
    return round(float(power[axes].mean() / power[ring & ~axes].mean()), 3)


def _squares(picture: Tensor) -> Tensor:
    """Return the gray squares of a picture, half overlapping, `(N, WINDOW, WINDOW)`."""
    gray = picture.mean(1)[0]
    squares = gray.unfold(0, WINDOW, WINDOW // 2).unfold(1, WINDOW, WINDOW // 2)
    return squares.reshape(-1, WINDOW, WINDOW)
