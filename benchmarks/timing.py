"""Repetitions of a measurement, and the peak memory of this process."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in which the system counts the memory of a process that has ended."""


def repeat(
    function: Callable[[], object],
    *,
    warmup: int = 2,
    least: int = 5,
    most: int = 50,
    seconds: float = 15.0,
) -> dict[str, float]:
    """Time a function after a warm-up, at least ``least`` times, then until the time is over."""
    for _ in range(warmup):
        function()
    times: list[float] = []
    began = time.perf_counter()
    while len(times) < least or (len(times) < most and time.perf_counter() - began < seconds):
        before = time.perf_counter()
        function()
        times.append(time.perf_counter() - before)
    return summary(times)


def summary(times: Sequence[float]) -> dict[str, float]:
    """Return median, quartiles and number.

    Example:
        >>> summary([3.0, 1.0, 2.0])
        {'median': 2.0, 'low': 1.5, 'high': 2.5, 'repetitions': 3}
    """
    low, middle, high = (
        statistics.quantiles(times, n=4, method="inclusive") if len(times) > 1 else [times[0]] * 3
    )
    return {"median": middle, "low": low, "high": high, "repetitions": len(times)}


def peak_memory() -> int:
    """Return the most bytes that this process ever had in memory."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage would count the parent up to the moment of exec
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT
