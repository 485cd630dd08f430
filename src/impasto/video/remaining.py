"""How long a clip will still take."""

from __future__ import annotations

import time
from collections import deque
from typing import final

from impasto.job import Job
from impasto.run import Eta
from impasto.video.painting import ClipPainter, FrameInWork

RECENT_FRAMES = 10
"""Frames whose mean tells how fast the work is now."""


@final
class Remaining:
    """Estimates the seconds left from what the frames so far have taken.

    Until a frame is finished that begins as another one, the estimate of its painting counts. That
    a frame begins a new shot, and takes longer, is not known before.

    Attributes:
        pace: Seconds that a frame takes.
        left: Frames that are not finished yet.
    """

    def __init__(self, painter: ClipPainter) -> None:
        workshop, sweeps = painter.workshop, painter.how.sweeps
        first = workshop.finished(sweeps) + 1
        self.left = sum(
            not workshop.is_painted(sweep, index)
            for sweep in range(first, sweeps + 1)
            for index in range(workshop.count)
        )
        job = painter.job
        per_evaluation = job.estimate.cost.seconds * job.estimate.work_of_one(job.settings.size)
        self.pace = painter.evaluations * per_evaluation
        self.recent: deque[float] = deque(maxlen=RECENT_FRAMES)
        self.began = time.monotonic()
        self.job: Job | None = None

    def update(self, frame: FrameInWork) -> float:
        """Return the seconds left after one more evaluation, or a finished frame."""
        if frame.result.job is not self.job:
            self.job, self.eta = frame.result.job, Eta(frame.result.job)
        if frame.is_finished:
            self.left -= 1
            now = time.monotonic()
            if not frame.is_fresh:
                self.recent.append(now - self.began)
                self.pace = sum(self.recent) / len(self.recent)
            self.began = now
            return self.left * self.pace
        here = self.eta.update(frame.result.last)
        if not frame.is_fresh and not self.recent:
            self.pace = (time.monotonic() - self.began) + here
        return here + max(self.left - 1, 0) * self.pace
