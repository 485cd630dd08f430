"""The houses and boats of the harbor, stroke by stroke."""

from __future__ import annotations

import numpy as np

from artwork.brush import Brush, Canvas
from artwork.fields import Array
from artwork.pigments import palette, vary

WALLS = palette("3b4fa6", "26357c", "5a5a9c", "2f6a94", "6a4a80", "7c6a8c")
ROOFS = palette("6b2f40", "95482f", "2b2f5e", "44305e", "a85c34")
WINDOWS = palette("fff3b0", "ffd447", "f79a2c")
HULLS = palette("0a0f2a", "7a2f2a", "b4562c", "163a5e")
SAILS = palette("f4ecc8", "b9d6d0", "7fb0c8", "e8c890")
# x and y of the waterline, and length
BOATS = ((236.0, 560.0, 120.0), (556.0, 508.0, 78.0), (92.0, 474.0, 50.0), (706.0, 596.0, 104.0))


def _line(*points: tuple[float, float]) -> Array:
    return np.array(points, float)


def paint_town(canvas: Canvas, horizon: float) -> None:
    """Paint the houses along the quay, and a church among them."""
    rng = canvas.rng
    x = 140.0
    while x < 640.0:
        breadth, height = rng.uniform(15, 30), rng.uniform(20, 46)
        church = 395 < x < 420
        if church:
            breadth, height = 15.0, 62.0
        _house(canvas, x, horizon, breadth, height, 40.0 if church else rng.uniform(8, 14))
        x += breadth + rng.uniform(-1, 7)


def _house(
    canvas: Canvas, x: float, ground: float, breadth: float, height: float, gable: float
) -> None:
    """Paint a house: upright strokes for the wall, two slanting ones for the roof, lit windows."""
    rng = canvas.rng
    eaves = ground - height
    wall = vary(rng, WALLS[[rng.integers(len(WALLS))] * 2], 0.03, 0.015)
    for side in np.linspace(3, breadth - 3, 4):
        path = _line((x + side, eaves), (x + side, ground + 3))
        canvas.stroke(path, Brush(7, body=1.2, dryness=0.0, taper=0.0), wall)
    roof = vary(rng, ROOFS[rng.integers(len(ROOFS), size=2)], 0.02, 0.01)
    for end in (-3.0, breadth + 3.0):
        path = _line((x + breadth / 2, eaves - gable), (x + end, eaves + 2))
        canvas.stroke(path, Brush(7, body=1.6, dryness=0.1, taper=0.4), roof)
    for _ in range(rng.integers(1, 5)):
        at = np.array([x + rng.uniform(4, breadth - 4), ground - rng.uniform(6, height - 3)])
        path = at + _line((0, -3.2), (0, 3.2))
        canvas.stroke(path, Brush(4.6, body=2.2, dryness=0.0), WINDOWS[rng.integers(3, size=2)])


def paint_boats(canvas: Canvas) -> None:
    """Paint the boats, and under each its broken reflection."""
    for number, (x, y, size) in enumerate(BOATS):
        _sail(canvas, x, y, size, warm=number % 2 == 1)
        _hull(canvas, x, y, size)
        for row in range(5):
            at = y + size * (0.2 + 0.075 * row)
            reach = size * canvas.rng.uniform(0.12, 0.4)
            shift = size * canvas.rng.uniform(-0.2, 0.25)
            path = _line((x + shift - reach, at), (x + shift, at + 2), (x + shift + reach, at - 1))
            pair = (SAILS if row % 2 else HULLS)[[0, 1]]
            canvas.stroke(path, Brush(0.04 * size + 2, body=1.5, dryness=0.4, taper=0.7), pair)


def _hull(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Paint planks from the rail down to the waterline."""
    for row in range(5):
        reach, drop = size * (0.56 - 0.05 * row), size * 0.045 * row
        along = np.linspace(-1.0, 1.1, 9)
        path = np.stack([along * reach, (0.045 - 0.12 * along**2) * size], axis=1)
        brush = Brush(size * 0.06 + 2, body=1.6, dryness=0.1, taper=0.55)
        canvas.stroke(path + (x, y + drop), brush, HULLS[[2, 1]] if row == 0 else HULLS[[0, 3]])


def _sail(canvas: Canvas, x: float, y: float, size: float, *, warm: bool) -> None:
    """Paint a mast and two sails of upright strokes that follow the belly of the cloth."""
    rng = canvas.rng
    canvas.stroke(
        _line((x, y), (x + 0.02 * size, y - 1.2 * size)), Brush(0.02 * size + 1.6), HULLS[[0, 0]]
    )
    for foot, side in ((0.62, 1.0), (0.42, -1.0)):
        top = y - size * (1.12 if side > 0 else 0.95)
        for part in np.linspace(0.08, 0.95, 7):
            end = _line((x + side * foot * size * part, y - 0.13 * size))
            start = _line((x + side * 3, top + 0.42 * size * part**1.5))
            belly = 0.5 * (start + end) + (side * 0.10 * size * part, 0.02 * size)
            pair = SAILS[[3, 0]] if warm else SAILS[[1, 0]]
            color = vary(rng, pair * (0.72 + 0.3 * part), 0.04, 0.015)
            path = np.concatenate([start, belly, end])
            canvas.stroke(path, Brush(0.12 * size, body=1.6, dryness=0.0, taper=0.45), color)
        boom = _line((x, y - 0.14 * size), (x + side * (foot + 0.08) * size, y - 0.15 * size))
        canvas.stroke(boom, Brush(0.03 * size + 1.5, body=1.6, dryness=0.1), HULLS[[2, 1]])
