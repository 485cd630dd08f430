"""Loss curves as SVG, drawn here: no script, no library, nothing from elsewhere."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from impasto.sweeps.cells import Curve

WIDTH, HEIGHT = 560, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 84, 10, 28

FLOOR = 1e-6
"""Values below this share of the largest are drawn at it: a loss of zero has no logarithm."""


def chart(curve: Curve) -> str:
    """Return the losses over the evaluations, with a logarithmic axis, or an empty string."""
    counts = curve.get("evaluation", [])
    kinds = {kind: values for kind, values in curve.items() if kind != "evaluation"}
    finite = [v for values in kinds.values() for v in values if math.isfinite(v) and v > 0]
    if len(counts) < 2 or not finite:
        return ""
    low, high = max(min(finite), max(finite) * FLOOR), max(finite)
    bottom, top = math.floor(math.log10(low)), math.ceil(math.log10(high) + 1e-9)

    def x(count: float) -> float:
        return LEFT + (count - counts[0]) / (counts[-1] - counts[0]) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        share = (math.log10(min(max(value, low), high)) - bottom) / max(top - bottom, 1)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg class="curves" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="losses over {counts[-1]:.0f} evaluations">'
    ]
    for power in range(bottom, top + 1):
        at = y(10.0**power) if low <= 10.0**power <= high else _edge(power, bottom, top)
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>'
        )
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">1e{power}</text>')
    parts += [
        f'<text x="{LEFT}" y="{HEIGHT - 8}">{counts[0]:.0f}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">'
        f"{counts[-1]:.0f} evaluations</text>",
    ]
    heights = spread([y(values[-1]) for values in kinds.values()])
    for (kind, values), at in zip(kinds.items(), heights, strict=True):
        points = " ".join(
            f"{x(count):.1f},{y(value):.1f}"
            for count, value in zip(counts, values, strict=True)
            if math.isfinite(value)
        )
        parts.append(f'<polyline class="{kind}" points="{points}"/>')
        parts.append(f'<text class="{kind}" x="{WIDTH - RIGHT + 6}" y="{at + 4:.1f}">{kind}</text>')
    return "".join([*parts, "</svg>"])


def _edge(power: int, bottom: int, top: int) -> float:
    share = (power - bottom) / max(top - bottom, 1)
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def spread(heights: Sequence[float], apart: float = 15) -> list[float]:
    """Return heights moved as little as needed for labels not to lie on each other."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    moved = list(heights)
    for before, after in itertools.pairwise(order):
        moved[after] = max(moved[after], moved[before] + apart)
    excess = max(moved[order[-1]] - (HEIGHT - BOTTOM), 0)
    return [height - excess for height in moved]
