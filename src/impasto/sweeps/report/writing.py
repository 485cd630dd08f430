"""Write the reports of a sweep, each complete or not at all."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from impasto import images
from impasto.sweeps.cells import CellResult, Sweep
from impasto.sweeps.report import pareto
from impasto.sweeps.report.page import page
from impasto.sweeps.report.pictures import Gallery
from impasto.sweeps.report.sheet import Sheet
from impasto.sweeps.report.table import table
from impasto.sweeps.store import write_text

SHEET, PAGE, TABLE, PLOT = "contact-sheet.png", "report.html", "cells.csv", "pareto.png"
NAMES = (SHEET, PAGE, TABLE, PLOT)

REPORT_SHARE = 9
"""Reports of many cells take seconds: they are written again after so many times as long."""


class Report:
    """The reports of a sweep as far as it has come."""

    def __init__(self, sweep: Sweep, folder: Path, results: Iterable[CellResult] = ()) -> None:
        self.sweep, self.folder = sweep, folder
        self.results = {result.cell.name: result for result in results}
        self.gallery = Gallery(folder)
        self.stale, self.written, self.cost = True, -math.inf, 0.0

    def add(self, result: CellResult) -> None:
        """Take in one more cell."""
        self.results[result.cell.name] = result
        self.stale = True

    def refresh(self) -> None:
        """Write the files unless that would take more than a small share of the time."""
        if time.monotonic() - self.written > REPORT_SHARE * self.cost:
            self.write()

    def write(self) -> None:
        """Write the files, if anything has changed.

        Raises:
            PictureError: If one cannot be written.
        """
        if not self.stale:
            return
        began = time.monotonic()
        write_text(self.folder / TABLE, table(self.sweep, self.results))
        plot = pareto.plot(self.sweep, self.results)
        write_text(self.folder / PAGE, page(self.sweep, self.results, self.gallery, plot))
        sheet = np.asarray(Sheet(self.sweep, self.results, self.gallery).draw(), np.float32)
        images.write(self.folder / SHEET, sheet / 255)
        if plot is not None:
            images.replace_file(self.folder / PLOT, plot.png)
        self.stale, self.written = False, time.monotonic()
        self.cost = self.written - began

    @property
    def failed(self) -> list[CellResult]:
        """The cells that have no picture because something was wrong."""
        return [result for result in self.results.values() if result.error]
