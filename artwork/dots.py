"""A sunlit shore in dots: pure colors side by side, which the eye mixes."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from artwork.brush import HEIGHT, WIDTH, Brush, Canvas
from artwork.dabs import Dabber, divide
from artwork.fields import Array, Generator, fractal, pick, scatter, smoothstep
from artwork.pigments import palette, ramp
from artwork.strokes import grid, lay

HORIZON = 262.0
SUN = (560.0, 158.0)
SKY = palette("5a86d8", "86aee6", "b9cbea", "f0cfd0", "ffd79a", "ffc877")
HALO = palette("fffbe0", "fff0a0", "ffd766", "ffc078", "f6b6a6", "c9b8dc")
CLOUDS = palette("fff0d2", "ffcaa8", "d9a0c8")
SEA = palette("6fb8d8", "3b95cf", "2a70c2", "2f5cb4", "3fa6b4", "9fdcc4")
SAND = palette("f8e0a4", "f4c680", "eaa868", "d98a74")
CLIFF = palette("7f7cc8", "bf93bd", "f2b795")
GRASS = palette("2f6f63", "3f8f4a", "86b93f", "d8cf55")
PINE = palette("1f2f6e", "145a5c", "2c8a4c", "8fbf3c", "f2c94a")
# x and y of the waterline, and height of the sail
BOATS = ((426, 306, 58), (506, 284, 28), (676, 330, 84), (746, 286, 30), (366, 279, 20))
# x, y, half width and half height of the boughs of the pine
BOUGHS = (
    (50, 200, 110, 52),
    (150, 150, 120, 60),
    (250, 196, 92, 44),
    (20, 110, 90, 50),
    (215, 110, 80, 40),
    (110, 70, 90, 44),
)


def _air(rng: Generator) -> tuple[Array, Array]:
    """Return the colors and directions of the sky: touches circle around the sun."""
    x, y = grid()
    clouds = fractal(rng, x.shape, 170.0, 2.3) - 0.3 + 0.5 * np.sin(y / 34.0 + x / 190.0)
    sky = ramp(SKY, np.clip(y / HORIZON + 0.04 * clouds, 0.0, 1.0))
    away = np.hypot(x - SUN[0], 1.15 * (y - SUN[1]))
    share = smoothstep(230, 60, away)[..., None]
    rings = 0.035 * np.sin(away / 7.0)
    sky += share * (ramp(HALO, np.clip(away / 230 + rings, 0, 1)) - sky)
    cover = smoothstep(0.1, 1.0, clouds) * smoothstep(50, 130, away)
    sky += 0.85 * cover[..., None] * (ramp(CLOUDS, np.clip(1.1 - clouds * 0.6, 0, 1)) - sky)
    sky = np.where((away < 27)[..., None], palette("fffdf0")[0], sky)
    return sky, np.arctan2(y - SUN[1], x - SUN[0]) + np.pi / 2


def _sea(rng: Generator) -> Array:
    """Return the colors of the water and of the sun's path on it."""
    x, y = grid()
    below = np.maximum(y - HORIZON, 0.0)
    waves = fractal(rng, x.shape, 80.0, 2.0) + np.sin(np.sqrt(below) * 4.0 + x / 70.0)
    sea = ramp(SEA, np.clip(below / 230.0 + 0.08 * waves, 0.0, 1.0))
    width = 24.0 + 0.36 * below
    path = np.exp(-(((x - SUN[0] + 10 * waves) / width) ** 2)) * (0.7 + 0.4 * waves)
    gold = ramp(palette("fff2b4", "ffd166", "ff9f5a"), np.clip(below / 200.0, 0, 1))
    return np.asarray(sea + np.clip(path, 0, 1)[..., None] * (gold - sea))


def _land(rng: Generator, sketch: Array, angle: Array) -> tuple[Array, Array]:
    """Add the far headland, the beach and the grass of the dune."""
    x, y = grid()
    rough = fractal(rng, x.shape, 90.0, 2.0)
    far = HORIZON - 56 * smoothstep(360, 60, x) - 7 * rough[100] - 3
    cliff = ramp(CLIFF, np.clip((y - far) / 50 + 0.2 * rough, 0, 1))
    here = (y > far) & (y < HORIZON + 3) & (x < 375)
    sketch, angle = np.where(here[..., None], cliff, sketch), np.where(here, 1.2, angle)
    inside = y - (462 + 66 * np.sin(x / 210.0 - 0.9) + 7 * np.sin(x / 37.0))
    sand = ramp(SAND, np.clip(inside / 190 + 0.1 * rough, 0.0, 1.0))
    shade = smoothstep(0.3, 1.0, fractal(rng, x.shape, 150.0, 2.2) + 0.005 * (y - 520))
    sand += 0.8 * shade[..., None] * (palette("8168ba")[0] - sand)
    sketch = np.where((inside > 0)[..., None], sand, sketch)
    angle = np.where(inside > -8, 0.32 * np.cos(x / 210.0 - 0.9), angle)
    foam = np.exp(-((inside / 7.0) ** 2))[..., None]
    sketch = sketch + 0.9 * foam * (palette("fffbe8")[0] - sketch)
    dune = y - (548 - 128 * smoothstep(330, -40, x) + 9 * rough[50])
    dune -= 0.0055 * np.maximum(x - 210, 0.0) ** 2
    here = dune > 0
    light = 0.75 - 0.004 * dune + 0.22 * rough
    sketch = np.where(here[..., None], ramp(GRASS, np.clip(light, 0, 1)), sketch)
    return sketch, np.where(here, -1.25 + 0.3 * rough, angle)


