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

PROCESSORS = Path("/sys/devices/system/cpu")
"""Where Linux tells of each."""

UNSURE = 0.15
"""What may be missing of a whole number of turns: what neighbors have is measured in ticks. With
less than that, as beside a program that computes now and then, more processors are better."""

_only_one = threading.Lock()
"""Held by who gathers threads. Another run in this process gathers none meanwhile."""


def places_for(threads: int, processors: int, taken: float) -> int:
    """Return on how many processors to compute: all, or so many that each has as many threads.

    Args:
        threads: That compute.
        processors: That there are.
        taken: How many of them neighbors have.

    Example:
        >>> places_for(2, 2, 0.1), places_for(2, 2, 1.0), places_for(16, 16, 8.0)
        (2, 1, 8)
    """
    turns = int(threads / max(processors - taken, 1.0) + UNSURE)
    return math.ceil(threads / turns) if turns > 1 else processors


class Gathering(AbstractContextManager["Gathering"]):
    """The threads that compute: on all processors, or in a block for a while on few.

    Args:
        thread: The system's number of the thread that computes. OpenMP's threads, which help it,
            cannot be told from others that Python does not know, and all these come along.
        everywhere: The processors that they may have.
    """

    def __init__(self, thread: int, everywhere: set[int]) -> None:
        self.thread, self.everywhere = thread, everywhere
        self.places = everywhere
        self.is_the_one = False

    def __enter__(self) -> Gathering:
        """Begin with all processors."""
        self.is_the_one = _only_one.acquire(blocking=False)
        return self

    def __exit__(self, *error: object) -> None:
        """Let all threads compute everywhere again."""
        try:
            self.gather(len(self.everywhere))
        finally:
            if self.is_the_one:
                _only_one.release()

    def gather(self, count: int) -> None:
        """Let them compute on so many processors, the fastest if they differ, else any.

        Those that they had stay theirs, if the number does: two programs that gather find places
        of their own sooner or later, and then keep them.
        """
        if not self.is_the_one or count == len(self.places):
            return
        # Also what was begun meanwhile: it has the places of who began it.
        _move(_threads(), self.places, self.everywhere)
        self.places = _fastest(self.everywhere, count)
        _move([self.thread, *_unknown_to_python()], self.everywhere, self.places)


def _move(threads: Iterable[int], before: set[int], after: set[int]) -> None:
    """Move threads from some processors to others; those that are elsewhere were put there."""
    for thread in threads:
        with suppress(OSError):  # it has ended, or the system does not let us
            if before != after and os.sched_getaffinity(thread) == before:
                os.sched_setaffinity(thread, after)


def _fastest(processors: set[int], count: int) -> set[int]:
    """Return so many of them: those with the highest clock rate, and among equals any."""
    chance = random.SystemRandom()
    order = sorted(processors, key=lambda each: (-_rate(each), chance.random()))
    return set(order[:count])


def _rate(processor: int) -> int:
    """Return the highest clock rate of a processor in kHz, or 0 if the system hides it."""
    try:
        return int((PROCESSORS / f"cpu{processor}/cpufreq/cpuinfo_max_freq").read_text())
    except (OSError, ValueError):
        return 0


def _threads() -> list[int]:
    """Return the system's numbers of all threads of this process, or none if it hides them."""
    try:
        return [int(each.name) for each in Path("/proc/self/task").iterdir()]
    except OSError:
        return []


def _unknown_to_python() -> list[int]:
    """Return those of the threads that Python did not begin, such as OpenMP's."""
    there = _threads()
    known = {each.native_id for each in threading.enumerate()}
    return [each for each in there if each not in known]
