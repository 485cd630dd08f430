"""Ink on paper: washes that granulate and dry at their edges, dry-brush lines, drops.

Ink does not cover, it absorbs: a sheet keeps the absorbance of everything laid on it, and the
light that comes back is ``paper * exp(-absorbance)``.

Source: C. Curtis et al., "Computer-Generated Watercolor", SIGGRAPH 1997, for the effects to
imitate; they are painted here, not simulated.
"""

from __future__ import annotations

import numpy as np

from artwork.brush import SUPERSAMPLING, Brush, Canvas, reduce
from artwork.fields import Array, fractal, noise, smoothstep
from artwork.pigments import palette

PAPER = palette("f6ead0", "e2cda4")
INK = np.array([1.00, 0.97, 0.88])  # absorbance of the red, green and blue light
VERMILION = np.array([0.06, 1.25, 1.75])


class Sheet(Canvas):
    """Paper and what it has soaked up: ``color`` holds absorbance, which adds up."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas.rng, canvas.width, np.zeros(3))
        self.tooth = noise(self.rng, self.shape, 0.42 * self.scale)
        self.grain = fractal(self.rng, self.shape, 6.0 * self.scale, 0.9)
        row, column = np.indices(self.shape, dtype=np.float32)
        self.x, self.y = (column + 0.5) / self.scale, (row + 0.5) / self.scale

    def _mix(self, old: Array, pigment: Array, cover: Array) -> Array:
        return np.asarray(old + pigment * cover)

    def wobble(self, size: float, slope: float = 1.6) -> Array:
        """Return fractal noise with features up to ``size`` units."""
        return fractal(self.rng, self.shape, size * self.scale, slope)

    def wash(
        self, inside: Array, strength: Array | float, ink: Array = INK, bleed: float = 1.0
    ) -> None:
        """Lay a wet wash.

        Args:
            inside: Distance (H, W) in units to the border of the wash, positive inside.
            strength: Absorbance (H, W) of the wash.
            ink: Absorbance of the three colors of light.
            bleed: Softness of the border in units.
        """
        border = inside + 0.8 * self.wobble(16.0, 1.5)
        wet = smoothstep(-bleed, bleed, border)
        # Ink travels to the drying edge and stays there; here and there the edge is lost.
        kept = smoothstep(-0.9, 0.8, self.wobble(140.0, 2.0))
        far = np.maximum(border, 0.0)
        edge = wet * (0.25 + kept) * (0.6 * np.exp(-far / 2.0) + 0.3 * np.exp(-far / 11.0))
        backrun = np.exp(-((self.wobble(110.0, 2.1) / 0.06) ** 2)) * kept * wet
        tone = strength * wet * (1.0 + 0.17 * self.wobble(120.0, 2.2))
        tone = tone * (1.0 + 1.5 * edge + 0.3 * backrun) + 0.10 * edge
        tone = np.maximum(tone, 0.0) * np.exp(0.17 * self.grain + 0.07 * self.tooth)
        self.color += (tone[..., None] * ink).astype(np.float32)

    def line(self, path: Array, width: float, tone: float, ink: Array = INK) -> None:
        """Draw a wet line of ``width`` units, pointed at its ends."""
        brush = Brush(width, dryness=0.2, ragged=0.3, taper=0.85)
        self.stroke(path, brush, np.stack([ink * tone, ink * tone * 0.7]))

    def sweep(self, path: Array, width: float, tone: float, dryness: float = 0.5) -> None:
        """Draw with a nearly dry brush: single hairs that touch and leave the paper."""
        rng = self.rng
        turn = np.gradient(path, axis=0)
        normal = np.stack([-turn[:, 1], turn[:, 0]], axis=1)
        normal /= np.hypot(*normal.T)[:, None] + 1e-9
        ends = np.linspace(0.0, 1.0, len(path))
        for offset in rng.uniform(-0.5, 0.5, max(int(width * 0.9), 3)):
            for _ in range(1 + int(3 * dryness)):
                start = rng.uniform(-0.1, 0.3 + 0.5 * dryness)
                stop = min(start + rng.exponential(0.9 - 0.6 * dryness), 1.0)
                along = np.linspace(max(start, 0.0), stop, 7)
                hair = path + normal * offset * width
                points = np.stack([np.interp(along, ends, hair[:, axis]) for axis in (0, 1)], 1)
                brush = Brush(rng.uniform(0.8, 2.6), dryness=dryness, ragged=0.5, taper=0.7)
                strength = tone * rng.uniform(0.25, 1.0)
                self.stroke(points, brush, np.stack([INK * strength] * 2))

    def drop(self, x: float, y: float, radius: float, ink: Array) -> None:
        """Let a drop fall at (x, y)."""
        reach = 2.0 * radius + 2.0
        left, right = (
            int(np.clip((x + d) * self.scale, 0, self.shape[1])) for d in (-reach, reach)
        )
        top, bottom = (
            int(np.clip((y + d) * self.scale, 0, self.shape[0])) for d in (-reach, reach)
        )
        part = np.s_[top:bottom, left:right]
        flat = self.rng.uniform(0.8, 1.25)
        away = np.hypot(self.x[part] - x, (self.y[part] - y) * flat) + 0.2 * self.grain[part]
        body = smoothstep(radius + 0.5, radius - 0.5, away)
        rim = 0.65 + 0.6 * smoothstep(radius * 0.5, radius, away)
        self.color[part] += (body * rim * self.rng.uniform(0.3, 1.2))[..., None] * ink

    def splash(self, at: tuple[float, float], spread: float, count: int, ink: Array = INK) -> None:
        """Spatter drops around ``at``: many small ones, few large."""
        for _ in range(count):
            x, y = np.array(at) + self.rng.normal(0, spread, 2)
            self.drop(x, y, min(0.6 + 0.6 * self.rng.pareto(2.0), 5.0), ink)

    def dry(self) -> Array:
        """Return the picture (H, W, 3): light that has passed the ink and left the paper."""
        fibers = noise(self.rng, self.shape, 0.4 * self.scale, 7.0 * self.scale)
        shade = 0.4 + 0.16 * self.wobble(300.0, 1.5) + 0.08 * fibers + 0.12 * self.tooth
        paper = PAPER[0] + (PAPER[1] - PAPER[0]) * np.clip(shade, 0, 1)[..., None]
        return reduce(np.clip(paper * np.exp(-self.color), 0.0, 1.0), SUPERSAMPLING)
