"""Where the image starts. Every initializer has the same signature, and a row of its own."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as nnf
from torch import Tensor

NOISE_MEAN, NOISE_SPREAD = 0.5, 0.25

FAINT_SPREAD = 1 / 255
"""Standard deviation of faint noise."""


def content(content: Tensor, styles: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Start from the content image: the fewest evaluations.

    # Differs from Gatys et al. (2015), who start from white noise.
    """
    return content


def style(content: Tensor, styles: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Start from the first style picture, enlarged to cover the image, cut at the center."""
    height, width = content.shape[2:]
    picture = styles[0]
    scale = max(height / picture.shape[2], width / picture.shape[3])
    size = (
        max(round(picture.shape[2] * scale), height),
        max(round(picture.shape[3] * scale), width),
    )
    covering = nnf.interpolate(picture, size, mode="bicubic", antialias=True).clamp(0, 1)
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    return covering[:, :, top : top + height, left : left + width].contiguous()


def noise(content: Tensor, styles: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Start from Gaussian white noise around middle gray.

    Drawn on the CPU, so that a seed gives the same noise on every device.

    Source: Gatys et al. (2015), section "Methods".
    """
    return white_noise(content, NOISE_SPREAD, generator)


def faint(content: Tensor, styles: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Start from Gaussian white noise that the eye takes for middle gray.

    Speckle that no layer sees stays as it is: of this there is next to none.

    Source: the code of Gatys, Ecker and Bethge's "Texture Synthesis Using Convolutional Neural
    Networks" (2015), whose noise has a standard deviation of 1 where pixels go from 0 to 255.
    """
    return white_noise(content, FAINT_SPREAD, generator)


def white_noise(content: Tensor, spread: float, generator: torch.Generator) -> Tensor:
    """Return Gaussian noise around middle gray, of the shape of an image."""
    draw = torch.randn(content.shape, generator=generator, dtype=torch.float32, device="cpu")
    return (NOISE_MEAN + spread * draw).to(content)


def blend(content: Tensor, styles: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Start from the mean of the content image and the first style picture."""
    return (content + style(content, styles, generator)) / 2


def gray(content: Tensor, styles: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Start from middle gray: nothing but the losses decides what appears."""
    return torch.full_like(content, 0.5)


def white(content: Tensor, styles: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """Start from white paper."""
    return torch.ones_like(content)


def add_noise(image: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Return ``(1 - share) image + share noise``: flat areas get something to grow.

    Source: the initial blends of several programs, among them 5 % in Liu's style-transfer.
    """
    return image if share == 0 else image.lerp(noise(image, (), generator), share)
