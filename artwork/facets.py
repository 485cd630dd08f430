"""A guitar and a bottle seen from many sides: overlapping planes in ochre, gray and green."""

from __future__ import annotations

import numpy as np

from artwork.brush import Brush, Canvas
from artwork.easel import DARK, FAMILIES, LIGHT, Easel, arc
from artwork.fields import Array
from artwork.pigments import palette, ramp
from artwork.strokes import lay

OCHRE, GRAY, GREEN, EARTH, SLATE = FAMILIES
HOLE = palette("0d0b0a", "16120e", "2a2218", "4a3c2a")
TURNS = np.deg2rad([0.0, 90.0, 60.0, -58.0, 30.0, -32.0])


def _points(*corners: tuple[float, float]) -> Array:
    return np.array(corners, float)


def _guitar(easel: Easel) -> None:
    """Paint pieces of a guitar: bouts, sound hole, neck and strings that do not quite meet."""
    low, high = arc((340, 436), 118, 95, 285), arc((438, 330), 84, -75, 120)
    easel.plane(low, OCHRE, np.deg2rad(62), 0.15)
    easel.plane(arc((352, 428), 112, -80, 88), EARTH, np.deg2rad(-118), 0.95)
    easel.plane(high, OCHRE, np.deg2rad(-115), 0.1)
    easel.plane(arc((424, 336), 78, 110, 290), GRAY, np.deg2rad(65), 0.95)
    easel.plane(_points((432, 330), (470, 306), (616, 82), (584, 66)), EARTH, np.deg2rad(-58), 0.05)
    easel.plane(_points((448, 330), (470, 316), (612, 92), (602, 76)), OCHRE, np.deg2rad(122), 0.95)
    easel.plane(_points((580, 70), (640, 66), (632, 14), (566, 20)), SLATE, np.deg2rad(8), 0.9)
    for peg in range(3):
        at = (570 + 4 * peg, 28 + 15 * peg)
        easel.edge(_points(at, (at[0] - 22, at[1] - 3)), 5.0, DARK)
        easel.edge(_points((at[0] + 62, at[1] - 3), (at[0] + 84, at[1] - 6)), 5.0, DARK)


def _outlines(easel: Easel) -> None:
    """Draw what holds the guitar together: broken contours, sound hole, strings, bridge."""
    contours = (
        arc((340, 436), 119, 96, 236),
        arc((356, 426), 113, -40, 66),
        arc((438, 330), 85, -60, 64),
        arc((420, 338), 79, 128, 226),
    )
    for contour in contours:
        easel.edge(contour, 6.0, DARK, dry=0.35)
        easel.edge(contour + (4, 4), 2.6, LIGHT, dry=0.5)
    easel.plane(arc((392, 390), 35, 0, 360), HOLE, 0.6, 0.1)
    easel.edge(arc((392, 390), 40, 130, 320), 4.0, LIGHT)
    easel.edge(arc((392, 390), 46, 150, 340), 2.4, DARK)
    for shift in np.linspace(-11, 11, 6):
        string = _points((318, 512), (602, 62)) + (shift, shift * 0.6)
        easel.edge(string, 1.8, LIGHT if shift < 5 else DARK, dry=0.3)
    easel.edge(_points((282, 478), (364, 530)), 10.0, DARK, dry=0.1)
    easel.edge(_points((284, 474), (366, 526)), 3.0, LIGHT, dry=0.3)


def _bottle(easel: Easel) -> None:
    """Paint a bottle, a glass and the edge of a table."""
    easel.plane(
        _points((146, 252), (196, 246), (192, 522), (140, 526)), GREEN, np.deg2rad(90), 0.95
    )
    easel.plane(
        _points((188, 248), (240, 250), (236, 520), (190, 524)), GREEN, np.deg2rad(-90), 0.08
    )
    easel.plane(_points((176, 96), (214, 96), (238, 250), (148, 252)), SLATE, np.deg2rad(-88), 0.1)
    easel.plane(_points((152, 356), (232, 350), (234, 434), (150, 440)), OCHRE, np.deg2rad(4), 0.98)
    for row in range(4):
        easel.edge(_points((164, 372 + 14 * row), (218 - 9 * row, 370 + 14 * row)), 3.6, DARK)
    for path in (
        _points((142, 522), (146, 262), (176, 214), (178, 96)),
        _points((240, 300), (238, 256), (214, 212), (212, 98)),
    ):
        easel.edge(path, 5.5, DARK, dry=0.25)
    easel.edge(_points((160, 346), (160, 270), (186, 222), (188, 110)), 4.0, LIGHT, dry=0.4)
    easel.edge(arc((0, 0), 19, 0, 350) * (1, 0.4) + (195, 97), 3.6, DARK)
    easel.plane(
        _points((560, 404), (640, 404), (624, 520), (578, 520)), SLATE, np.deg2rad(82), 0.98
    )
    for middle, size in (((600, 404), 42.0), ((601, 518), 26.0)):
        rim = arc((0, 0), size, 0, 340) * (1, 0.32) + middle
        easel.edge(rim, 4.0, DARK)
        easel.edge(rim + (2, 4), 2.4, LIGHT, dry=0.5)
    easel.edge(_points((558, 404), (576, 516)), 4.5, DARK)
    easel.edge(_points((642, 404), (626, 516)), 3.5, LIGHT, dry=0.4)
    easel.edge(_points((-10, 566), (330, 586), (820, 556)), 6.0, DARK)
    easel.edge(_points((-10, 573), (330, 593), (820, 563)), 3.0, LIGHT, dry=0.6)


def _scattered(easel: Easel, count: int, sizes: tuple[float, float], reach: Array) -> None:
    """Paint ``count`` facets around the middle, within ``reach`` (x, y) units of it."""
    rng = easel.rng
    for _ in range(count):
        at = np.array([400.0, 315.0]) + np.clip(rng.normal(0, 0.62, 2), -1.1, 1.1) * reach
        easel.facet(at, rng.uniform(*sizes), rng.choice(TURNS) + rng.normal(0, 0.07))


def paint(canvas: Canvas) -> Array:
    """Paint the picture and return it (H, W, 3)."""
    easel = Easel(canvas)
    sketch = ramp(GRAY, np.clip(easel.light * 0.8, 0, 1))
    angle = np.full(sketch.shape[:2], 0.5)
    lay(canvas, sketch, angle, Brush(18, body=0.6, dryness=0.1), spacing=11, length=36)
    _scattered(easel, 60, (170, 260), np.array([520, 430]))
    _scattered(easel, 110, (70, 140), np.array([460, 370]))
    _bottle(easel)
    _scattered(easel, 70, (30, 66), np.array([420, 340]))
    _guitar(easel)
    _outlines(easel)
    _scattered(easel, 16, (22, 44), np.array([300, 260]))
    return canvas.finish(light=0.3, shine=0.05)
