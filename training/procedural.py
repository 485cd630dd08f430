"""Pictures that the program makes itself: noise, discs, stripes, cells, strokes."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def uniform(rng: torch.Generator, low: float = 0.0, high: float = 1.0) -> float:
    """Return one number between `low` and `high`."""
    return low + (high - low) * float(torch.rand((), generator=rng))


def colors(count: int, rng: torch.Generator) -> Tensor:
    """Return `(count, 3)` colors around a random palette of two to five."""
    palette = torch.rand(int(uniform(rng, 2, 6)), 3, generator=rng)
    chosen = torch.randint(len(palette), (count,), generator=rng)
    spread = uniform(rng, 0, 0.2)
    return (palette[chosen] + spread * torch.randn(count, 3, generator=rng)).clamp(0, 1)


def _grid(size: int) -> tuple[Tensor, Tensor]:
    axis = torch.arange(size, dtype=torch.float32)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    return x, y


def noise(size: int, rng: torch.Generator) -> Tensor:
    """Return colored noise with a power spectrum `1 / f^a`, `a` from 0.5 to 4."""
    fy = torch.fft.fftfreq(size)[:, None]
    fx = torch.fft.rfftfreq(size)[None]
    envelope = (fx.square() + fy.square()).clamp_min(size**-2).pow(-uniform(rng, 0.25, 2.0) / 2)
    spectrum = torch.fft.rfft2(torch.randn(3, size, size, generator=rng)) * envelope
    field = torch.fft.irfft2(spectrum, s=(size, size))
    field = field / field.std().clamp_min(1e-6)
    mix = torch.randn(3, 3, generator=rng) * uniform(rng, 0.05, 0.25)
    return torch.einsum("ij,jhw->ihw", mix, field) + colors(1, rng).view(3, 1, 1)


def discs(size: int, rng: torch.Generator) -> Tensor:
    """Return dead leaves: discs and squares that cover one another, of scale-free sizes."""
    x, y = _grid(size)
    count = int(uniform(rng, 20, 70))
    paint = colors(count, rng)
    image = colors(1, rng).view(3, 1, 1).expand(3, size, size).clone()
    square = uniform(rng) < 0.3
    for index in range(count):
        radius = size * 0.5 * math.exp(-uniform(rng, 0, 3))
        dx, dy = (x - uniform(rng, 0, size)).abs(), (y - uniform(rng, 0, size)).abs()
        distance = torch.maximum(dx, dy) if square else (dx.square() + dy.square()).sqrt()
        cover = (radius - distance).clamp(0, 1)
        image.lerp_(paint[index].view(3, 1, 1).expand_as(image), cover.expand_as(image))
    return image


def stripes(size: int, rng: torch.Generator) -> Tensor:
    """Return the sum of one to three bent gratings, smooth or hard."""
    x, y = _grid(size)
    image = colors(1, rng).view(3, 1, 1).expand(3, size, size).clone()
    bend = uniform(rng, 0, 3) * torch.sin(x / uniform(rng, 5, 30) + uniform(rng, 0, 6))
    for _ in range(int(uniform(rng, 1, 4))):
        angle = uniform(rng, 0, math.pi)
        period = math.exp(uniform(rng, math.log(3), math.log(60)))
        position = x * math.cos(angle) + y * math.sin(angle) + bend
        wave = torch.sin(position * (2 * math.pi / period) + uniform(rng, 0, 6))
        if uniform(rng) < 0.4:
            wave = (wave * 4).clamp(-1, 1)
        image += wave * torch.randn(3, 1, 1, generator=rng) * 0.2
    return image


def cells(size: int, rng: torch.Generator) -> Tensor:
    """Return Voronoi cells of plain colors, some with dark borders."""
    x, y = _grid(size)
    count = int(uniform(rng, 6, 40))
    sites = torch.rand(count, 2, generator=rng) * size
    distance = (x[..., None] - sites[:, 0]).square() + (y[..., None] - sites[:, 1]).square()
    nearest = distance.topk(2, largest=False)
    image = colors(count, rng)[nearest.indices[..., 0]].permute(2, 0, 1)
    if uniform(rng) < 0.5:
        gap = (nearest.values[..., 1].sqrt() - nearest.values[..., 0].sqrt()) / uniform(rng, 1, 4)
        image = image * gap.clamp(0, 1)
    return image


def strokes(size: int, rng: torch.Generator) -> Tensor:
    """Return short strokes along a smooth field of directions on a plain ground."""
    x, y = _grid(size)
    count = int(uniform(rng, 40, 120))
    paint = colors(count, rng)
    image = colors(1, rng).view(3, 1, 1).expand(3, size, size).clone()
    turn, first = uniform(rng, -3, 3), uniform(rng, 0, math.pi)
    length, width = uniform(rng, 5, 16), uniform(rng, 1, 3.5)
    for index in range(count):
        cx, cy = uniform(rng, 0, size), uniform(rng, 0, size)
        angle = first + turn * (cx + math.sin(cy / 15) * 20) / size
        dx, dy = x - cx, y - cy
        along = (dx * math.cos(angle) + dy * math.sin(angle)).abs() - length
        across = (dy * math.cos(angle) - dx * math.sin(angle)).abs() - width
        cover = (-torch.maximum(along, across)).clamp(0, 1)
        image.lerp_(paint[index].view(3, 1, 1).expand_as(image), cover.expand_as(image))
    return image


MAKERS = (noise, noise, discs, stripes, cells, strokes)


def picture(size: int, rng: torch.Generator) -> Tensor:
    """Return a picture `(3, size, size)` in [0, 1] of a random kind."""
    maker = MAKERS[int(uniform(rng, 0, len(MAKERS)))]
    return maker(size, rng).clamp(0, 1)
