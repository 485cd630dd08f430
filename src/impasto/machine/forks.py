"""Processes that are forked from one that computes: the threads of libraries do not come along.

A child would wait for them forever, so it is told at once what to do instead.
"""

from __future__ import annotations

import os

from impasto.errors import UsageError


class Threads:
    """The threads that a library starts when it is first used.

    Args:
        what: What cannot be done without them, for the message.
        instead: What else helps, for the message.
    """

    def __init__(self, what: str, instead: str = "") -> None:
        self.what, self.instead = what, instead
        self.process: int | None = None  # that has them

    def use(self) -> None:
        """Remember that this process has the threads.

        Raises:
            UsageError: If this process was forked from one that had them.
        """
        self.process = self.process or os.getpid()
        if self.process != os.getpid():
            raise UsageError(
                f"{self.what} in a process forked from one that has done so: start processes with "
                "the method 'spawn', as in multiprocessing.get_context('spawn') or "
                f"DataLoader(..., multiprocessing_context='spawn'){self.instead}."
            )
