"""A sweep as it is painted, measured and reported, for whoever follows it."""

from __future__ import annotations

from collections.abc import Generator

from impasto.run import Result, Stop
from impasto.sweeps.cells import CellResult
from impasto.sweeps.judging import Judge
from impasto.sweeps.report.writing import Report
from impasto.sweeps.running import Followers, SweepSchedule, work


def reported(
    plan: SweepSchedule,
    report: Report,
    judge: Judge,
    stop: Stop = lambda: False,
    follow: Followers = lambda cell: (),
) -> Generator[Result | CellResult, None, None]:
    """Paint what is planned, yielding every evaluation and every cell, measured.

    The reports are written after each cell, and however it ends.

    Args:
        plan: What is to be painted.
        report: Takes in the cells.
        judge: Measures them, those that are there already first.
        stop: See `work`.
        follow: See `work`.
    """
    try:
        for result in judge.missing(plan.results):
            if not stop():
                report.add(judge(result))
        for event in work(plan, stop, follow):
            if isinstance(event, CellResult):
                event = judge(event)
                report.add(event)
                report.refresh()
            yield event
    finally:
        report.write()
