"""A search along a line for a point that meets the strong Wolfe conditions, one trial at a time.

With φ(α) the loss after a step of length α in a direction of descent, such a point has

    φ(α) ≤ φ(0) + c₁ α φ'(0)   (it is low enough)
    |φ'(α)| ≤ c₂ |φ'(0)|       (it is flat enough)

The search asks for one trial after the other and is told loss and slope there, so that whoever
runs it decides when to evaluate, and may stop and go on anywhere.
"""

from __future__ import annotations

import math
from typing import NamedTuple

LOW_ENOUGH, FLAT_ENOUGH = 1e-4, 0.9
"""c₁ and c₂, the usual ones for quasi-Newton methods. Source: Nocedal and Wright (2006), p. 62."""

MOST_TRIALS = 10
"""Trials of one search; then its lowest point has to do."""

NEAREST, FARTHEST = 1.1, 10.0
"""How far the next trial lies beyond the last while the slope still falls, as a multiple of it."""

EDGE = 0.1
"""Share of a bracket at either end in which no trial is made: the bracket has to shrink."""


class Point(NamedTuple):
    """What is known of one point of the line.

    Attributes:
        length: α, how far it is.
        loss: φ(α).
        slope: φ'(α), along the line.
    """

    length: float
    loss: float
    slope: float


class Search:
    """One search: bracket an acceptable point, then zoom in on it.

    Attributes:
        trial: The length to evaluate next; 0 after a search that found nothing lower.

    Source: Nocedal and Wright (2006), "Numerical Optimization", algorithms 3.5 and 3.6.
    """

    def __init__(self, start: Point, first: float, longest: float) -> None:
        """Begin at ``start`` of length 0; the first trial is ``first``, none beyond ``longest``."""
        self.start, self.low = start, start
        self.high: Point | None = None
        self.trial, self.longest, self.count = first, longest, 0

    def tell(self, loss: float, slope: float) -> bool:
        """Take in loss and slope at `trial`; tell whether it is accepted, else set the next.

        A trial at the longest length is accepted if it is low enough, however steep.
        """
        self.count += 1
        at = Point(self.trial, loss, slope)
        if self.count > MOST_TRIALS or self._meets_conditions(at):
            return True
        if not self._is_low_enough(at) or loss >= self.low.loss:
            self.high = at
        elif self.high is None and slope < 0:
            if at.length >= self.longest:
                return True
            last, self.low = self.low, at
            self.trial = min(beyond(last, at), self.longest)
        else:
            if self.high is None or slope * (self.high.length - at.length) >= 0:
                self.high = self.low
            self.low = at
        if self.high is not None:
            self.trial = between(self.low, self.high)
        if self.count == MOST_TRIALS:
            self.trial = self.low.length
            return self.low is at
        return False

    def state(self) -> dict[str, float]:
        """Return all that the next trials depend on."""
        values: dict[str, float] = {"trial": self.trial, "longest": self.longest}
        values["count"] = self.count
        for name in ("start", "low", "high"):
            point: Point | None = getattr(self, name)
            for part, value in ({} if point is None else point._asdict()).items():
                values[f"{name} {part}"] = value
        return values

    @classmethod
    def restored(cls, values: dict[str, float]) -> Search:
        """Return the search whose `state` is given."""

        def point(name: str) -> Point:
            return Point(*(values[f"{name} {part}"] for part in Point._fields))

        search = cls(point("start"), values["trial"], values["longest"])
        search.low, search.count = point("low"), int(values["count"])
        search.high = point("high") if "high length" in values else None
        return search

    def _is_low_enough(self, at: Point) -> bool:
        return at.loss <= self.start.loss + LOW_ENOUGH * at.length * self.start.slope

    def _meets_conditions(self, at: Point) -> bool:
        return self._is_low_enough(at) and abs(at.slope) <= -FLAT_ENOUGH * self.start.slope


def beyond(last: Point, at: Point) -> float:
    """Return the next trial while the loss still falls: the minimum of the cubic, if it is near."""
    nearest, farthest = NEAREST * at.length, FARTHEST * at.length
    guess = cubic_minimum(last, at)
    return farthest if guess is None or guess < at.length else min(max(guess, nearest), farthest)


def between(a: Point, b: Point) -> float:
    """Return the next trial inside of a bracket: the minimum of the cubic, away from the ends."""
    first, last = sorted((a.length, b.length))
    edge, guess = EDGE * (last - first), cubic_minimum(a, b)
    return (first + last) / 2 if guess is None else min(max(guess, first + edge), last - edge)


def cubic_minimum(a: Point, b: Point) -> float | None:
    """Return where the cubic with two points' losses and slopes is least; None if it has no least.

    Source: Nocedal and Wright (2006), equation 3.59.
    """
    width = b.length - a.length
    if width == 0:
        return None
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / -width
    inside = d1 * d1 - a.slope * b.slope
    if not inside >= 0:
        return None
    d2 = math.copysign(math.sqrt(inside), width)
    below = b.slope - a.slope + 2 * d2
    least = b.length - width * (b.slope + d2 - d1) / below if below else math.nan
    return least if math.isfinite(least) else None
