"""Paint a job, followed by recorders: the only place that drives `impasto.transfer`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack

import torch

from impasto.job import Job
from impasto.machine import computing_with, considerate
from impasto.optimize import State, Step
from impasto.run.auto import tuned
from impasto.run.checkpoint import Checkpoint
from impasto.run.fine_style import mixing_jobs
from impasto.run.recorder import Recorder
from impasto.run.result import Result
from impasto.transfer import paint

Follow = Callable[[Job], Sequence[Recorder]]
"""What follows a painting that another one needs first."""

Stop = Callable[[], bool]
"""Tells whether to stop."""

Method = Callable[[Job, State], Iterator[Step]]
"""Yields every evaluation of a job, see `impasto.transfer.paint`."""


class Stopped(Exception):
    """A painting was stopped that another one needs first."""


@torch.inference_mode(False)  # a gradient is needed, wherever the caller is
def run(
    job: Job,
    recorders: Sequence[Recorder] = (),
    checkpoint: Checkpoint | None = None,
    follow: Follow = lambda job: (),
    stop: Stop = lambda: False,
    method: Method = paint,
) -> Generator[Result, None, None]:
    """Yield the painting after every evaluation; stop with ``break``, and it is kept as it is.

    Args:
        job: What to paint.
        recorders: What follows it, in the order in which they are told; they are closed in the
            reverse order.
        checkpoint: Where an interrupted run stood; it goes on from there.
        follow: Gives what follows the paintings that this one needs first.
        stop: Asked after every evaluation, also of the paintings that this one needs first: then
            it never begins, and nothing is yielded.
        method: How a job is painted.
    """
    try:
        job = ready(job, follow, stop)
    except Stopped:
        return
    result = Result(job) if checkpoint is None else checkpoint.resume(job)
    finished = False
    with ExitStack() as stack:
        for recorder in recorders:
            recorder.begin(result)
            stack.callback(lambda each=recorder: each.close(finished))  # type: ignore[misc]
        stack.enter_context(considerate(job.settings.threads))  # it ends before films are written
        steps = method(result.job, result.state)
        while True:
            with computing_with(job.settings.threads):  # and the caller with as many as before
                step = next(steps, None)
            if step is None:
                break
            result.add(step)
            for recorder in recorders:
                recorder.add(step)
            yield result
            if stop():
                return
        finished = True


def last(results: Iterator[Result]) -> Result:
    """Return the result of a run that is left to come to its end."""
    return deque(results, maxlen=1).pop()


def ready(job: Job, follow: Follow = lambda job: (), stop: Stop = lambda: False) -> Job:
    """Return the job with what other paintings have to give it first: fine strokes, a weight.

    Raises:
        Stopped: If one of them is to stop.
    """

    def painted(other: Job, recorders: Sequence[Recorder] = ()) -> Iterator[Result]:
        yield from run(other, recorders, stop=stop)
        if stop():
            raise Stopped

    mixing = mixing_jobs(job)
    if mixing:
        job = job.with_styles([last(painted(each, follow(each))).rgb for each in mixing])
    return tuned(job, painted) if job.settings.auto else job
