"""Continuation: what holds to the content weighs more at first, and gives way to the style.

The style losses are steep and the content loss is flat. With all weights in place at once, the
first steps satisfy the style and leap far away from the content image; most of the evaluations then
go into the slow way back, along a narrow valley. So everything but the style begins with 30 times
its weight, which falls in stages to once:

    factor     30   9.7   3.1   1.8    1
    until      3    9     30    45    60    where ``continuation`` is 45 of 60 evaluations

A stage begins where the one before it has come to, with what its optimizer has learned. The last is
the objective itself, so the result minimizes what it did; a quarter fewer evaluations reach it.

# Differs from Gatys et al. (2015), who minimize one function: ``continuation=0``.

Source: the penalty method, Nocedal and Wright (2006), "Numerical Optimization", framework 17.1,
whose penalties grow from one minimization to the next.
"""

from __future__ import annotations

from impasto.optimize.loop import Schedule

FACTOR = 30.0
"""Of every weight but the style's, in the first stage. With 100 the losses are the same."""

STAGES = ((1, 1 / 15), (2 / 3, 1 / 5), (1 / 3, 2 / 3), (1 / 6, 1))
"""For each stage the power of `FACTOR`, and after which share of the continuation it ends."""


def schedule(evaluations: int, continuation: int) -> Schedule:
    """Return penalty factors, each with the iteration that it ends with.

    Args:
        evaluations: How many there are in all.
        continuation: How many until all weights are as given; 0 for none.

    Example:
        >>> [(round(factor, 1), until) for factor, until in schedule(60, 45)]
        [(30.0, 3), (9.7, 9), (3.1, 30), (1.8, 45), (1.0, 60)]
        >>> schedule(60, 0)
        ((1.0, 60),)
    """
    stages = STAGES if continuation else ()
    ends = ((power, min(round(share * continuation), evaluations)) for power, share in stages)
    return (*((FACTOR**power, end) for power, end in ends), (1.0, evaluations))
