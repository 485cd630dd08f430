"""Cut lines into wood and print them: a key block and two colors on paper."""

from __future__ import annotations

import numpy as np

from artwork.brush import SUPERSAMPLING, Canvas, reduce
from artwork.fields import Array, fractal, noise, smoothstep
from artwork.pigments import palette

PAPER, KEY, BLUE, RED = palette("f3e6c8", "1a1a30", "4f9aa6", "df5b2c")


class Block:
    """A design in wood: where its lines run, how wide they stay, and which color lies under them.

    A line of the key block stands at every whole value of the phase; the tone, 0 to 1, is the
    part of the distance between two lines that prints.
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
        tone: Array | float,
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

    def box(self, left: float, right: float, top: float, bottom: float) -> Array:
        """Return the distance (H, W) to the border of a rectangle, positive inside."""
        wide = np.minimum(self.x - left, right - self.x)
        return np.asarray(np.minimum(wide, np.minimum(self.y - top, bottom - self.y)))

    def _key(self) -> Array:
        """Return the cover (H, W) of the key block."""
        # Gouges swell and end: the tone changes along a line and from line to line.
        uneven = 0.10 * self.wobble(34.0, 2.4) + 0.04 * self.wobble(20.0, 1.2)
        wave = 2.0 * np.abs(self.phase - np.rint(self.phase))
        dy, dx = np.gradient(self.phase)
        # One pixel wide; the bound is for the seams, where the phase jumps.
        soft = 1.2 * np.minimum(np.hypot(dx, dy), 0.2) + 0.05
        key = smoothstep(0.0, 1.0, (self.tone + uneven - wave) / soft + 0.5)
        key = np.where(self.tone > 1.05, 1.0, key)
        chatter = noise(self.rng, self.shape, 0.9 * self.scale, 6.0 * self.scale)
        return np.maximum(key, 0.9 * smoothstep(2.55, 2.75, chatter) * (self.tone > 0.02))

    def proof(self) -> Array:
        """Ink the block, print it, and return the picture (H, W, 3)."""
        key = self._key()
        grain = noise(self.rng, self.shape, 1.1 * self.scale, 60.0 * self.scale)
        fine = noise(self.rng, self.shape, 0.5 * self.scale)
        salt = smoothstep(1.6, 2.8, 0.9 * fine + 0.5 * grain + 0.35 * self.wobble(60.0, 1.2))
        # The colors never quite meet the key block.
        shift = max(round(1.1 * self.scale), 1)
        border = ((shift, 0), (0, shift))
        blue, red = (np.pad(p, border, "edge")[:-shift, shift:] for p in (self.blue, self.red))
        sheet = PAPER * (1.0 + 0.025 * fine[..., None])
        for plate, ink, cover in ((blue, BLUE, 0.9), (red, RED, 0.95), (key, KEY, 0.97)):
            film = cover * plate * (1.0 - 0.75 * salt) * (1.0 + 0.07 * grain + 0.05 * fine)
            sheet = sheet * (1.0 + np.clip(film, 0, 1)[..., None] * (ink - 1.0))
        return reduce(np.clip(sheet, 0.0, 1.0), SUPERSAMPLING)
