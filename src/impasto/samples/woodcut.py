"""A lighthouse in a storm, cut in wood: carved lines that follow the forms, three inks on paper."""

from __future__ import annotations

import numpy as np

from impasto.samples.brush import SUPERSAMPLING, Canvas, reduce
from impasto.samples.fields import Array, fractal, noise, smoothstep
from impasto.samples.pigments import palette

PAPER, KEY, BLUE, RED = palette("f3e6c8", "1a1a30", "4f9aa6", "df5b2c")
LAMP = (566.0, 150.0)
# Level, height, length, phase and steepness of the rows of waves, from far to near.
WAVES = (
    (432.0, 6.0, 74.0, 0.3, 0.4),
    (452.0, 11.0, 118.0, 2.0, 0.6),
    (482.0, 20.0, 176.0, 4.4, 0.9),
    (524.0, 30.0, 250.0, 1.2, 1.2),
    (586.0, 36.0, 330.0, 3.1, 1.3),
)


class Block:
    """A block of wood: where lines run (phase), how wide they stay (tone), and the color under them.

    A line of the key block stands at every whole phase; the tone, 0 to 1, is the part of the
    distance between two lines that prints.
    """

    def __init__(self, canvas: Canvas) -> None:
        self.rng, self.scale, self.shape = canvas.rng, canvas.scale, canvas.shape
        row, column = np.indices(self.shape, dtype=np.float32)
        self.x, self.y = (column + 0.5) / self.scale, (row + 0.5) / self.scale
        self.phase = np.zeros(self.shape)
        self.tone = np.zeros(self.shape)
        self.blue = np.zeros(self.shape)
        self.red = np.zeros(self.shape)
        self.hand = self.wobble(90.0, 2.9)  # the hand is not a ruler

    def wobble(self, size: float, slope: float = 1.6) -> Array:
        """Return fractal noise with features up to ``size`` units."""
        return fractal(self.rng, self.shape, size * self.scale, slope)

    def cut(
        self,
        inside: Array,
        phase: Array,
        tone: Array,
        *,
        blue: Array | float = 0.0,
        red: Array | float = 0.0,
        outline: float = 2.4,
    ) -> None:
        """Carve a form over what is there.

        Args:
            inside: Distance (H, W) in units to the border of the form, positive inside.
            phase: Field (H, W) whose whole values are the lines.
            tone: Darkness (H, W), 0 (bare paper) to 1 (solid ink).
            blue: Cover of the second ink.
            red: Cover of the third ink.
            outline: Width in units of the dark contour.
        """
        inside = inside + 0.7 * self.hand
        here = inside > 0
        self.phase = np.where(here, phase + 0.22 * self.hand, self.phase)
        self.tone = np.where(here, tone, self.tone)
        self.blue, self.red = np.where(here, blue, self.blue), np.where(here, red, self.red)
        width = outline * (1.0 + 0.40 * self.wobble(50.0, 2.4))
        line = smoothstep(1.0, 0.4, np.abs(inside) / np.maximum(width, 0.2))
        self.tone = np.maximum(self.tone, 1.6 * line)

    def proof(self) -> Array:
        """Ink the block, print it, and return the picture (H, W, 3)."""
        # Gouges swell and end: the tone changes along and from line to line.
        uneven = 0.10 * self.wobble(34.0, 2.4) + 0.04 * self.wobble(20.0, 1.2)
        wave = 2.0 * np.abs(self.phase - np.rint(self.phase))
        dy, dx = np.gradient(self.phase)
        soft = 1.2 * np.hypot(dx, dy) + 0.05
        key = smoothstep(0.0, 1.0, (self.tone + uneven - wave) / soft + 0.5)
        key = np.where(self.tone > 1.05, 1.0, key)
        chatter = noise(self.rng, self.shape, 0.9 * self.scale, 6.0 * self.scale)
        key = np.maximum(key, 0.9 * smoothstep(2.55, 2.75, chatter) * (self.tone > 0.02))
        grain = noise(self.rng, self.shape, 1.1 * self.scale, 60.0 * self.scale)
        fine = noise(self.rng, self.shape, 0.5 * self.scale)
        salt = smoothstep(1.6, 2.8, 0.9 * fine + 0.5 * grain + 0.35 * self.wobble(60.0, 1.2))
        print_ = np.broadcast_to(PAPER, (*self.shape, 3)) * (1.0 + 0.025 * fine[..., None])
        shift = round(1.1 * self.scale)
        for plate, ink, cover in ((self.blue, BLUE, 0.9), (self.red, RED, 0.95), (key, KEY, 0.97)):
            plate = plate if ink is KEY else np.roll(plate, (shift, -shift), axis=(0, 1))
            film = cover * plate * (1.0 - 0.75 * salt) * (1.0 + 0.07 * grain + 0.05 * fine)
            print_ = print_ * (1.0 + np.clip(film, 0, 1)[..., None] * (ink - 1.0))
        return reduce(np.clip(print_, 0.0, 1.0), SUPERSAMPLING)


