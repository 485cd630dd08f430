"""Many strokes at once: paths along a field of directions, colors from a sketch.

A picture is sketched as two fields with one value per unit: a color (H, W, 3) and a direction
(H, W) in radians. A layer of strokes then covers it, and later layers are finer.
"""

from __future__ import annotations

import numpy as np

from artwork.brush import HEIGHT, WIDTH, Brush, Canvas
from artwork.fields import Array, pick, scatter
from artwork.pigments import vary


def grid() -> tuple[Array, Array]:
    """Return the coordinates x and y (H, W) of a sketch, in units."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    return x, y


def trace(angle: Array, start: Array, length: Array, steps: int = 10) -> Array:
    """Follow a field of directions from many points at once.

    Args:
        angle: Directions (H, W) in radians, one per unit.
        start: Middle points (M, 2) in units.
        length: Length of each path (M,) in units.
        steps: Segments of each path.

    Returns:
        Paths (M, steps + 1, 2).
    """
    half = steps // 2
    step = (length / (2 * half))[:, None]
    sides = []
    for sign in (1.0, -1.0):
        point, heading = start, sign * _direction(angle, start)
        side = []
        for _ in range(half):
            ahead = _direction(angle, point)
            # A field of angles has no sense: keep going forwards.
            ahead *= np.where((ahead * heading).sum(1, keepdims=True) < 0.0, -1.0, 1.0)
            heading = ahead
            point = point + step * heading
            side.append(point)
        sides.append(side)
    return np.stack([*reversed(sides[1]), start, *sides[0]], axis=1)


def _direction(angle: Array, point: Array) -> Array:
    """Return the unit vectors (M, 2) of the field at ``point``."""
    row = np.clip(point[:, 1], 0, angle.shape[0] - 1).astype(np.intp)
    column = np.clip(point[:, 0], 0, angle.shape[1] - 1).astype(np.intp)
    at = angle[row, column]
    return np.stack([np.cos(at), np.sin(at)], axis=1)


def lay(
    canvas: Canvas,
    sketch: Array,
    angle: Array,
    brush: Brush,
    *,
    spacing: float,
    length: float,
    vivid: float = 1.0,
    within: Array | None = None,
    clip: Array | None = None,
) -> None:
    """Cover the sketch with one layer of strokes.

    Args:
        canvas: Where to paint.
        sketch: Colors (H, W, 3), one per unit.
        angle: Directions (H, W) in radians, one per unit.
        brush: The brush.
        spacing: Distance between strokes in units; smaller is denser.
        length: Mean length of a stroke in units.
        vivid: How far the colors of strokes differ from the sketch.
        within: Chance (H, W) that a stroke starts there, 0 to 1.
        clip: Cover (H, W) of the canvas, in its pixels, that the strokes stay within.
    """
    rng = canvas.rng
    points = scatter(rng, WIDTH, HEIGHT, spacing)
    if within is not None:
        points = points[rng.random(len(points)) < pick(within, points[:, 0], points[:, 1])]
    lengths = length * np.exp(0.3 * rng.standard_normal(len(points)))
    paths = trace(angle, points, lengths)
    base = pick(sketch, points[:, 0], points[:, 1])
    first = vary(rng, base, 0.035 * vivid, 0.016 * vivid)
    second = vary(rng, first, 0.06 * vivid, 0.02 * vivid)
    for path, *colors in zip(paths, first, second, strict=True):
        canvas.stroke(path, brush, np.stack(colors), clip)
