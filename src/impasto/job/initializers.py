"""Where the image starts. Every initializer has the same signature, and a row in `tables`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as nnf
from torch import Tensor

NOISE_MEAN, NOISE_SPREAD = 0.5, 0.25


def content(photograph: Tensor, paintings: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Start from the photograph: the fewest evaluations.

    # Differs from Gatys et al. (2015), who start from white noise.
    """
    return photograph


def style(photograph: Tensor, paintings: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Start from the first painting, enlarged to cover the photograph and cut at the center."""
    height, width = photograph.shape[2:]
    painting = paintings[0]
    scale = max(height / painting.shape[2], width / painting.shape[3])
    size = (
        max(round(painting.shape[2] * scale), height),
        max(round(painting.shape[3] * scale), width),
    )
    covering = nnf.interpolate(painting, size, mode="bicubic", antialias=True).clamp(0, 1)
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    return covering[:, :, top : top + height, left : left + width].contiguous()


def noise(photograph: Tensor, paintings: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Start from Gaussian white noise around middle gray.

    Drawn on the CPU, so that a seed gives the same noise on every device.

    Source: Gatys et al. (2015), section "Methods".
    """
    draw = torch.randn(photograph.shape, generator=generator, dtype=torch.float32)
    return (NOISE_MEAN + NOISE_SPREAD * draw).to(photograph)


def blend(photograph: Tensor, paintings: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Start from the mean of the photograph and the first painting."""
    return (photograph + style(photograph, paintings, generator)) / 2


def gray(photograph: Tensor, paintings: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Start from middle gray: nothing but the losses decides what appears."""
    return torch.full_like(photograph, 0.5)


def white(photograph: Tensor, paintings: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Start from white paper."""
    return torch.ones_like(photograph)


def sprinkle(image: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Return ``(1 - share) image + share noise``: flat areas get something to grow.

    Source: the initial blends of several programs, among them 5 % in Liu's style-transfer.
    """
    return image if share == 0 else image.lerp(noise(image, (), generator), share)
