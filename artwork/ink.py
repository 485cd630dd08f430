"""Mountains in the mist: ink washes and dry-brush lines under a vermilion sun."""

from __future__ import annotations

import numpy as np

from artwork.brush import WIDTH, Canvas
from artwork.fields import Array, profile, smoothstep
from artwork.sheet import INK, VERMILION, Sheet

# Level, tone, depth of the mist and peaks (x, height, width) of the ranges, from far to near.
RANGES = (
    (322.0, 0.20, 60.0, ((150, 60, 90), (420, 95, 80), (640, 60, 120))),
    (350.0, 0.50, 62.0, ((530, 150, 70), (640, 110, 50), (330, 40, 70))),
    (432.0, 1.55, 70.0, ((70, 190, 80), (175, 130, 46), (275, 60, 50))),
    (632.0, 0.70, 60.0, ((700, 96, 90), (830, 150, 110))),
)
TRUNK = (
    (760, 668),
    (728, 580),
    (690, 512),
    (703, 436),
    (668, 366),
    (640, 302),
    (656, 242),
    (630, 190),
)
BIRD = ((-1.0, -0.5), (-0.3, -0.6), (0.0, 0.0), (0.5, -0.7), (1.0, -0.4))
# Width and points of the branches of the pine
BOUGHS = (
    (11.0, ((692, 508), (622, 482), (562, 490), (508, 474))),
    (10.0, ((703, 436), (752, 404), (812, 400))),
    (10.0, ((668, 366), (604, 352), (548, 330), (486, 336))),
    (8.0, ((645, 305), (705, 280), (768, 284))),
    (7.0, ((654, 246), (604, 230), (560, 238))),
    (6.0, ((632, 196), (668, 166), (706, 160))),
    (6.0, ((630, 190), (600, 160), (566, 156))),
)


def _range(
    sheet: Sheet,
    level: float,
    tone: float,
    fade: float,
    peaks: tuple[tuple[float, float, float], ...],
) -> None:
    """Lay one range: dark at the ridge, lost in mist below, with dry strokes down its slopes."""
    rng = sheet.rng
    columns = np.linspace(0, WIDTH, sheet.shape[1])
    ridge = level - 11.0 * profile(rng, len(columns), 200.0 * sheet.scale, 1.55)
    for at, height, width in peaks:
        ridge -= height * np.exp(-(np.abs((columns - at) / width) ** 1.6))
    inside = sheet.y - ridge[None, :]
    mist = np.exp(-np.maximum(inside, 0.0) / fade) * (1.0 + 0.25 * sheet.wobble(200.0, 2.2))
    sheet.wash(inside, tone * np.clip(mist, 0.0, 2.0))
    for _ in range(int(34 * tone + 6)):
        at, height, width = peaks[rng.integers(len(peaks))]
        x = at + rng.normal(0, 0.8) * width
        top = np.interp(x, columns, ridge) + rng.uniform(0, 0.7) * fade
        steps = np.linspace(0.0, 1.0, 6)
        fall = rng.uniform(0.3, 0.8) * height + 12
        lean = np.sign(x - at) * rng.uniform(0.3, 0.9) * width * 0.5
        bend = rng.normal(0, 2.5, 6).cumsum()
        path = np.stack([x + lean * steps**0.8 + bend, top + fall * steps], axis=1)
        sheet.sweep(path, rng.uniform(6, 22), 0.75 * tone, rng.uniform(0.4, 0.9))


def _pine(sheet: Sheet) -> None:
    """Draw the old pine: trunk, branches, and needles in fans."""
    rng = sheet.rng
    trunk = np.array(TRUNK, float)
    for offset, width, tone in ((0.0, 27.0, 0.55), (5.0, 15.0, 0.7), (-8.0, 8.0, 0.9)):
        sheet.line(trunk + (offset, 0) + rng.normal(0, 1.5, trunk.shape), width, tone)
    sheet.sweep(trunk + (2, 0), 27, 1.7, 0.3)
    for width, points in BOUGHS:
        bough = np.array(points, float)
        sheet.line(bough + rng.normal(0, 1.5, bough.shape), width, 1.1)
        sheet.sweep(bough, width, 1.2, 0.4)
        tips = np.linspace(0.25, 1.0, 7)
        places = np.linspace(0, 1, len(bough))
        x, y = (np.interp(tips, places, bough[:, axis]) for axis in (0, 1))
        for tip in np.stack([x, y], axis=1) + rng.normal(0, 7, (7, 2)):
            _needles(sheet, tip)


def _needles(sheet: Sheet, at: Array) -> None:
    """Draw a fan of needles over a small wet blot."""
    rng = sheet.rng
    sheet.splash((at[0], at[1] - 4), 7.0, 5, 0.3 * INK)
    for turn in rng.normal(-np.pi / 2, 0.95, 24):
        reach = rng.uniform(12, 27) * np.array([np.cos(turn), 0.75 * np.sin(turn)])
        path = at + np.outer([0.0, 0.5, 1.0], reach) + [[0, 0], [0, -1.5], [0, 0]]
        sheet.line(path, rng.uniform(1.4, 2.8), rng.uniform(0.5, 1.4))


