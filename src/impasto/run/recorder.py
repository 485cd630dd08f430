"""What follows a run: displays, files and pages are recorders."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import final

from impasto.errors import ImpastoError
from impasto.optimize import Step
from impasto.run.result import Result


class Recorder(ABC):
    """Follows a run: told when it begins, of every step, and when it ends."""

    def begin(self, result: Result) -> None:  # noqa: B027 - most need no beginning
        """Take notice of the painting, which has a history already if an earlier run goes on."""

    @abstractmethod
    def add(self, step: Step) -> None:
        """Take in one evaluation."""

    def close(self, finished: bool) -> None:  # noqa: B027
        """Do what is left to do; ``finished`` tells whether the painting came to its end."""


@final
class Guarded(Recorder):
    """A recorder that cannot stop a painting: what it cannot write is complained of, once.

    A disk that is full at one evaluation may have room at the next.
    """

    def __init__(self, recorder: Recorder, complain: Callable[[str], None]) -> None:
        """Keep the recorder, and what to do with a sentence."""
        self.recorder, self.complain = recorder, complain
        self.said: set[str] = set()

    def begin(self, result: Result) -> None:
        """Hand it on; what fails before the work begins is an error."""
        self.recorder.begin(result)

    def add(self, step: Step) -> None:
        """Hand it on."""
        self._guard(lambda: self.recorder.add(step))

    def close(self, finished: bool) -> None:
        """Hand it on."""
        self._guard(lambda: self.recorder.close(finished))

    def _guard(self, write: Callable[[], None]) -> None:
        try:
            write()
        except (OSError, ImpastoError) as error:
            sentence = str((isinstance(error, OSError) and error.strerror) or error)
            if sentence not in self.said:
                self.said.add(sentence)
                self.complain(sentence)
