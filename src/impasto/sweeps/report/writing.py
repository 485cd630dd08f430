"""Write the reports of a sweep, each complete or not at all."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from impasto import images
from impasto.errors import PictureError
from impasto.images import Rgb
from impasto.sweeps.cells import CellResult, Sweep
from impasto.sweeps.report import pareto
from impasto.sweeps.report.page import page
from impasto.sweeps.report.pictures import Gallery
from impasto.sweeps.report.sheet import Sheet
from impasto.sweeps.report.table import table

SHEET, PAGE, TABLE, PLOT = "contact-sheet.png", "report.html", "cells.csv", "pareto.png"
NAMES = (SHEET, PAGE, TABLE, PLOT)

REPORT_SHARE = 9
"""Reports of many cells take seconds: they are written again after so many times as long."""


class Report:
    """The reports of a sweep as far as it has come.

    Attributes:
        missing: What is said of the files that could not be written the last time, by their names.
    """

    def __init__(
        self,
        sweep: Sweep,
        folder: Path,
        results: Iterable[CellResult] = (),
        complain: Callable[[str], None] = lambda sentence: None,
        other: Path | None = None,
    ) -> None:
        """Take in what there is; ``other`` is the folder of a sweep to compare with."""
        self.sweep, self.folder, self.complain, self.other = sweep, folder, complain, other
        self.results = {result.cell.name: result for result in results}
        self.gallery = Gallery(folder)
        self.stale, self.written, self.cost = True, -math.inf, 0.0
        self.missing: dict[str, str] = {}
        self.said: set[str] = set()

    def add(self, result: CellResult) -> None:
        """Take in one more cell."""
        self.results[result.cell.name] = result
        self.stale = True

    def refresh(self) -> None:
        """Write the files unless that would take more than a small share of the time."""
        if time.monotonic() - self.written > REPORT_SHARE * self.cost:
            self.write()

    def write(self) -> None:
        """Write the files, if anything has changed; one that does not fit stops no other.

        It is complained of once, and tried again the next time.
        """
        if not self.stale:
            return
        began = time.monotonic()
        self.missing = {}
        plot = pareto.plot(self.sweep, self.results)
        self._write(TABLE, table(self.sweep, self.results).encode())
        self._write(PAGE, page(self.sweep, self.results, self.gallery, plot, self.other).encode())
        sheet = np.asarray(Sheet(self.sweep, self.results, self.gallery).draw(), np.float32)
        self._write(SHEET, sheet / 255)
        if plot is not None:
            self._write(PLOT, plot.png)
        self.stale, self.written = bool(self.missing), time.monotonic()
        self.cost = self.written - began

    def _write(self, name: str, content: bytes | Rgb) -> None:
        path = self.folder / name
        try:
            if isinstance(content, bytes):
                images.replace_file(path, content)
            else:
                images.write(path, content)
        except PictureError as error:
            self.missing[name] = str(error)
            if name not in self.said:
                self.said.add(name)
                self.complain(str(error))

    @property
    def failed(self) -> list[CellResult]:
        """The cells that have no picture because something was wrong."""
        return [result for result in self.results.values() if result.error]
