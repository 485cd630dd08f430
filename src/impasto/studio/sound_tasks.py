"""A sound that is to be made: it waits for its turn among the pictures."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import final

from impasto.run import Stop
from impasto.settings import SoundSettings
from impasto.sound import SoundJob, SoundResult, make, prepare_texture
from impasto.studio.sound_store import SoundEntry, SoundStore
from impasto.studio.tasks import TaskState, Turn


@final
@dataclass(eq=False)
class SoundTask:
    """One sound to make, from the press of a button to its end. The worker changes it.

    Attributes:
        session: The page that asked for it.
        recording: What more is made of.
        settings: How.
        store: Where the result is kept.
        turn: When it is made.
        state: Where it is.
        sentence: Why it failed.
        share: How much of the work is done, in [0, 1].
        left: Estimated seconds left.
        entry: What was made.
        stopping: Whether somebody asked to stop and keep it.
    """

    session: str
    recording: SoundEntry
    settings: SoundSettings
    store: SoundStore
    turn: Turn = Turn.IN_ORDER
    state: TaskState = TaskState.WAITING
    sentence: str = ""
    share: float = 0.0
    left: float = 0.0
    entry: SoundEntry | None = None
    stopping: bool = False

    @property
    def title(self) -> str:
        """What to call it."""
        return f"more of {self.recording.title}"

    def make(self, stop: Stop) -> None:
        """Make the sound. Stopped, it is kept as far as it has come.

        Args:
            stop: Asked after every evaluation.
        """
        self.state = TaskState.PREPARING
        job = prepare_texture(self.store.file(self.recording.name), self.settings)
        result = self._made(job, stop)
        if result is None:
            self.state = TaskState.CANCELED
            return
        self.entry = self.store.add(result, self.recording, words(result))
        stopped = self.stopping and not result.is_complete
        self.state = TaskState.STOPPED if stopped else TaskState.DONE

    def _made(self, job: SoundJob, stop: Stop) -> SoundResult | None:
        began, result = time.monotonic(), None
        if self.stopping:
            return None
        self.state = TaskState.PAINTING
        for result in make(job, stop):
            self.share = result.evaluations / job.total_evaluations
            self.left = (time.monotonic() - began) * (1 / self.share - 1)
        return result

    def release(self) -> None:
        """Nothing is held at the end."""


def words(result: SoundResult) -> str:
    """Return what is said of how a sound was made."""
    loop = ", a loop" if result.job.settings.loop else ""
    return (
        f"{result.sound.seconds:.1f} seconds{loop}, {result.evaluations} evaluations; likeness to "
        f"a piece of the recording {result.copy:.2f}, where 1 is a copy"
    )
