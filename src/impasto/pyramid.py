"""Coarse to fine: the sizes, and how many evaluations each gets.

Small pictures cost little and the receptive fields of the network see a large part of them, so the
large forms of a style are laid out there; the finer levels add the strokes.

# Differs from Gatys et al. (2015), who work at one size: ``levels=1``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

COARSEST = 120
"""The long side is halved while it stays at or above this: 512, 256, 128; 1000, 500, 250, 125."""

SMALLEST = 16
"""No level is smaller than this."""

GROWTH = 1.5
"""Each coarser level gets this many times the evaluations of the next finer one, at a quarter of
the cost each, unless its network has another number."""

LARGEST_GROWTH = 4.0
"""No level gets more than this many times the evaluations of the final size."""

CONTINUED, SHORT, LONG = 0.75, 24, 240
"""Continuation takes this share of the evaluations at the final size: none of fewer than 24, and no
more than it takes of 240."""

HELD = 256
"""A look that is to hold is made at about this size, in all the evaluations."""

FINER, FEWEST = 0.5, 15
"""The next finer level gets this share of them, and each one after that half as many as the one
before, but no fewer than so many: enough for strokes to become sharp, too few to move them."""


@dataclass(frozen=True)
class Level:
    """One size of the pyramid.

    Attributes:
        size: Long side of the image in pixels.
        evaluations: Evaluations of the objective at this size.
    """

    size: int
    evaluations: int


def plan(
    size: int, evaluations: int, levels: int | None = None, growth: float = GROWTH
) -> tuple[Level, ...]:
    """Return the levels, coarsest first; the last has exactly ``size`` and ``evaluations``.

    Args:
        size: Long side of the result in pixels.
        evaluations: Evaluations at the final size.
        levels: How many sizes at most, 1 for the final one only; by default the size is halved
            while it stays at or above `COARSEST`.
        growth: See `GROWTH`.

    Example:
        >>> [(level.size, level.evaluations) for level in plan(512, 100)]
        [(128, 225), (256, 150), (512, 100)]
    """
    if levels is None:
        levels = 1
        while size / 2**levels >= COARSEST:
            levels += 1
    return tuple(
        Level(round(size / 2**k), round(evaluations * min(growth**k, LARGEST_GROWTH)))
        for k in reversed(range(levels))
        if k == 0 or size / 2**k >= SMALLEST
    )


def continued(evaluations: int) -> int:
    """Return how many evaluations continuation takes at each size.

    Example:
        >>> [continued(evaluations) for evaluations in (20, 60, 600)]
        [0, 45, 180]
    """
    return round(CONTINUED * min(evaluations, LONG)) if evaluations >= SHORT else 0


def held(size: int) -> int:
    """Return the size of the level at which the look of a picture is made, see `holding`.

    Example:
        >>> [held(size) for size in (128, 256, 1000)]
        [128, 256, 250]
    """
    sizes = [level.size for level in plan(size, 1)]
    return next((each for each in sizes if each * math.sqrt(2) > HELD), sizes[-1])


def holding(size: int, evaluations: int, growth: float = GROWTH) -> tuple[Level, ...]:
    """Return levels by which a large picture keeps the look of a small one.

    With all evaluations at each size, the network, which sees less and less of the picture, paints
    finer and finer strokes over the coarse ones. So the finer levels only add detail.

    Args:
        size: Long side of the result in pixels.
        evaluations: At the size where the look is made, `held`.
        growth: See `GROWTH`.

    Example:
        >>> [(level.size, level.evaluations) for level in holding(1024, 100)]
        [(128, 150), (256, 100), (512, 50), (1024, 25)]
    """
    sizes = [level.size for level in plan(size, evaluations)]
    base = sizes.index(held(size))
    shares = (
        min(growth ** (base - at), LARGEST_GROWTH) if at <= base else FINER / 2 ** (at - base - 1)
        for at in range(len(sizes))
    )
    least = min(FEWEST, evaluations)
    return tuple(
        Level(each, max(round(evaluations * share), least))
        for each, share in zip(sizes, shares, strict=True)
    )
