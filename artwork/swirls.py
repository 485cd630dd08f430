"""A harbor at night: thick strokes along a turbulent sky, and lights that swim in the water."""

from __future__ import annotations

import numpy as np

from artwork.brush import HEIGHT, Brush, Canvas
from artwork.fields import Array, Generator, along_levels, fractal, smoothstep
from artwork.pigments import palette, ramp
from artwork.quay import paint_boats, paint_town
from artwork.strokes import grid, lay

HORIZON = 408.0
NIGHT = palette("0a1036", "14236b", "1d3c9c", "2b66c0", "4f97d2", "9fcfd6", "eaeec4")
GLOW = palette("fffce6", "fff0a0", "fccb43", "f0a52e", "c9b45a", "6fa58c", "3878b8", "1d3c9c")
SEA = palette("08123c", "0f2a6b", "15508f", "1d7f9c", "4fb0a8", "a8dcc0")
HILLS = palette("2a3f8a", "1c3f74", "14465e", "0e2748")
REFLECTIONS = palette("fff4b8", "ffd750", "f9a233", "e0713a")
# x, y, radius of the core and of the halo
STARS = (
    (622.0, 122.0, 34.0, 116.0),
    (84.0, 66.0, 9.0, 48.0),
    (262.0, 44.0, 6.0, 34.0),
    (446.0, 52.0, 10.0, 50.0),
    (748.0, 268.0, 8.0, 44.0),
    (556.0, 306.0, 5.0, 28.0),
    (168.0, 276.0, 12.0, 60.0),
)
# x, y and radius of the eddies of the wind, and the sense in which they turn
EDDIES = ((318.0, 178.0, 112.0, 1.0), (452.0, 222.0, 74.0, -1.0), (40.0, 178.0, 66.0, 1.0))
# x and strength of the lights that the water reflects
LIGHTS = ((622.0, 1.1), (172.0, 0.9), (262.0, 0.6), (352.0, 0.8), (448.0, 0.7), (748.0, 0.6))


def _turned(vector: Array, share: Array, angle: Array) -> Array:
    """Turn a field of doubled angles (H, W, 2) towards ``angle`` by ``share``."""
    goal = np.stack([np.cos(2 * angle), np.sin(2 * angle)], axis=-1)
    return np.asarray(vector + share[..., None] * (goal - vector))


def _sky(rng: Generator) -> tuple[Array, Array]:
    """Return the colors and directions of the sky: streams of wind, eddies, halos."""
    x, y = grid()
    stream = y + 24.0 * np.sin(x / 105.0 + 0.8) + 14.0 * fractal(rng, x.shape, 260.0, 2.6)
    waves = 0.5 + 0.5 * np.sin(stream / 12.0 + 0.7 * fractal(rng, x.shape, 90.0, 2.2))
    gusts = 0.5 + 0.5 * np.tanh(fractal(rng, x.shape, 240.0, 2.4) + 0.3)
    tone = 0.10 + 0.24 * y / HORIZON + 0.6 * waves**1.5 * gusts
    levels = along_levels(stream)
    vector = np.stack([np.cos(2 * levels), np.sin(2 * levels)], axis=-1)
    for at_x, at_y, size, sense in EDDIES:
        radius = np.hypot(x - at_x, y - at_y)
        around = np.arctan2(y - at_y, x - at_x)
        share = smoothstep(size * 1.25, size * 0.6, radius)
        vector = _turned(vector, share, around + np.pi / 2 - 0.22 * sense)
        # Two arms of a logarithmic spiral, drawn out by the wind.
        arms = 0.5 + 0.5 * np.sin(2.0 * around - sense * 9.0 * np.log1p(radius / size))
        tone += share * (0.12 + 0.74 * arms**1.6 - tone)
    color = ramp(NIGHT, np.clip(tone, 0.0, 1.0))
    for at_x, at_y, core, halo in STARS:
        radius = np.hypot(x - at_x, y - at_y) * (1.0 + 0.05 * fractal(rng, x.shape, 40.0, 2.0))
        share = smoothstep(halo * 1.25, halo * 0.8, radius)
        place = (radius - core * 0.55) / halo + 0.075 * np.sin(radius / 4.4)
        color += share[..., None] * (ramp(GLOW, np.clip(place, 0.0, 1.0)) - color)
        vector = _turned(vector, share, np.arctan2(y - at_y, x - at_x) + np.pi / 2 + 0.12)
    return color, 0.5 * np.arctan2(vector[..., 1], vector[..., 0])


