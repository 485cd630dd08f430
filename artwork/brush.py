"""Paint with a body: bristle strokes on a canvas that remembers its relief, lit at the end.

A stroke is a ribbon of samples (along, across). Its bristles are streaks of noise in that frame:
they give the paint its height, its broken ends, and the two pigments that a loaded brush carries
side by side. Lengths are in units of a picture ``WIDTH`` units wide, whatever its size in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from artwork.fields import Array, Generator, blur, noise, smoothstep

WIDTH, HEIGHT = 800, 640
SUPERSAMPLING = 2
_SPACING = 0.7  # pixels between samples of a ribbon: below 1, so that curves leave no holes


@dataclass(frozen=True)
class Brush:
    """What a stroke looks like, apart from its path and its colors.

    Attributes:
        width: Breadth in units.
        body: Height of the paint; larger gives a stronger relief.
        bristle: Contrast of the streaks in the relief, 0 to 1.
        ridge: Paint pressed out along both edges, as a knife leaves it.
        dryness: How soon the paint runs out and breaks up, 0 (never) to 1.
        ragged: How far the edges break up, as a part of the width.
        taper: Narrowing towards the ends, 0 (none) to 1 (pointed).
        opacity: Cover of the paint, 0 to 1.
    """

    width: float
    body: float = 1.0
    bristle: float = 0.6
    ridge: float = 0.15
    dryness: float = 0.3
    ragged: float = 0.25
    taper: float = 0.3
    opacity: float = 1.0


def _streaks(rng: Generator, shape: tuple[int, int]) -> Array:
    """Return streaks that run along the second axis: fine bristles in coarser clumps."""
    fine = noise(rng, shape, 0.75, 26.0)
    clumps = noise(rng, shape, 2.6, 45.0)
    return np.asarray(0.6 * fine + 0.7 * clumps + 0.25 * noise(rng, shape, 1.2, 3.0), np.float32)


class Canvas:
    """Pigment and relief, and the brushes' streaks, at ``scale`` pixels for one unit."""

    def __init__(self, rng: Generator, width: int, ground: Array) -> None:
        self.rng = rng
        self.scale = SUPERSAMPLING * width / WIDTH
        self.width = width
        self.shape = (SUPERSAMPLING * round(width * HEIGHT / WIDTH), SUPERSAMPLING * width)
        self.color = np.broadcast_to(ground, (*self.shape, 3)).astype(np.float32)
        self.relief = np.zeros(self.shape, np.float32)
        self._streaks = _streaks(rng, (512, 1024))
        self._blend = _streaks(rng, (512, 1024))

    def stroke(self, path: Array, brush: Brush, colors: Array, clip: Array | None = None) -> None:
        """Draw one stroke.

        Args:
            path: Points (N, 2) in units.
            brush: The brush.
            colors: The two pigments (2, 3) that the brush carries.
            clip: Cover (H, W) of the canvas, 0 to 1, that the stroke stays within.
        """
        across, row, column = self._ribbon(path, brush)
        inside = (row >= 0) & (row < self.shape[0]) & (column >= 0) & (column < self.shape[1])
        if not inside.any():
            return
        streak = self._crop(self._streaks, across.shape)
        blend = self._crop(self._blend, across.shape)
        cover = _cover(across, streak, brush)
        if clip is not None:
            cover *= clip[np.where(inside, row, 0), np.where(inside, column, 0)]
        use = inside & (cover > 0.02)
        row, column, cover = row[use], column[use], cover[use]
        mixed = smoothstep(-1.3, 1.3, blend[use])[:, None]
        pigment = colors[0] + (colors[1] - colors[0]) * mixed
        old = self.color[row, column]
        self.color[row, column] = self._mix(old, pigment, cover[:, None])
        edge = np.exp(-(((1.0 - np.abs(across[use])) * brush.width * 0.45) ** 2))
        paint = brush.body * (0.7 + brush.bristle * 0.5 * streak[use]) + brush.ridge * edge
        height = self.relief[row, column]
        self.relief[row, column] = height + (0.55 * height + paint - height) * cover

    def _mix(self, old: Array, pigment: Array, cover: Array) -> Array:
        """Return what ``pigment`` laid over ``old`` leaves: here opaque paint."""
        return np.asarray(old + (pigment - old) * cover)

    def _ribbon(self, path: Array, brush: Brush) -> tuple[Array, Array, Array]:
        """Return the position across (-1 to 1) and the pixels of a ribbon along ``path``."""
        steps = np.hypot(*np.diff(path, axis=0).T)
        arc = np.concatenate([[0.0], np.cumsum(steps)])
        count = max(int(arc[-1] * self.scale / _SPACING), 3)
        lanes = max(int(brush.width * self.scale / _SPACING), 2)
        along = np.linspace(0.0, 1.0, count)
        x, y = (np.interp(along * arc[-1], arc, path[:, axis]) for axis in (0, 1))
        dx, dy = np.gradient(x), np.gradient(y)
        length = np.hypot(dx, dy) + 1e-9
        swell = 1.0 - brush.taper * np.abs(2.0 * along - 1.0) ** 2.5
        half = 0.5 * brush.width * swell / length
        across = np.linspace(-1.0, 1.0, lanes)
        column = (x[:, None] - (dy * half)[:, None] * across) * self.scale
        row = (y[:, None] + (dx * half)[:, None] * across) * self.scale
        across = np.broadcast_to(across, column.shape)
        return across, np.floor(row).astype(np.intp), np.floor(column).astype(np.intp)

    def _crop(self, streaks: Array, shape: tuple[int, ...]) -> Array:
        """Return streaks for a ribbon (along, across), from a random place of the sheet."""
        step = _SPACING / self.scale * 2.0
        start = self.rng.integers(0, 1 << 16, size=2)
        lane = (start[0] + (np.arange(shape[1]) * step).astype(np.intp)) % streaks.shape[0]
        along = (start[1] + (np.arange(shape[0]) * step).astype(np.intp)) % streaks.shape[1]
        return np.asarray(streaks[lane[None, :], along[:, None]])

    def finish(self, light: float = 0.5, shine: float = 0.1, weave: float = 0.0) -> Array:
        """Light the relief from the upper left and return the picture (H, W, 3) in [0, 1].

        Args:
            light: Contrast of the shading.
            shine: Strength of the varnish's highlights.
            weave: Height of the canvas's own texture.
        """
        relief = blur(self.relief, 0.35 * self.scale)
        if weave:
            relief = relief + weave * noise(self.rng, self.shape, 0.5 * self.scale)
        dy, dx = np.gradient(relief)
        slope = (dx + dy) * 0.7 * self.scale
        shade = np.tanh(slope * 1.3) * light
        lit = self.color * (1.0 + shade)[..., None]
        lit += (shine * np.clip(slope - 0.25, 0.0, 1.5) ** 1.5)[..., None]
        return reduce(np.clip(lit, 0.0, 1.0), SUPERSAMPLING)


