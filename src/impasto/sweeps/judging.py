"""Measure the cells of a sweep, each against its own content and style pictures.

One network measures all cells, so that they can be compared: one that painted none of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from impasto.errors import ImpastoError, PictureError, explain
from impasto.evaluation import Measure, choose_network, fitted, judged_size, load_network
from impasto.images import read, resize
from impasto.sweeps.cells import CellResult, Sweep
from impasto.sweeps.store import picture_file, write_result


class Assessor:
    """Measures pictures by one network, which is loaded when it is first needed."""

    def __init__(self, network: str) -> None:
        self.name = network
        self._network: Any = None
        self._last: tuple[Any, Measure] | None = None

    def __call__(self, result: CellResult, picture: Path) -> CellResult:
        """Return a cell with its measures, or with the reason why there are none.

        Args:
            result: Of a cell that `can_judge` finds good.
            picture: Its picture.
        """
        try:
            painted = read(picture).over_white()
            found = self._measure(result)(resize(painted, *judged_size(*result.size)))
            scores = {name: float(f"{value:.6g}") for name, value in asdict(found).items()}
            return replace(result, scores=scores, judged_by=self.name)
        except Exception as error:
            if os.environ.get("IMPASTO_DEBUG"):
                raise
            why = str(error) if isinstance(error, ImpastoError) else explain(error)
            return replace(result, scores={}, judged_by="", unjudged=why)

    def _measure(self, result: CellResult) -> Measure:
        """Return what measures a cell; cells of the same pictures and size share it."""
        cell, (width, height) = result.cell, judged_size(*result.size)
        assert isinstance(cell.content, str)
        assert cell.settings is not None
        weights = cell.settings.style_blend
        key = cell.content, cell.styles, weights, width, height
        if self._last is None or self._last[0] != key:
            self._network = self._network or load_network(self.name)
            layers, network = self._network
            content = resize(read(cell.content).over_white(), width, height)
            styles = [fitted(read(each).over_white(), max(width, height)) for each in cell.styles]
            self._last = key, Measure(network, layers, content, styles, weights)
        return self._last[1]


class Judge:
    """Measures finished cells; what goes wrong here costs a cell its measures, not its picture."""

    def __init__(self, sweep: Sweep, folder: Path, hashes: dict[str, str]) -> None:
        """Choose the network.

        Args:
            sweep: All cells.
            folder: Where their files are.
            hashes: SHA-256 of inputs that are known already.
        """
        painters = {cell.settings.backbone for cell in sweep.cells if cell.settings is not None}
        self.folder, self.hashes, self.name = folder, hashes, choose_network(painters)
        self.assess = Assessor(self.name)

    def missing(self, results: Iterable[CellResult]) -> list[CellResult]:
        """Return the cells that can be measured and were not, or by another network."""
        return [each for each in results if can_judge(each) and each.judged_by != self.name]

    def __call__(self, result: CellResult) -> CellResult:
        """Return a finished cell with its measures, which are written beside its numbers."""
        if not self.missing([result]):
            return result
        judged = self.assess(result, picture_file(self.folder, result.cell))
        try:
            if judged.judged_by:
                write_result(self.folder, judged, self.hashes)
        except PictureError as error:
            return replace(result, unjudged=str(error))
        return judged


def can_judge(result: CellResult) -> bool:
    """Tell whether there is a picture, and something to measure it against."""
    cell = result.cell
    return not result.error and isinstance(cell.content, str) and bool(cell.styles)
