"""Single touches of the brush: short ovals of pure color, and how to divide a color into them."""

from __future__ import annotations

import numpy as np

from artwork.brush import Canvas
from artwork.fields import Array, Generator, noise
from artwork.pigments import palette, to_lab, to_rgb

TURNS, SHAPES = 16, 6
# The tube colors: every touch is drawn towards one of them.
TUBES = palette(
    *("fff3cf", "ffe45c", "ffbd3a", "f58426", "e84a33", "dc3f74", "b552a0", "7f57bb", "4f55c6"),
    *("2864c8", "3392dc", "48bfdc", "26a99a", "36a05a", "86c244", "c9da50", "20306e", "14443f"),
)


def divide(rng: Generator, colors: Array, spread: float = 1.0) -> Array:
    """Divide colors (N, 3) into purer ones that mix back to them, with some complements.

    Args:
        rng: Source of chance.
        colors: The colors that the eye should mix, sRGB.
        spread: How far the touches differ from them; larger is livelier.
    """
    lab = to_lab(colors)
    lab += spread * rng.standard_normal(lab.shape) * (0.035, 0.045, 0.045)
    lab[:, 1:] *= 1.2
    tubes = to_lab(TUBES)
    away = (((lab[:, None] - tubes) * (1.5, 1.0, 1.0)) ** 2).sum(-1)
    away += 0.005 * spread * rng.gumbel(size=away.shape)
    pull = rng.uniform(0.1, 0.75, (len(lab), 1)) * (1.0, 1.6, 1.6) / 1.6
    lab += pull * (tubes[np.argmin(away, axis=1)] - lab)
    opposite = rng.random(len(lab)) < 0.07 * spread
    lab[opposite, 1:] *= -0.8
    return to_rgb(lab)


class Dabber:
    """Stamps of single touches in all sizes, directions and shapes."""

    def __init__(self, canvas: Canvas, stretch: float = 1.5) -> None:
        self.canvas = canvas
        self.stretch = stretch
        self._stamps: dict[tuple[int, int, int], tuple[Array, Array]] = {}

    def _stamp(self, size: int, turn: int, shape: int) -> tuple[Array, Array]:
        """Return cover and height (2 s + 1, 2 s + 1) of a touch; its radius is size / 4 pixels."""
        key = (size, turn, shape)
        if key not in self._stamps:
            rng = np.random.default_rng(key)
            radius, angle = size / 4.0, np.pi * (turn + 0.5) / TURNS
            stretch = np.sqrt(self.stretch * np.exp(rng.normal(0, 0.12)))
            side = int(np.ceil(radius * stretch * 1.15)) + 1
            y, x = np.mgrid[-side : side + 1, -side : side + 1].astype(np.float64)
            u = (x * np.cos(angle) + y * np.sin(angle)) / stretch
            v = (y * np.cos(angle) - x * np.sin(angle)) * stretch
            lobes = 0.10 * np.sin(3 * np.arctan2(v, u) + rng.uniform(0, 6))
            away = np.hypot(u, v) / radius + lobes
            cover = np.clip((1.0 - away) * radius + 0.5, 0.0, 1.0)
            rim = np.exp(-(((away - 0.75) / 0.22) ** 2))
            grain = noise(rng, x.shape, max(radius / 5, 0.5))
            self._stamps[key] = cover, 0.8 + 0.4 * rim + 0.15 * grain - 0.3 * u / radius
        return self._stamps[key]

    def touch(self, at: Array, radius: float, angle: float, color: Array, body: float) -> None:
        """Set one touch of ``radius`` units at ``at``, turned by ``angle`` radians."""
        canvas = self.canvas
        size = max(round(4 * radius * canvas.scale), 3)
        turn = int(angle / np.pi * TURNS) % TURNS
        cover, height = self._stamp(size, turn, int(canvas.rng.integers(SHAPES)))
        side = cover.shape[0] // 2
        column, row = (at * canvas.scale).astype(int) - side
        top, left = max(row, 0), max(column, 0)
        bottom = min(row + cover.shape[0], canvas.shape[0])
        right = min(column + cover.shape[1], canvas.shape[1])
        if top >= bottom or left >= right:
            return
        part = np.s_[top:bottom, left:right]
        own = np.s_[top - row : bottom - row, left - column : right - column]
        alpha = cover[own]
        canvas.color[part] += alpha[..., None] * (color - canvas.color[part])
        canvas.relief[part] += alpha * (body * height[own] - 0.5 * canvas.relief[part])
