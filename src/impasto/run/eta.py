"""How long a run will still take."""

from __future__ import annotations

from impasto.job import Job
from impasto.optimize import Step


class Eta:
    """Estimates the seconds left from what the evaluations so far have cost.

    A size that has not begun is taken to cost as much per pixel as the present one, tiles and
    their margins included.
    """

    def __init__(self, job: Job) -> None:
        self.estimate = job.estimate
        self.cost = 0.0

    def update(self, step: Step) -> float:
        """Return the seconds left after one more evaluation."""
        self.cost = step.seconds / step.iteration
        work = self.estimate.work_of_one(step.size)
        left = 0.0
        for level in self.estimate.levels:
            if level.size == step.size:
                left += self.cost * (level.evaluations - step.iteration)
            elif level.size > step.size:
                left += self.cost * self.estimate.work(level) / work
        return left


def clock(seconds: float) -> str:
    """Return seconds as ``1:05`` or ``2:03:04``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
