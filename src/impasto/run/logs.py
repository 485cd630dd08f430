"""The losses of every evaluation as a file: CSV for spreadsheets, JSON lines for programs.

A file of records is one of several things that can follow a painting: each is a `Recorder`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from impasto.run.result import Progress, Record

LOG_SUFFIXES = (".csv", ".jsonl")


class Recorder(Protocol):
    """Something that follows a painting and writes what it sees."""

    def add(self, progress: Progress, record: Record) -> None:
        """Take in one evaluation and its numbers."""

    def close(self, finished: bool) -> None:
        """Write what is left to write; ``finished`` tells whether the painting came to its end."""


class LogFile:
    """One line for every evaluation, written at once, so that a run that is killed leaves its log.

    The columns of a ``.csv`` are index, size, seconds, total, and every named loss.
    """

    def __init__(self, path: Path, history: Sequence[Record] = ()) -> None:
        """Begin the file, with the evaluations of an earlier run that goes on."""
        self.file = path.open("w", newline="", encoding="utf-8")
        self.table: csv.DictWriter[str] | None = None
        self.as_csv = path.suffix.lower() == ".csv"
        for record in history:
            self._write(record)

    def add(self, progress: Progress, record: Record) -> None:
        """Write one line."""
        self._write(record)
        self.file.flush()

    def close(self, finished: bool) -> None:
        """Close the file."""
        self.file.close()

    def _write(self, record: Record) -> None:
        if not self.as_csv:
            self.file.write(json.dumps(vars(record)) + "\n")
            return
        values: dict[str, Any] = dict(vars(record))
        row = {**values, **values.pop("parts")}
        del row["parts"]
        if self.table is None:
            self.table = csv.DictWriter(self.file, list(row))
            self.table.writeheader()
        self.table.writerow(row)
