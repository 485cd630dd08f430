"""How long a run will still take."""

from __future__ import annotations

from collections import deque

from impasto.job import Job
from impasto.optimize import Step

RECENT = 10
"""Evaluations whose mean tells how fast the run is now."""


class Eta:
    """Estimates the seconds left from what the evaluations so far have cost.

    The first evaluation of a size takes longer than the others, since memory is asked for and
    kernels are prepared; so it counts only where it is faster than expected. A size that has not
    begun is taken to cost as much more as its estimate says.

    Attributes:
        pace: Seconds for a unit of the estimate's work.
        cost: Seconds that an evaluation takes now.
    """

    def __init__(self, job: Job) -> None:
        self.estimate = job.estimate
        self.pace, self.cost = job.estimate.cost.seconds, 0.0
        self.size = 0
        self.clock: deque[float] = deque(maxlen=RECENT + 1)

    def update(self, step: Step) -> float:
        """Return the seconds left after one more evaluation."""
        if step.size != self.size:
            self.size = step.size
            self.clock.clear()
        self.clock.append(step.seconds)
        work = self.estimate.work_of_one(step.size)
        if len(self.clock) == 1:
            self.pace = min(self.pace, step.seconds / step.iteration / work)
        else:
            seconds = self.clock[-1] - self.clock[0]
            self.pace = seconds / (len(self.clock) - 1) / work
        self.cost = self.pace * work
        return self.pace * self.estimate.left(step.size, step.iteration)

    def pause(self, seconds: float) -> None:
        """Leave out seconds since the last evaluation that something else has taken."""
        self.clock = deque((each + seconds for each in self.clock), maxlen=RECENT + 1)


def clock(seconds: float) -> str:
    """Return seconds as ``1:05`` or ``2:03:04``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
