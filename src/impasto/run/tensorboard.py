"""Losses and pictures for TensorBoard, if it is installed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, final

from impasto import images
from impasto.errors import PictureError
from impasto.extras import require
from impasto.optimize import Step
from impasto.run.recorder import Recorder
from impasto.run.result import Result


def require_tensorboard(folder: Path) -> None:
    """Find out before the work starts whether events can be written to ``folder``.

    Raises:
        SettingsError: If TensorBoard is not installed; the message says how to get it.
        PictureError: If a file has the folder's name.
    """
    if folder.exists() and not folder.is_dir():
        raise PictureError(f"'{folder}' is not a folder: choose another for --tensorboard.")
    require(
        *("torch.utils.tensorboard", "tensorboard", "--tensorboard needs the package tensorboard"),
        ", or write the numbers with --log",
    )


def open_writer(folder: Path) -> Any:
    """Return a writer of event files in ``folder``.

    Raises:
        PictureError: If the folder cannot be written to.
    """
    from torch.utils.tensorboard import SummaryWriter

    with images.naming(folder):
        return SummaryWriter(str(folder))


@contextmanager
def threads_fail_silently() -> Iterator[None]:
    """Print nothing for threads that fail with an OSError.

    TensorBoard writes in a thread of its own, and raises what happened there once more where the
    next number is added: it is said there, in one sentence.
    """
    usual = threading.excepthook

    def hook(failure: threading.ExceptHookArgs) -> None:
        if not issubclass(failure.exc_type, OSError):
            usual(failure)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = usual


@final
class EventFile(Recorder):
    """Every named loss over the evaluations, and the picture where a size ends."""

    def __init__(self, folder: Path) -> None:
        """Keep where to write."""
        self.folder = folder
        self.writer: Any = None

    def begin(self, result: Result) -> None:
        """Begin an event file, with the evaluations of an earlier run that goes on."""
        self.writer, self.job = open_writer(self.folder), result.job
        self.silence = ExitStack()
        self.silence.enter_context(threads_fail_silently())
        self.step: Step | None = None
        for step in result.history:
            self._write(step)

    def add(self, step: Step) -> None:
        """Write one evaluation.

        Raises:
            PictureError: If it cannot be written; so does `close`.
        """
        with images.naming(self.folder):
            if self.step is not None and self.step.size != step.size:
                self._show(self.step)
            self.step = step
            self._write(step)

    def close(self, finished: bool) -> None:
        """Write the picture and close the file."""
        with self.silence, images.naming(self.folder):
            if self.step is not None:
                self._show(self.step)
                self._compare(self.step)
            self.writer.close()

    def _compare(self, step: Step) -> None:
        """Write the settings beside the loss, for TensorBoard's table of hyperparameters."""
        from torch.utils.tensorboard.summary import hparams

        plain = (bool, int, float, str)
        settings = {name: value if isinstance(value, plain) else json.dumps(value)
                    for name, value in self.job.settings.to_dict().items()}  # fmt: skip
        self.writer.add_scalar("hparam/loss", step.total, step.index)
        # Its own add_hparams would make a run of its own, in a folder named for the time.
        summaries = hparams(settings, {"hparam/loss": step.total})  # type: ignore[no-untyped-call]
        for summary in summaries:
            self.writer.file_writer.add_summary(summary)

    def _write(self, step: Step) -> None:
        self.writer.add_scalar("loss/total", step.total, step.index)
        for name, value in step.parts.items():
            self.writer.add_scalar(f"loss/{name}", value, step.index)

    def _show(self, step: Step) -> None:
        rgb = self.job.picture(step.image, step.size, step.size)
        self.writer.add_image("picture", rgb, step.index, dataformats="HWC")
