"""A sound as far as it has come, and the result at its end."""

from __future__ import annotations

import json
import tempfile
from functools import cached_property
from pathlib import Path
from typing import final

import numpy as np
import torch
from torch import Tensor

from impasto.errors import ImpastoError
from impasto.optimize import Step
from impasto.sound.copying import copy_correlation
from impasto.sound.gains import Gains
from impasto.sound.job import AlreadyMade, SoundJob
from impasto.sound.loudness import leveled
from impasto.sound.piece import PieceSpan
from impasto.sound.recording import Samples, Sound
from impasto.sound.writing import write_sound


@final
class SoundResult:
    """A sound as far as it has come: the result, once the last evaluation has been made.

    What is finished lies in a file without a name, so that memory does not grow with the sound.

    Attributes:
        job: What is made.
        evaluations: How many have been made.
        step: The last one; None before the first.
        gains: What is being changed.
        span: The piece that is being made.
        finished: How many pieces are finished.
        notes: What went wrong on the way.
    """

    def __init__(self, job: SoundJob) -> None:
        self.job = job
        self.evaluations = self.finished = 0
        self.step: Step | None = None
        self.gains: Gains | None = None
        self.span: PieceSpan | None = None
        self.notes: list[str] = []
        shape = (job.recording.channels, job.plan.length)
        with tempfile.TemporaryFile(prefix="impasto-") as file:  # the map keeps it open
            self.samples = np.memmap(file, np.float32, "w+", shape=shape)

    def __repr__(self) -> str:
        seconds = self.job.plan.wanted / self.job.recording.rate
        return f"<impasto.sound.SoundResult: {seconds:.1f} seconds, {self.evaluations} evaluations>"

    def made(self, span: PieceSpan) -> AlreadyMade:
        """Return what is there already before a piece and after it."""
        before = np.array(self.samples[:, span.start : span.start + span.before])
        after = np.array(self._head(span.after))
        return torch.from_numpy(before), torch.from_numpy(after)

    def _head(self, count: int) -> Samples:
        """Return the first samples (C, n) of the result, to which the end of a loop leads."""
        cut = self.job.plan.cut
        head: Samples = self.samples[:, cut : cut + count]
        return head

    def follow(self, span: PieceSpan, gains: Gains, step: Step) -> None:
        """Take in one evaluation."""
        self.evaluations += 1
        self.span, self.gains, self.step = span, gains, step
        if step.note:
            self.notes.append(step.note)
        self.__dict__.pop("sound", None)

    def draft(self) -> Tensor:
        """Return the present piece (C, N) as far as it has come.

        Raises:
            ImpastoError: If nothing has been made yet.
        """
        if self.gains is None or self.step is None:
            raise ImpastoError("nothing has been made yet.")
        return self.gains.sound(self.step.image)

    def keep(self) -> None:
        """Keep the present piece: it is finished."""
        assert self.span is not None
        start, end = self.span.start + self.span.before, self.span.stop - self.span.after
        inner = slice(self.span.before, self.span.length - self.span.after)
        self.samples[:, start:end] = self.draft()[:, inner].numpy()
        self.samples[:, end : self.span.stop] = self._head(self.span.after)
        self.finished += 1
        self.__dict__.pop("sound", None)

    @property
    def is_complete(self) -> bool:
        """Whether all pieces are finished."""
        return self.finished == len(self.job.plan.pieces)

    @cached_property
    def sound(self) -> Sound:
        """The sound so far, as loud as its recording.

        Raises:
            ImpastoError: If nothing has been made yet.
        """
        job, plan = self.job, self.job.plan
        end = plan.pieces[self.finished - 1].stop if self.finished else 0
        samples = self.samples[:, :end]
        if not self.is_complete:
            span = plan.pieces[self.finished]
            if span == self.span:
                draft = self.draft().numpy()
                samples = np.concatenate([self.samples[:, : span.start], draft], axis=1)
        wanted = samples[:, plan.cut : plan.cut + plan.wanted]
        recording = job.recording
        return Sound(
            leveled(wanted, recording.loudness),
            recording.rate,
            job.settings.bits or recording.bits,
            {**recording.tags},
        )

    @property
    def copy(self) -> float:
        """How far it is a shifted piece of its recording: see `copy_correlation`."""
        recording = self.job.recording
        return copy_correlation(self.sound.samples, recording.samples, recording.rate)

    def write(self, path: str | Path) -> None:
        """Write the sound so far, with what determines it.

        Raises:
            UsageError: If the file cannot be written.
        """
        folder = Path(path).resolve().parent
        write_sound(Path(path), self.sound, json.dumps(self.job.recipe(folder)))
