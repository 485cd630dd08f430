"""An autumn lake with the palette knife: saturated slabs of red, orange, magenta and teal."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from artwork.brush import Brush, Canvas
from artwork.fields import Array, Generator, fractal, smoothstep
from artwork.pigments import palette, ramp, vary
from artwork.strokes import grid, lay

SHORE, BANK = 352.0, 556.0
SKY = palette("c93a72", "ea5a68", "fa8a4c", "ffc052", "ffe49a")
RANGE = palette("f08a8a", "b8428f", "6a2f8f", "3b2a78", "1f3f86")
WOOD = palette("ff9a3c", "e8432f", "b3203f", "5c1a4a", "1d5a62")
LAKE = palette("8fe0cf", "35bdb4", "128f9c", "0e6a86", "123f78")
MEADOW = palette("1b7a5a", "8fae3a", "e8a62e", "e0563a", "a8286a")
CROWNS = palette("4a1650", "8a1a50", "c4244a", "e8402f", "f9742a", "ffa72e", "ffd84a")
TRUNKS = palette("24103c", "12405e", "4c1f5c", "e7b9a0")


class Tree(NamedTuple):
    """A tree: its foot, its height, half the width of its crown, and how far it leans."""

    x: float
    y: float
    height: float
    half: float
    lean: float


TREES = (
    Tree(372.0, 366.0, 84.0, 24.0, -3.0),
    Tree(316.0, 370.0, 118.0, 32.0, 4.0),
    Tree(566.0, 371.0, 126.0, 34.0, 5.0),
    Tree(214.0, 566.0, 400.0, 82.0, -16.0),
    Tree(664.0, 580.0, 470.0, 104.0, -30.0),
    Tree(78.0, 596.0, 540.0, 118.0, 30.0),
    Tree(762.0, 610.0, 560.0, 104.0, 14.0),
)


def _far(rng: Generator) -> tuple[Array, Array]:
    """Return the colors and directions of the sky, the mountains and the wood behind the lake."""
    x, y = grid()
    rough = fractal(rng, x.shape, 160.0, 2.2)
    color = ramp(SKY, np.clip(y / 250 + 0.14 * rough - 0.0006 * (x - 430), 0.0, 1.0))
    angle = -0.35 + 0.35 * rough
    peak = 250 - 104 * np.exp(-(np.abs((x - 460) / 100) ** 1.3))
    peak += 10.0 * rough[120] - 46 * np.exp(-np.abs((x - 250) / 90))
    inside = y - peak
    sunny = np.sign(x - 460 + 0.5 * inside)
    light = np.clip(0.25 + inside / 170 + 0.2 * sunny, 0.0, 1.0)
    color = np.where((inside > 0)[..., None], ramp(RANGE, light), color)
    angle = np.where(inside > 0, np.where(sunny > 0, 0.9, -0.8), angle)
    wood = y - (SHORE - 46 + 14 * fractal(rng, x.shape, 60.0, 1.8)[60])
    tone = np.clip(wood / 60 + 0.25 * fractal(rng, x.shape, 50.0, 1.8), 0.0, 1.0)
    color = np.where((wood > 0)[..., None], ramp(WOOD, tone), color)
    return color, np.where(wood > 0, 1.45, angle)


def _lake(rng: Generator, color: Array) -> Array:
    """Return the colors of the water, which mirrors ``color`` and the trees."""
    x, y = grid()
    depth = np.maximum(y - SHORE, 0.0)
    ripples = fractal(rng, x.shape, 90.0, 2.0) + np.sin(np.sqrt(depth) * 3.2)
    water = ramp(LAKE, np.clip(0.15 + depth / 230 + 0.16 * ripples, 0.0, 1.0))
    mirrored = np.clip(2 * SHORE - y - 0.25 * depth, 0, SHORE).astype(int)
    share = np.clip(0.62 - 0.0018 * depth + 0.25 * ripples, 0.0, 0.9)[..., None]
    water += share * (color[mirrored, x.astype(int)] - water)
    for tree in TREES:
        across = np.abs(x - tree.x - 6 * ripples) / (0.62 * tree.half)
        warm = smoothstep(1.0, 0.45, across) * np.clip(0.8 + 0.25 * ripples - depth / 260, 0, 1)
        tone = 0.55 + 0.2 * ripples - 0.25 * np.clip(across - 0.3, 0, 1)
        water += 0.85 * warm[..., None] * (ramp(CROWNS, np.clip(tone, 0, 1)) - water)
    return np.asarray(water)


def _land(rng: Generator) -> tuple[Array, Array]:
    """Return the colors and directions of everything but the trees."""
    x, y = grid()
    color, angle = _far(rng)
    lake = y > SHORE
    color = np.where(lake[..., None], _lake(rng, color), color)
    angle = np.where(lake, 0.10 * np.sin(x / 60.0 + y / 25.0), angle)
    rough = fractal(rng, x.shape, 110.0, 2.2)
    near = y - BANK - 16 * np.exp(-(((x - 420) / 190) ** 2)) + 8 * rough
    tone = np.clip(0.35 + near / 160 + 0.26 * rough, 0.0, 1.0)
    color = np.where((near > 0)[..., None], ramp(MEADOW, tone), color)
    return color, np.where(near > 0, 0.5 * np.sin(x / 70.0), angle)


def _wood(canvas: Canvas, tree: Tree) -> None:
    """Pull the trunk and its boughs out of dark paint, with one cold light edge."""
    rng = canvas.rng
    foot = np.array([tree.x, tree.y])
    top = np.array([tree.x + tree.lean, tree.y - 0.86 * tree.height])
    trunk = np.stack([foot, (foot + top) / 2 + (0.4 * tree.lean, 0.0), top])
    for number, shift in enumerate((-0.5, -0.15, 0.15, 0.5)):
        knife = Brush(0.08 * tree.half + 3, body=1.4, bristle=0.3, ridge=0.8, ragged=0.1, taper=0.5)
        pair = vary(rng, TRUNKS[[number, (number + 1) % 3]], 0.03, 0.02)
        offset = np.outer((0.18, 0.10, 0.03), (shift * tree.half, 0.0))
        canvas.stroke(trunk + offset, knife, pair)
    for place in np.linspace(0.42, 0.8, 6):
        start = foot + (top - foot) * place
        side = rng.choice([-1.0, 1.0]) * rng.uniform(0.5, 0.95) * tree.half
        bough = np.stack([start, start + (0.5 * side, -12), start + (side, -0.16 * tree.height)])
        canvas.stroke(bough, Brush(0.05 * tree.half + 2.5, body=1.3, taper=0.8), TRUNKS[[0, 2]])


def _leaves(canvas: Canvas, tree: Tree, count: int, bright: float) -> None:
    """Set slabs of foliage, warm and light where the sun comes from, dark on the other side."""
    rng = canvas.rng
    for place in np.sort(rng.random(count)):
        spread = tree.half * np.sin(np.pi * (0.16 + 0.76 * place)) ** 0.7
        side = np.clip(rng.normal(0.0, 0.55), -1.15, 1.15)
        lean = tree.lean * (1 - place)
        level = tree.y - tree.height * (1.0 - 0.64 * place)
        at = np.array([tree.x + lean + side * spread, level + rng.normal(0, 0.1) * tree.half])
        turn = 0.8 * side + rng.normal(0.0, 0.45)
        size = (0.12 * tree.half + 4.5) * rng.uniform(0.7, 1.4)
        reach = np.array([np.sin(turn), -np.cos(turn)]) * size * rng.uniform(0.8, 1.5)
        toward = side if tree.x < 440 else -side
        tone = bright + 0.22 * toward - 0.22 * place + rng.normal(0, 0.14)
        pair = ramp(CROWNS, np.clip(tone + np.array([0.0, rng.normal(0, 0.12)]), 0.0, 1.0))
        knife = Brush(size, body=1.7, bristle=0.3, ridge=1.0, ragged=0.1, dryness=0.3, taper=0.1)
        canvas.stroke(np.stack([at - reach, at + reach]), knife, vary(rng, pair, 0.02, 0.02))


def paint(canvas: Canvas) -> Array:
    """Paint the picture and return it (H, W, 3)."""
    color, angle = _land(canvas.rng)
    y = grid()[1]
    broad = Brush(34, body=1.3, bristle=0.25, ridge=0.8, ragged=0.08, dryness=0.1, taper=0.05)
    knife = Brush(22, body=1.6, bristle=0.3, ridge=1.0, ragged=0.1, dryness=0.35, taper=0.1)
    small = Brush(13, body=1.7, bristle=0.3, ridge=1.0, ragged=0.12, dryness=0.4, taper=0.1)
    lay(canvas, color, angle, broad, spacing=20, length=58, vivid=1.2)
    lay(canvas, color, angle, knife, spacing=16, length=42, vivid=1.5)
    band = smoothstep(150, 230, y) * smoothstep(560, 460, y)
    lay(canvas, color, angle, small, spacing=11, length=34, vivid=1.5, within=band)
    for tree in TREES:
        _leaves(canvas, tree, int(24 + 0.4 * tree.half), 0.30)
        _wood(canvas, tree)
        _leaves(canvas, tree, int(30 + 1.0 * tree.half), 0.68)
    near = smoothstep(566, 610, y)
    lay(canvas, color, angle, small, spacing=15, length=30, vivid=2.2, within=near)
    return canvas.finish(light=0.4, shine=0.14)