def _draw(sketch: Array) -> Array:
    """Draw boats, a parasol and the trunk of the pine over the sketch."""
    image = Image.fromarray((np.clip(sketch, 0, 1) * 255).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    for x, y, h in BOATS:
        pen.polygon([(x, y - h), (x, y), (x + 0.55 * h, y - 2)], fill="#fff4dc")
        pen.polygon([(x - 3, y - 0.85 * h), (x - 3, y), (x - 0.4 * h, y - 2)], fill="#ffb98a")
        keel = y + 0.16 * h
        hull = [(x - 0.5 * h, y), (x + 0.65 * h, y), (x + 0.45 * h, keel), (x - 0.35 * h, keel)]
        pen.polygon(hull, fill="#8a2f4b")
        for row, reach in enumerate((0.42, 0.34, 0.40, 0.22, 0.16)):
            at = y + h * (0.26 + 0.11 * row)
            shift = x + 0.1 * h * (-1) ** row
            pen.line([(shift - reach * h, at), (shift + reach * h, at)], "#f6dcba", h // 16 + 1)
    pen.ellipse([520, 582, 700, 616], fill="#6550a6")
    pen.line([(626, 470), (604, 596)], fill="#6a3b58", width=6)
    for left, right, color in ((536, 716, "#e23c34"), (572, 680, "#ffe9b8"), (604, 648, "#e23c34")):
        pen.pieslice([left, 440, right, 560], 188, 352, fill=color)
    trunk = [(96, 640), (140, 640), (150, 430), (196, 250), (178, 244), (128, 420)]
    pen.polygon(trunk, fill="#5a2f52")
    pen.line([(146, 400), (90, 290), (40, 240)], fill="#5a2f52", width=12)
    pen.line([(170, 320), (250, 250), (290, 232)], fill="#6a3552", width=10)
    image = image.filter(ImageFilter.GaussianBlur(1.2))
    return np.asarray(image, np.float64) / 255.0


def _crown(rng: Generator, sketch: Array) -> Array:
    """Add the umbrella of the pine: dark below, gilded from above."""
    x, y = grid()
    clumps, top = np.full(x.shape, -9.0), np.zeros(x.shape)
    for at_x, at_y, wide, high in BOUGHS:
        near = 1.0 - np.hypot((x - at_x) / wide, (y - at_y) / high)
        top = np.where(near > clumps, (at_y - y) / high, top)
        clumps = np.maximum(clumps, near)
    leaves = clumps + 0.16 * fractal(rng, x.shape, 50.0, 1.5) > 0.05
    light = np.clip(0.5 + 0.45 * top + 0.14 * fractal(rng, x.shape, 40.0, 1.6), 0.0, 1.0)
    return np.where(leaves[..., None], ramp(PINE, light), sketch)


def _sketch(rng: Generator) -> tuple[Array, Array]:
    """Return the colors and directions of the whole picture."""
    x, y = grid()
    sky, angle = _air(rng)
    sea = y > HORIZON
    sketch = np.where(sea[..., None], _sea(rng), sky)
    angle = np.where(sea, 0.12 * np.sin(x / 45.0), angle)
    sketch, angle = _land(rng, sketch, angle)
    return _crown(rng, _draw(sketch)), angle


def paint(canvas: Canvas) -> Array:
    """Paint the picture and return it (H, W, 3)."""
    rng = canvas.rng
    sketch, angle = _sketch(rng)
    lay(canvas, sketch, angle, Brush(16, body=0.5, dryness=0.1), spacing=10, length=30)
    dabber = Dabber(canvas)
    for spacing, radius, spread in ((6.8, 5.8, 1.4), (5.8, 4.4, 1.15), (5.6, 3.2, 1.3)):
        points = scatter(rng, WIDTH, HEIGHT, spacing)
        colors = divide(rng, pick(sketch, points[:, 0], points[:, 1]), spread)
        turns = pick(angle, points[:, 0], points[:, 1]) + rng.normal(0, 0.25, len(points))
        near = 0.78 + 0.42 * np.clip((points[:, 1] - HORIZON) / 300, -0.1, 1.0)
        radii = radius * near * np.exp(0.22 * rng.standard_normal(len(points)))
        for point, size, turn, color in zip(points, radii, turns, colors, strict=True):
            dabber.touch(point, size, turn, color, 1.4)
    return canvas.finish(light=0.22, shine=0.06)