def _water(rng: Generator) -> tuple[Array, Array]:
    """Return the colors and directions of the sea: swell, and columns of reflected light."""
    x, y = grid()
    below = np.maximum(y - HORIZON, 0.0)
    depth = np.clip(below / (HEIGHT - HORIZON), 0.0, 1.0)
    waves = fractal(rng, x.shape, 90.0, 2.0)
    swell = np.sin(np.sqrt(below) * 4.4 + 1.1 * waves + x / 60.0)
    tone = 0.36 + 0.26 * swell + 0.12 * waves - 0.10 * np.abs(depth - 0.35)
    color = ramp(SEA, np.clip(tone, 0.0, 1.0))
    for at_x, strength in LIGHTS:
        spread = (6.0 + 34.0 * depth) * (1.0 + 0.3 * waves)
        glint = strength * np.exp(-(((x - at_x + 7 * waves) / spread) ** 2)) * (0.75 + 0.6 * swell)
        glint = np.clip(glint * (1.2 - 0.8 * depth), 0.0, 1.0)[..., None]
        warmth = np.clip(depth * 0.9 + 0.2 * waves, 0.0, 1.0)
        color += glint * (ramp(REFLECTIONS, warmth) - color)
    return color, 0.16 * np.cos(np.sqrt(below) * 4.4 + x / 40.0) + 0.08 * waves


def _scene(rng: Generator) -> tuple[Array, Array]:
    """Put the parts together: sky, hills, sea."""
    x, y = grid()
    color, angle = _sky(rng)
    ridge = HORIZON - 26.0 - 52.0 * np.exp(-(((x - 700) / 130) ** 2))
    ridge -= 44.0 * np.exp(-(((x - 50) / 120) ** 2))
    ridge += 5.0 * fractal(rng, x.shape, 160.0, 2.4)[200][None, :]
    shade = (y - ridge) / 70 + 0.2 * fractal(rng, x.shape, 60.0, 2.0)
    land, sea = y > ridge, y > HORIZON
    color = np.where(land[..., None], ramp(HILLS, np.clip(shade, 0.0, 1.0)), color)
    angle = np.where(land, np.gradient(ridge, axis=1) * 1.2 - 0.15, angle)
    water, slope = _water(rng)
    return np.where(sea[..., None], water, color), np.where(sea, slope, angle)


def paint(canvas: Canvas) -> Array:
    """Paint the picture and return it (H, W, 3)."""
    scene, angle = _scene(canvas.rng)
    below = smoothstep(HORIZON - 4, HORIZON + 4, grid()[1])
    above = 1.0 - below
    lay(canvas, scene, angle, Brush(24, body=0.9, dryness=0.0), spacing=12, length=80)
    lay(canvas, scene, angle, Brush(13, body=1.3, dryness=0.25), spacing=8, length=64, within=above)
    lay(canvas, scene, angle, Brush(12, body=1.4, dryness=0.3), spacing=8, length=46, within=below)
    paint_town(canvas, HORIZON)
    fine = Brush(7.5, body=1.9, dryness=0.4)
    lay(canvas, scene, angle, fine, spacing=9.5, length=42, vivid=1.4, within=above * _open(110.0))
    lay(canvas, scene, angle, fine, spacing=10, length=30, vivid=1.4, within=below)
    paint_boats(canvas)
    return canvas.finish(light=0.42, shine=0.12)


def _open(height: float) -> Array:
    """Return 1 except over the town, whose houses must stay on top."""
    x, y = grid()
    town = (x > 130) & (x < 650) & (y > HORIZON - 0.5 * height) & (y <= HORIZON + 3)
    return 1.0 - town
