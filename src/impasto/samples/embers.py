"""An autumn lake with the palette knife: saturated slabs of red, orange, magenta and teal."""

from __future__ import annotations

import numpy as np

from impasto.samples.brush import Brush, Canvas
from impasto.samples.fields import Array, Generator, fractal, smoothstep
from impasto.samples.pigments import palette, ramp, vary
from impasto.samples.strokes import grid, lay

SHORE, BANK = 352.0, 540.0
SKY = palette("d8456a", "f0685a", "f99a4a", "ffc857", "ffe49a")
RANGE = palette("f08a8a", "b8428f", "6a2f8f", "3b2a78", "1f3f86")
WOOD = palette("ff9a3c", "e8432f", "b3203f", "5c1a4a", "1d5a62")
LAKE = palette("7fd6c8", "2fb3ae", "128f9c", "0e6a86", "0f4470")
MEADOW = palette("1b7a5a", "8fae3a", "e8a62e", "e0563a", "a8286a")
CROWNS = palette("ffd23f", "ff9f2e", "f5622d", "d92b3a", "a81d4f", "6a1a52", "f2e28a")
TRUNKS = palette("2a1440", "14405c", "5a1f5c", "f0d9c0")
# x of the foot, y of the foot, height, half width and lean of the trees
TREES = (
    (92.0, 590.0, 520.0, 118.0, 26.0),
    (210.0, 566.0, 420.0, 84.0, -14.0),
    (664.0, 574.0, 490.0, 112.0, -30.0),
    (752.0, 606.0, 560.0, 104.0, 18.0),
    (316.0, 374.0, 120.0, 34.0, 4.0),
    (372.0, 372.0, 92.0, 26.0, -3.0),
    (556.0, 376.0, 132.0, 36.0, 5.0),
)


def _land(rng: Generator) -> tuple[Array, Array]:
    """Return the colors and directions without the trees: sky, mountains, lake, meadow."""
    x, y = grid()
    rough = fractal(rng, x.shape, 160.0, 2.2)
    color = ramp(SKY, np.clip(y / 250 + 0.14 * rough - 0.0006 * (x - 430), 0.0, 1.0))
    angle = -0.35 + 0.35 * rough
    peak = 250 - 92 * np.exp(-np.abs((x - 460) / 100) ** 1.3) - 46 * np.exp(-np.abs((x - 250) / 90))
    peak += 10.0 * rough[120]
    inside = y - peak
    light = np.clip(0.25 + inside / 170 + 0.3 * np.sign(x - 460 + 0.5 * inside) * 0.6, 0.0, 1.0)
    color = np.where((inside > 0)[..., None], ramp(RANGE, light), color)
    angle = np.where(inside > 0, np.where(x > 460 - 0.5 * inside, 0.9, -0.8), angle)
    wood = y - (SHORE - 46 + 14 * fractal(rng, x.shape, 60.0, 1.8)[60])
    tone = np.clip(wood / 60 + 0.25 * fractal(rng, x.shape, 50.0, 1.8), 0.0, 1.0)
    color = np.where((wood > 0)[..., None], ramp(WOOD, tone), color)
    angle = np.where(wood > 0, 1.45, angle)
    depth = y - SHORE
    ripples = fractal(rng, x.shape, 90.0, 2.0) + np.sin(np.sqrt(np.maximum(depth, 0)) * 3.2)
    water = ramp(LAKE, np.clip(0.15 + depth / 230 + 0.16 * ripples, 0.0, 1.0))
    mirrored = np.clip(2 * SHORE - y - 0.25 * depth, 0, SHORE).astype(int)
    share = np.clip(0.6 - 0.0022 * depth + 0.28 * ripples, 0.0, 0.9)[..., None]
    water += share * (color[mirrored, x.astype(int)] * (0.9, 0.95, 1.0) - water)
    lake = depth > 0
    color, angle = np.where(lake[..., None], water, color), np.where(lake, 0.05 * ripples, angle)
    near = y - (BANK + 0.00035 * (x - 420) ** 2 * -1 + 16 + 8 * rough[300])
    tone = np.clip(0.3 + near / 150 + 0.3 * rough, 0.0, 1.0)
    color = np.where((near > 0)[..., None], ramp(MEADOW, tone), color)
    return color, np.where(near > 0, 0.5 * np.sin(x / 70.0), angle)


def _tree(canvas: Canvas, x: float, y: float, height: float, half: float, lean: float) -> None:
    """Paint one tree: a trunk in long pulls of the knife, a crown in slabs, light on one side."""
    rng = canvas.rng
    for number, shift in enumerate(np.linspace(-0.5, 0.5, 4)):
        foot = np.array([x + shift * 0.16 * half, y])
        top = np.array([x + lean + shift * 0.05 * half, y - 0.85 * height])
        bend = (foot + top) / 2 + (lean * 0.4, 0.0)
        knife = Brush(0.10 * half + 3, body=1.4, bristle=0.3, ridge=0.8, ragged=0.1, taper=0.5)
        pair = vary(rng, TRUNKS[[number, (number + 1) % 3]], 0.03, 0.02)
        canvas.stroke(np.array([foot, bend, top]), knife, pair)
    slabs = int(26 + half * 0.75)
    for place in np.sort(rng.random(slabs))[::-1]:
        level = y - height * (0.36 + 0.64 * (1 - place))
        spread = half * np.sin(np.pi * np.clip(0.12 + 0.80 * place, 0, 1)) ** 0.8
        side = rng.uniform(-1, 1)
        at = np.array([x + lean * (1 - place) + side * spread, level + rng.normal(0, 8)])
        turn = 0.9 * side + rng.normal(-0.5, 0.5)
        size = (0.22 * half + 5) * rng.uniform(0.7, 1.35)
        reach = np.array([np.sin(turn), -np.cos(turn)]) * size * rng.uniform(0.7, 1.3)
        tone = 2.6 + 1.7 * side + rng.normal(0, 1.1)
        first = int(np.clip(np.rint(tone), 0, 5))
        pair = vary(rng, CROWNS[[first, max(first - rng.integers(0, 3), 0)]], 0.03, 0.02)
        knife = Brush(size, body=1.7, bristle=0.25, ridge=1.0, ragged=0.1, dryness=0.3, taper=0.1)
        canvas.stroke(np.array([at - reach, at + reach]), knife, pair)


def paint(canvas: Canvas) -> Array:
    """Paint the picture and return it (H, W, 3)."""
    color, angle = _land(canvas.rng)
    y = grid()[1]
    broad = Brush(34, body=1.3, bristle=0.25, ridge=0.8, ragged=0.08, dryness=0.1, taper=0.05)
    knife = Brush(22, body=1.6, bristle=0.3, ridge=1.0, ragged=0.1, dryness=0.35, taper=0.1)
    small = Brush(13, body=1.7, bristle=0.3, ridge=1.0, ragged=0.12, dryness=0.4, taper=0.1)
    lay(canvas, color, angle, broad, spacing=20, length=58, vivid=1.3)
    lay(canvas, color, angle, knife, spacing=16, length=42, vivid=1.7)
    band = smoothstep(150, 230, y) * smoothstep(470, 380, y)
    lay(canvas, color, angle, small, spacing=10, length=24, vivid=1.7, within=band)
    for tree in sorted(TREES, key=lambda row: row[1]):
        _tree(canvas, *tree)
    lay(canvas, color, angle, small, spacing=17, length=30, vivid=2.4, within=smoothstep(540, 600, y))
    return canvas.finish(light=0.4, shine=0.14)
