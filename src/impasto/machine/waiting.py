"""How threads wait for each other: awake while the machine is idle, asleep while it is busy.

Every convolution ends with a wait for the thread that is last. GNU's OpenMP, which torch computes
with on Linux, lets the others spin for milliseconds before they sleep: fastest where nobody else
wants the processors. Where somebody does, the last thread has lost its processor to a neighbor,
and who spins keeps it from getting another: beside eight busy processes a painting took up to nine
times as long as its share of the processors allows.

The library spins three hundred times less as soon as it has more threads than there are processors
(``gomp_throttled_spin_count_var``). So while neighbors compute, further teams of threads are kept
here that only sleep, and count; and those that compute are gathered on few processors, see
`impasto.machine.gathering`. Results do not depend on either.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

import psutil

from impasto.machine.gathering import Gathering, places_for

FIRST_LOOK, LOOK_EVERY = 0.05, 0.5
"""Seconds over which the neighbors are watched: the first time, and from then on."""

LITTLE = 0.25
"""Processors that neighbors may take before threads are in each other's way."""

TOLD_HOW = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
"""Environment variables with which users say themselves how threads wait."""


@contextmanager
def considerate(threads: int) -> Iterator[None]:
    """Let threads sleep soon in a block, and near each other, as long as others compute, too.

    Args:
        threads: That compute in the block.
    """
    if threads == 1 or sys.platform != "linux" or any(name in os.environ for name in TOLD_HOW):
        yield
        return
    done = threading.Event()
    about = threads, threading.get_native_id(), done
    watch = threading.Thread(target=_watch, args=about, daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


def _watch(threads: int, caller: int, done: threading.Event) -> None:
    processors = os.sched_getaffinity(0)
    wait = FIRST_LOOK
    # A container may hide what is used.
    with ExitStack() as asleep, Gathering(caller, processors) as gathering, suppress(OSError):
        neighbors, crowd = Neighbors(processors), False
        while not done.wait(wait):
            wait = LOOK_EVERY
            before = crowd
            taken = neighbors.processors()
            crowd = threads + taken > len(processors) + LITTLE
            gathering.gather(places_for(threads, len(processors), taken))
            if crowd and not before:
                for _ in range(teams_needed(threads, len(processors))):
                    asleep.callback(SleepingTeam().dissolve)
            elif not crowd:
                asleep.close()


def teams_needed(threads: int, processors: int) -> int:
    """Return how many further teams make more threads than there are processors.

    Example:
        >>> teams_needed(2, 2), teams_needed(8, 16)
        (1, 2)
    """
    # The thread that opens a team has been there before, for the library.
    return max(math.ceil((processors + 1 - threads) / (threads - 1)), 1)


class Neighbors:
    """The other processes of this machine.

    Args:
        processors: The numbers of those that this process may use.
    """

    def __init__(self, processors: set[int]) -> None:
        self.among = processors
        self.before = Usage.now(processors)

    def processors(self) -> float:
        """Return how many processors they have had on average since the last call."""
        now, before = Usage.now(self.among), self.before
        self.before = now
        theirs = (now.all - before.all) - (now.own - before.own)
        return max(theirs, 0.0) / max(now.clock - before.clock, 1e-3)


@dataclass(frozen=True)
class Usage:
    """Seconds of processors that were used, since some beginning.

    Attributes:
        all: By everybody, also by other machines on the same hardware.
        own: By this process.
        clock: That have passed.
    """

    all: float
    own: float = field(default_factory=time.process_time)
    clock: float = field(default_factory=time.monotonic)

    @classmethod
    def now(cls, processors: set[int]) -> Usage:
        """Return what has been used of some processors."""
        times = psutil.cpu_times(percpu=True)
        used = [times[i] for i in processors if i < len(times)]
        parts = ("user", "nice", "system", "irq", "softirq", "steal")
        return cls(sum(getattr(each, part) for each in used for part in parts))


class SleepingTeam:
    """A thread that has computed in parallel once, and sleeps with its team until it is told."""

    def __init__(self) -> None:
        self.over, there = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._sleep, args=(there,), daemon=True)
        self.thread.start()
        there.wait()

    def _sleep(self, there: threading.Event) -> None:
        import torch

        torch.zeros(2**20, dtype=torch.uint8, device="cpu").fill_(1)  # enough for all threads
        there.set()
        self.over.wait()

    def dissolve(self) -> None:
        """Let the team end."""
        self.over.set()
        self.thread.join()
