"""Losses and pictures for TensorBoard, if it is installed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from impasto.errors import PictureError, SettingsError
from impasto.run.result import Progress, Record


def require_tensorboard(folder: Path) -> None:
    """Find out before the work starts whether events can be written to ``folder``.

    Raises:
        SettingsError: If TensorBoard is not installed; the message says how to get it.
        PictureError: If a file has the folder's name.
    """
    if folder.exists() and not folder.is_dir():
        raise PictureError(f"'{folder}' is not a folder: choose another for --tensorboard.")
    try:
        import torch.utils.tensorboard  # noqa: F401
    except ImportError:
        raise SettingsError(
            "--tensorboard needs the package tensorboard: install impasto[tensorboard], or write "
            "the numbers with --log."
        ) from None


def open_writer(folder: Path) -> Any:
    """Return a writer of event files in ``folder``.

    Raises:
        PictureError: If the folder cannot be written to.
    """
    from torch.utils.tensorboard import SummaryWriter

    try:
        return SummaryWriter(str(folder))
    except OSError as error:
        raise PictureError(
            f"'{folder}' cannot be written ({error.strerror}): choose another folder."
        ) from error


class EventFile:
    """Every named loss over the evaluations, and the picture where a size ends."""

    def __init__(self, folder: Path, history: Sequence[Record] = ()) -> None:
        """Begin an event file, with the evaluations of an earlier run that goes on."""
        self.writer = open_writer(folder)
        self.last: Progress | None = None
        for record in history:
            self._write(record)

    def add(self, progress: Progress, record: Record) -> None:
        """Write one evaluation."""
        if self.last is not None and self.last.level != progress.level:
            self._show()
        self.last = progress
        self._write(record)

    def close(self, finished: bool) -> None:
        """Write the picture and close the file."""
        self._show()
        self.writer.close()

    def _write(self, record: Record) -> None:
        self.writer.add_scalar("loss/total", record.total, record.index)
        for name, value in record.parts.items():
            self.writer.add_scalar(f"loss/{name}", value, record.index)

    def _show(self) -> None:
        if self.last is not None:
            at = self.last.evaluations
            self.writer.add_image("picture", self.last.rgb, at, dataformats="HWC")
