"""A sweep as it is painted, measured and reported, for whoever follows it."""

from __future__ import annotations

from collections.abc import Generator, Iterable

from impasto.cluster import Report as WorkerReport
from impasto.run import Result, Stop
from impasto.sweeps.cells import CellResult
from impasto.sweeps.judging import Judge
from impasto.sweeps.report.writing import Report
from impasto.sweeps.running import SweepSchedule

SweepEvent = Result | WorkerReport | CellResult
"""An evaluation, how far a worker is, or a finished cell."""


def reported(
    events: Iterable[SweepEvent],
    plan: SweepSchedule,
    report: Report,
    judge: Judge,
    stop: Stop = lambda: False,
) -> Generator[SweepEvent, None, None]:
    """Paint what is planned, yielding every evaluation and every cell, measured.

    The reports are written after each cell, and however it ends.

    Args:
        events: Of the work, see `impasto.sweeps.running.work` and `impasto.sweeps.sharing.share`;
            it begins with the first.
        plan: What is to be painted.
        report: Takes in the cells.
        judge: Measures them, those that are there already first.
        stop: Asked between these.
    """
    try:
        for result in judge.missing(plan.results):
            if not stop():
                report.add(judge(result))
        for event in events:
            if isinstance(event, CellResult):
                event = judge(event)
                report.add(event)
                report.refresh()
            yield event
    finally:
        report.write()
