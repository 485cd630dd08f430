"""A sweep as it is painted, measured and reported, for whoever follows it."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Protocol

from impasto.cluster import WorkerReport
from impasto.run import Result, Stop
from impasto.sweeps.cells import CellResult
from impasto.sweeps.judging import Judge
from impasto.sweeps.running import SweepSchedule

SweepEvent = Result | WorkerReport | CellResult
"""An evaluation, how far a worker is, or a finished cell."""


class Reporter(Protocol):
    """What is written about a sweep while it is painted."""

    def add(self, result: CellResult) -> None:
        """Take in one more cell."""

    def refresh(self) -> None:
        """Write what there is, unless that has just been done."""

    def write(self) -> None:
        """Write what there is."""


def reported(
    events: Iterable[SweepEvent],
    plan: SweepSchedule,
    report: Reporter,
    judge: Judge | None = None,
    stop: Stop = lambda: False,
) -> Generator[SweepEvent, None, None]:
    """Paint what is planned, yielding every evaluation and every cell, measured.

    The reports are written after each cell, and however it ends.

    Args:
        events: Of the work, see `impasto.sweeps.running.work` and `impasto.sweeps.sharing.share`;
            it begins with the first.
        plan: What is to be painted.
        report: Takes in the cells.
        judge: Measures them, those that are there already first; None if nobody asks.
        stop: Asked between these.
    """
    try:
        if judge is not None:
            for result in judge.missing(plan.results):
                if not stop():
                    report.add(judge(result))
        for event in events:
            if isinstance(event, CellResult):
                event = event if judge is None else judge(event)
                report.add(event)
                report.refresh()
            yield event
    finally:
        report.write()
