"""Planes of short brush strokes that are crisp at one edge and dissolve at the other."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from artwork.brush import Brush, Canvas
from artwork.fields import Array, fractal, pick, smoothstep
from artwork.pigments import palette, ramp, vary
from artwork.strokes import grid

DARK, LIGHT = palette("1a1510", "f3e8cd")
FAMILIES = (
    palette("2c1d10", "77501f", "bd8d45", "e6c88c", "fbf0d2"),
    palette("1d1b19", "55524b", "928d80", "cbc4b2", "f2ecdc"),
    palette("161f19", "3d4d3c", "76876a", "b4bd9c", "ecefd8"),
    palette("26150f", "64341f", "a4633a", "d8a578", "f6dfc2"),
    palette("161c22", "3d4a53", "71828c", "afbcbf", "e8ecea"),
)
CHANCES = (0.30, 0.28, 0.16, 0.10, 0.16)


def arc(middle: tuple[float, float], radius: float, start: float, end: float) -> Array:
    """Return points (24, 2) of an arc from ``start`` to ``end`` degrees."""
    turn = np.deg2rad(np.linspace(start, end, 24))
    return np.asarray(np.stack([np.cos(turn), np.sin(turn)], axis=1) * radius + middle)


class Easel:
    """A canvas on which planes are painted one over the other."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.rng = canvas.rng
        x, y = grid()
        away = np.hypot((x - 410) / 430, (y - 300) / 350)
        cloud = 0.12 * fractal(self.rng, x.shape, 260.0, 2.2)
        self._mask = np.zeros(canvas.shape, np.float32)
        self.light = np.clip(1.1 - 0.75 * away**1.3 + cloud, 0.0, 1.0)

    def _prime(self, corners: Array, family: Array, across: Array, start: float) -> None:
        """Mask a plane, crisp at its first edge and open at its last, and lay a thin first coat."""
        canvas = self.canvas
        low = np.clip(corners.min(0) * canvas.scale, 0, canvas.shape[::-1]).astype(int)
        high = np.clip(corners.max(0) * canvas.scale + 1, 0, canvas.shape[::-1]).astype(int)
        part = np.s_[low[1] : high[1], low[0] : high[0]]
        image = Image.new("L", (max(high[0] - low[0], 1), max(high[1] - low[1], 1)))
        points = [(float(x), float(y)) for x, y in corners * canvas.scale - low]
        ImageDraw.Draw(image).polygon(points, fill=255)
        place = corners @ across
        y, x = (np.arange(low[axis], high[axis]) / canvas.scale for axis in (1, 0))
        fade = (x[None, :] * across[0] + y[:, None] * across[1] - place.min()) / np.ptp(place)
        cover = np.asarray(image, np.float32)[: len(y), : len(x)] / 255.0
        cover = cover * smoothstep(1.02, 0.6, fade)
        light = float(pick(self.light, *corners.mean(0)[:, None]).mean())
        tones = np.array([start, 0.35 + 0.4 * light]) + 0.4 * (light - 0.6)
        ends = ramp(family, np.clip(tones, 0.0, 1.0))
        coat = ends[0] + (ends[1] - ends[0]) * np.clip(fade, 0.0, 1.0)[..., None]
        canvas.color[part] += (0.92 * cover)[..., None] * (coat - canvas.color[part])
        self._mask.fill(0.0)
        self._mask[part] = cover

    def plane(self, corners: Array, family: Array, turn: float, start: float) -> None:
        """Paint a plane.

        Args:
            corners: Its outline (N, 2) in units.
            family: Colors from dark to light.
            turn: Direction of the strokes in radians; the plane dissolves to the right of it.
            start: Tone of the crisp edge, 0 (dark) to 1 (light).
        """
        rng, canvas = self.rng, self.canvas
        across = np.array([-np.sin(turn), np.cos(turn)])
        self._prime(corners, family, across, start)
        low, high = corners.min(0), corners.max(0)
        breadth = float(np.clip(0.07 * np.ptp(corners @ across), 4.5, 10.0))
        count = int(np.prod(high - low) / (breadth * breadth * 1.9)) + 4
        middles = low + rng.random((count, 2)) * (high - low)
        place = (middles @ across - (corners @ across).min()) / np.ptp(corners @ across)
        light = pick(self.light, middles[:, 0], middles[:, 1])
        tone = start + (0.35 + 0.4 * light - start) * np.clip(place, 0, 1) ** 0.8
        tone += 0.40 * (light - 0.6) + 0.04 * rng.standard_normal(count)
        colors = vary(rng, ramp(family, np.clip(tone, 0, 1)), 0.012, 0.005)
        ahead = np.array([np.cos(turn), np.sin(turn)]) * breadth * 1.7
        brush = Brush(breadth, body=0.9, bristle=0.8, dryness=0.35, ragged=0.3, taper=0.2)
        tilts = rng.normal(0, 0.12, (count, 2)) * breadth
        seconds = vary(rng, colors, 0.025, 0.008)
        for middle, tilt, *pair in zip(middles, tilts, colors, seconds, strict=True):
            path = np.array([middle - ahead + tilt, middle + ahead - tilt])
            canvas.stroke(path, brush, np.stack(pair), self._mask)

    def edge(self, path: Array, width: float, color: Array, dry: float = 0.35) -> None:
        """Draw a contour that swells, thins and breaks off."""
        brush = Brush(width, body=0.9, dryness=dry, ragged=0.3, taper=0.6, opacity=0.9)
        self.canvas.stroke(path, brush, np.stack([color, color * 0.8 + 0.04]))

    def facet(self, at: Array, size: float, turn: float) -> None:
        """Paint a plane of random form around ``at`` and draw its crisp edge."""
        rng = self.rng
        stretch = np.exp(rng.normal(0.3, 0.3))
        half = np.array([size * stretch**0.5, size / stretch**0.5]) / 2
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) + rng.normal(0, 0.18, (4, 2))
        corners[:2, 1] = corners[:2, 1].mean()  # the crisp edge is straight along the strokes
        if rng.random() < 0.2:
            corners = corners[:3]
        elif rng.random() < 0.2:
            corners = np.concatenate([corners[:2], arc((0, -1), 1.6, 0, 180) * (0.62, 1.1)])
        cos, sin = np.cos(turn), np.sin(turn)
        corners = at + (corners * half) @ np.array([[cos, sin], [-sin, cos]])
        dark = rng.random() < 0.5
        family = FAMILIES[rng.choice(len(FAMILIES), p=CHANCES)]
        start = rng.uniform(0.0, 0.25) if dark else rng.uniform(0.8, 1.0)
        self.plane(corners, family, turn, start)
        first, second = corners[0], corners[1]
        beyond = (second - first) * rng.uniform(0.0, 0.22)
        path = np.array([first - beyond * rng.uniform(0, 1), second + beyond])
        if rng.random() < 0.8:
            self.edge(path, 0.012 * size + 1.6, DARK, dry=0.4)
        if rng.random() < 0.25:
            self.edge(np.array([corners[1], corners[2]]), 0.01 * size + 1.2, LIGHT, dry=0.6)
