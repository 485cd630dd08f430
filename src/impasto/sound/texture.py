"""READ THIS FIRST: a texture, made longer without repeating.

    start        moments of the recording, in an order that has its rhythm; or noise
    gains        how much louder every bin of it gets at every moment, changed until what is heard
                 has the statistics of the recording

The sum of terms is minimized by the same loop and optimizer as for pictures. A long result is made
in pieces.

Source: Antognini, Hoffman and Weiss (2019), "Audio Texture Synthesis with Random Neural Networks",
for the losses; Caracalla and Röbel (2020), "Sound texture synthesis using RI spectrograms", for
pieces that overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from impasto.machine import considerate
from impasto.objective import Objective, whole
from impasto.optimize import State, minimize
from impasto.registry import OPTIMIZERS
from impasto.sound.gains import Gains
from impasto.sound.job import SoundJob
from impasto.sound.piece import PieceSpan
from impasto.sound.result import SoundResult

HISTORY = 10
"""Steps that an optimizer remembers."""


@torch.inference_mode(False)  # a gradient is needed, wherever the caller is
def make(job: SoundJob, stop: Callable[[], bool] = lambda: False) -> Iterator[SoundResult]:
    """Yield the sound after every evaluation, always the same object; stop with ``break``.

    Args:
        job: What to make.
        stop: Asked after every evaluation.
    """
    result = SoundResult(job)
    with considerate(torch.get_num_threads()):
        for span in job.plan.pieces:
            for _ in synthesize(job, span, result):
                yield result
                if stop():
                    return
            result.keep()


def synthesize(job: SoundJob, span: PieceSpan, result: SoundResult) -> Iterator[None]:
    """Make one piece; the result follows every evaluation."""
    gains = Gains(job.ear, span, job.start(span, result.made(span)))
    objective = Objective(job.terms(span), whole(gains.features))
    evaluations = job.settings.iterations
    optimizer = OPTIMIZERS["lbfgs"].load()(1.0, min(HISTORY, evaluations))
    state = State().begin(gains.image, optimizer)
    for step in minimize(objective, state, [(1.0, evaluations)]):
        result.follow(span, gains, step)
        yield