def _lake(sheet: Sheet) -> None:
    """Draw still water, a boat with a fisherman, and birds over it."""
    rng = sheet.rng
    for _ in range(34):
        x, y = rng.uniform(-60, 600), rng.uniform(478, 640)
        reach = rng.uniform(80, 260)
        path = np.stack([x + np.linspace(0, reach, 6), y + rng.normal(0, 0.8, 6).cumsum()], axis=1)
        sheet.sweep(path, rng.uniform(3, 20), rng.uniform(0.15, 0.6), rng.uniform(0.5, 0.95))
    along = np.linspace(-1.0, 1.0, 9)
    boat = np.stack([430 + 56 * along, 541 - 16 * np.abs(along) ** 2.5], axis=1)
    for drop in (0.0, 3.0, 5.0):
        sheet.line(boat + (0, drop), 7.0, 0.9)
    sheet.line(np.array([[437.0, 538.0], [439.0, 515.0]]), 13.0, 1.1)
    sheet.line(np.array([[424.0, 514.0], [438.0, 504.0], [453.0, 514.0]]), 5.0, 1.3)
    sheet.line(np.array([[447.0, 522.0], [376.0, 468.0]]), 1.8, 1.0)
    for _ in range(9):
        at, wing = (rng.uniform(300, 470), rng.uniform(120, 215)), rng.uniform(5.0, 9.0)
        sheet.line(wing * np.array(BIRD) + at, 2.2, 1.3)


def _bank(sheet: Sheet) -> None:
    """Lay the near bank: a wet dark wash, a rock under the pine, reeds on the left."""
    rng = sheet.rng
    bank = sheet.y - 604 + 14 * np.sin(sheet.x / 90) + 30 * smoothstep(260, 0, sheet.x)
    rock = 74.0 * smoothstep(540, 690, sheet.x) + 9.0 * sheet.wobble(60.0, 1.5)
    sheet.wash(bank + rock, 1.1 + 0.45 * sheet.wobble(90.0, 1.8))
    for _ in range(22):
        x, y = rng.uniform(590, 800), rng.uniform(545, 640)
        turn = rng.choice([0.25, 1.0, 2.2]) + rng.normal(0, 0.2)
        reach = rng.uniform(14, 50) * np.array([np.cos(turn), np.sin(turn)])
        path = np.outer(np.linspace(-1, 1, 5), reach) + rng.normal(0, 1.5, (5, 2)) + (x, y)
        sheet.sweep(path, rng.uniform(6, 24), 1.6, rng.uniform(0.3, 0.8))
    for _ in range(46):
        x, high, lean = rng.uniform(-10, 190), rng.uniform(30, 105), rng.normal(16, 16)
        steps = np.linspace(0.0, 1.0, 6)
        path = np.stack([x + lean * steps**2, 622 - high * steps], axis=1)
        sheet.line(path, rng.uniform(1.6, 4.2), rng.uniform(0.4, 1.5))


def _seal(sheet: Sheet, x: float, y: float, size: float) -> None:
    """Print a seal: a square with a carved sign."""
    u, v = (sheet.x - x) / size, (sheet.y - y) / size
    away = np.maximum(np.abs(u), np.abs(v))
    stem = np.abs(u + 0.02) + 0.4 * (v < -0.2)
    sign = np.minimum(np.minimum(np.abs(v + 0.22), np.abs(v - 0.2)), stem) - 0.05
    carved = np.where(away < 0.36, sign, 1.0)
    sheet.wash(size * np.minimum(0.5 - away, carved), 0.95, VERMILION, bleed=0.6)


def paint(canvas: Canvas) -> Array:
    """Paint the picture and return it (H, W, 3)."""
    sheet = Sheet(canvas)
    across = 0.35 * (sheet.x - 400) + sheet.y
    cloud = 70.0 * sheet.wobble(320.0, 2.3) + 110.0 - 0.45 * across
    sheet.wash(cloud, 0.06 + 0.52 * smoothstep(230, -140, across), bleed=14.0)
    haze = 60.0 * sheet.wobble(260.0, 2.3) - 10.0 + 0.4 * sheet.x - 0.8 * sheet.y
    sheet.wash(haze, 0.15, bleed=5.0)
    sheet.wash(58.0 - np.hypot(sheet.x - 268, sheet.y - 150), 0.85, VERMILION)
    for level, tone, fade, peaks in RANGES:
        _range(sheet, level, tone, fade, peaks)
    _lake(sheet)
    _bank(sheet)
    _pine(sheet)
    _seal(sheet, 752, 44, 30)
    sheet.splash((660, 590), 60, 130)
    sheet.splash((180, 520), 120, 90)
    sheet.splash((330, 200), 60, 30, VERMILION)
    return sheet.dry()