def _cover(across: Array, streak: Array, brush: Brush) -> Array:
    """Return the cover (along, across): rounded ends, ragged edges, paint that runs out."""
    count = across.shape[0]
    along = np.linspace(0.0, 1.0, count)[:, None]
    distance = 1.0 - np.abs(across)
    edge = smoothstep(0.0, 1.0, distance / max(brush.ragged, 0.02) + 0.45 * streak)
    lead = 0.35 * across**2 * min(across.shape[1] / count, 0.6)
    start = smoothstep(0.0, 0.04, along - lead + 0.02 * streak)
    load = 1.0 - brush.dryness * (0.25 + 1.4 * along**2)
    left = smoothstep(-0.25, 0.25, load + 0.35 * brush.dryness * streak)
    end = smoothstep(0.0, 0.06, 1.0 - along - lead + 0.05 * streak)
    return np.asarray(edge * start * left * end * brush.opacity, np.float32)


def reduce(picture: Array, factor: int) -> Array:
    """Average blocks of ``factor`` x ``factor`` pixels of (H, W, 3)."""
    height, width = picture.shape[0] // factor, picture.shape[1] // factor
    blocks = picture[: height * factor, : width * factor]
    return np.asarray(blocks.reshape(height, factor, width, factor, 3).mean(axis=(1, 3)))
