"""Cases in processes of their own: one that hangs or dies is told, and the next case goes on."""

from __future__ import annotations

import multiprocessing
import resource
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from impasto.errors import ImpastoError

PATIENCE = 10.0
"""Seconds of the processor that a case may take."""

WAITING = 120.0
"""Seconds that it may take in all, on a machine that has other work, too."""

STARTING = 120.0
"""Seconds that a process may take before its first case."""

GROWTH = 512 * 2**20
"""Bytes that the peak of a process may grow by in one case."""

PROCESSES = multiprocessing.get_context("forkserver")
"""A server that has imported Impasto and computed nothing forks each process: that takes no time,
and is sound, since neither torch nor libvips has any threads by then."""

PROCESSES.set_forkserver_preload(["tests.torture.imported"])

FAILED = "failed"
"""What happens to a case where something happens that must not."""

LONGEST = 3000
"""Characters of a message; a path in it may have most of them."""

Case = Callable[[int], str]
"""Tries the case of a number; says in a word what happened, or raises."""


@dataclass(frozen=True)
class Outcome:
    """What became of a case.

    Attributes:
        case: Its number.
        word: What happened: the case's own word, or `FAILED`.
        reason: Why it has failed.
        seconds: How long it took.
        growth: Bytes that the peak memory grew by.
    """

    case: int
    word: str
    reason: str = ""
    seconds: float = 0.0
    growth: int = 0

    @property
    def failed(self) -> bool:
        """Whether something happened that must not."""
        return self.word == FAILED


def watch(
    make: Callable[[Path, int], Case],
    folder: Path,
    seed: int,
    cases: Iterable[int],
    patience: float = PATIENCE,
) -> Iterator[Outcome]:
    """Yield what becomes of each case.

    Args:
        make: Makes the cases, in the process that tries them; a function of a module.
        folder: Where cases may write.
        seed: Of the part.
        cases: Their numbers.
        patience: Seconds of the processor that each may take.
    """
    process, pipe = _start(make, folder, seed)
    for case in cases:
        try:
            pipe.send(case)
            if _answers(pipe, process.pid, patience):
                yield pipe.recv()
                continue
            reason = f"it took more than {patience:g} s"
            process.kill()
            process.join()
        except (EOFError, OSError, psutil.NoSuchProcess):
            process.join()
            reason = f"its process has died with {process.exitcode}"
        yield Outcome(case, FAILED, reason)
        process, pipe = _start(make, folder, seed)
    pipe.close()
    process.join()


def _answers(pipe: Connection, pid: int, patience: float) -> bool:
    """Wait for a process to answer; tell whether it has."""
    process, began = psutil.Process(pid), time.monotonic()
    used = sum(process.cpu_times()[:2])
    while not pipe.poll(0.5):
        if sum(process.cpu_times()[:2]) - used > patience or time.monotonic() - began > WAITING:
            return False
    return True


def _start(
    make: Callable[[Path, int], Case], folder: Path, seed: int
) -> tuple[multiprocessing.process.BaseProcess, Connection]:
    """Start a process and wait until it is ready."""
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=_work, args=(there, make, folder, seed), daemon=True)
    process.start()
    there.close()
    if not here.poll(STARTING) or here.recv() != "ready":
        process.kill()
        raise RuntimeError("a process was not ready in time")
    return process, here


def _work(pipe: Connection, make: Callable[[Path, int], Case], folder: Path, seed: int) -> None:
    """Try cases until nobody sends any more."""
    import torch

    torch.set_num_threads(1)
    try_case = make(folder, seed)
    pipe.send("ready")
    while True:
        try:
            case = pipe.recv()
        except EOFError:
            return
        pipe.send(attempt(try_case, case))


def attempt(try_case: Case, case: int) -> Outcome:
    """Return what becomes of a case in this process."""
    began, before, reason = time.monotonic(), _peak(), ""
    with warnings.catch_warnings(record=True, action="always") as warned:
        try:
            word = try_case(case)
        except BaseException:
            word, reason = FAILED, traceback.format_exc()
    growth = _peak() - before
    if growth > GROWTH and word != FAILED:
        word, reason = FAILED, f"memory grew by {growth / 2**20:.0f} MiB"
    if warned and word != FAILED:
        word, reason = FAILED, f"a warning is shown: {warned[0].message}"
    return Outcome(case, word, reason, time.monotonic() - began, growth)


def refusal(error: ImpastoError) -> str:
    """Return the message of an error.

    Raises:
        AssertionError: If people could not read it: if it is not one line, or is endless.
    """
    text = str(error)
    assert text.strip()
    assert text.isprintable(), repr(text)
    assert len(text) < LONGEST, text
    return text


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