def _sky(block: Block) -> None:
    """Carve the rays of the lamp, and clouds rolled up by the storm."""
    x, y = block.x - LAMP[0], block.y - LAMP[1]
    away, turn = np.hypot(x, y), np.arctan2(y, x)
    beam = np.maximum(np.exp(-(((turn + 2.86) / 0.17) ** 2)), np.exp(-(((turn + 0.22) / 0.22) ** 2)))
    tone = 0.42 + 0.36 * smoothstep(60, 380, away) - 0.95 * beam + 0.10 * block.wobble(200.0, 2.8)
    glow = smoothstep(72, 66, away + 3 * block.hand)
    rays = turn / (2 * np.pi) * 150.0 + 0.7 * block.wobble(200.0, 3.2)
    block.cut(np.full(block.shape, 9.0), rays, np.clip(tone - glow * 0.5, 0.0, 0.96), red=glow)
    for at_x, at_y, size in ((120, 92, 96), (262, 196, 78), (20, 236, 92), (744, 262, 84), (716, 58, 66), (404, 70, 54), (384, 300, 60)):
        u, v = (block.x - at_x) / size, (block.y - at_y) / (0.62 * size)
        lobes = 0.14 * np.sin(5 * np.arctan2(v, u) + size) + 0.05 * block.hand
        inside = (1.0 - np.hypot(u, v) + lobes) * size * 0.62
        spiral = inside / 7.0 + np.arctan2(v, u) / (2 * np.pi)
        tone = np.clip(0.34 + 0.42 * v + 0.12 * u, 0.05, 0.9)
        block.cut(inside, spiral, tone, blue=smoothstep(0.0, 0.06, v + 0.25 * u + 0.1 * lobes))


def _cliff(block: Block) -> None:
    """Carve the rock, and on it the tower and the keeper's house."""
    x, y = block.x, block.y
    rough = block.wobble(120.0, 2.3)
    top = 322 + 110 * smoothstep(520, 430, x) + 0.10 * np.maximum(x - 560, 0) - 8 * rough
    steep = np.round(1.6 * block.wobble(150.0, 2.6)) / 1.6
    phase = (0.75 * x + (0.5 + 0.5 * steep) * y) / 10.0
    tone = np.clip(0.58 + 0.26 * steep + 0.0016 * (y - 400), 0.1, 0.95)
    block.cut(y - top, phase, tone, outline=3.2)
    half = 20 + 0.055 * (y - 180)
    tower = np.minimum(half - np.abs(x - LAMP[0]), np.minimum(y - 182, 336 - y))
    round_ = (x - LAMP[0]) / half
    bands = (np.floor((y + 5 * round_**2 - 182) / 31) % 2) == 0
    block.cut(tower, (y + 5 * round_**2) / 6.4, np.clip(0.16 + 0.72 * round_, 0, 0.95), red=bands * 1.0)
    lantern = np.minimum(15 - np.abs(x - LAMP[0]), np.minimum(y - 132, 176 - y))
    block.cut(lantern, x / 9.0, np.full(block.shape, 0.12), red=0.0)
    for low, high, wide in ((174, 184, 30), (116, 133, 20)):
        slab = np.minimum(wide * (1 - 0.5 * (y < 130) * (130 - y) / 14) - np.abs(x - LAMP[0]), np.minimum(y - low, high - y))
        block.cut(slab, x / 5.0, np.full(block.shape, 0.9))
    wall = np.minimum(np.minimum(x - 622, 706 - x), np.minimum(y - 296, 348 - y))
    block.cut(wall, x / 6.0, np.where(x > 664, 0.55, 0.12))
    for at in (638, 686):
        pane = 7 - np.maximum(np.abs(x - at), 0.8 * np.abs(y - 320))
        block.cut(pane, x / 6.0, np.zeros(block.shape), red=0.9)
    roof = np.minimum(y - 256 - 0.75 * np.maximum(np.abs(x - 664) - 22, 0), 300 - y)
    block.cut(roof, (y + 0.2 * x) / 6.5, np.full(block.shape, 0.34), red=1.0)


def _sea(block: Block) -> None:
    """Carve rows of waves: white crests, lines that hang from them, darkness in the troughs."""
    for number, (level, height, length, start, steep) in enumerate(WAVES):
        turn = 2 * np.pi * block.x / length + start + 0.3 * block.wobble(260.0, 3.2)
        skew = turn + steep * np.sin(turn)
        crest = level - height * (1.0 + np.cos(skew)) * 0.5 - 0.12 * height * np.cos(3.3 * turn)
        inside = block.y - crest - 0.9 * block.wobble(40.0, 2.2) * (1 + 0.4 * number)
        gap = 5.0 + 1.1 * number
        lift = 0.35 * height * np.sin(skew)
        phase = (inside + lift * np.exp(-np.maximum(inside, 0) / (1.6 * height))) / gap
        depth = np.clip(inside / (1.5 * height + 12), 0.0, 1.0)
        tone = 0.04 + 0.82 * depth**0.8 - 0.30 * np.cos(skew) * (1 - depth)
        tone += 0.10 * block.wobble(90.0, 2.6)
        foam = smoothstep(0.16 * height + 2, 0.16 * height + 6, inside)
        block.cut(inside, phase, np.clip(tone, 0.0, 0.86) * foam, blue=foam, outline=2.0 + 0.5 * number)


def paint(canvas: Canvas) -> Array:
    """Cut and print the picture and return it (H, W, 3)."""
    block = Block(canvas)
    _sky(block)
    _cliff(block)
    _sea(block)
    return block.proof()
