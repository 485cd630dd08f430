"""The losses of every evaluation as a file: CSV for spreadsheets, JSON lines for programs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import IO, Any, final

from impasto import images
from impasto.optimize import Step
from impasto.run.recorder import Recorder
from impasto.run.result import Result

LOG_SUFFIXES = (".csv", ".jsonl")


def numbers(step: Step) -> dict[str, Any]:
    """Return the numbers of a step, as logs and ``--json`` have them."""
    return {
        "index": step.index,
        "size": step.size,
        "total": step.total,
        "parts": dict(step.parts),
        "seconds": step.seconds,
    }


def losses(step: Step) -> str:
    """Return the losses by kind: ``content 0.41  style 1.2  tv 0.03``."""
    return "  ".join(f"{kind} {value:.4g}" for kind, value in step.kinds.items())


@final
class LogFile(Recorder):
    """One line for every evaluation, written at once, so that a run that is killed leaves its log.

    The columns of a ``.csv`` are index, size, seconds, total, and every named loss.
    """

    def __init__(self, path: Path) -> None:
        """Keep where to write."""
        self.path = path
        self.as_csv = path.suffix.lower() == ".csv"
        self.file: IO[str]
        self.table: csv.DictWriter[str] | None = None

    def begin(self, result: Result) -> None:
        """Begin the file, with the evaluations of an earlier run that goes on.

        Raises:
            PictureError: If it cannot be written; so do the others.
        """
        with images.naming(self.path):
            self.file = self.path.open("w", newline="", encoding="utf-8")
            for step in result.history:
                self._write(step)

    def add(self, step: Step) -> None:
        """Write one line; one that does not fit is tried again with the next."""
        with images.naming(self.path):
            self._write(step)
            self.file.flush()

    def close(self, finished: bool) -> None:
        """Close the file."""
        with images.naming(self.path):
            self.file.close()

    def _write(self, step: Step) -> None:
        values = numbers(step)
        if not self.as_csv:
            self.file.write(json.dumps(values) + "\n")
            return
        row = {**values, **values["parts"]}
        del row["parts"]
        if self.table is None:
            self.table = csv.DictWriter(self.file, list(row))
            self.table.writeheader()
        self.table.writerow(row)
