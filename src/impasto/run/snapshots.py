"""Snapshots: numbered pictures and a checkpoint beside the output while a painting is under way."""

from __future__ import annotations

import copy
import math
import shutil
from dataclasses import replace
from pathlib import Path

from impasto.run.checkpoint_file import checkpoint_path, write_checkpoint
from impasto.errors import PictureError
from impasto.images.destination import unwritable
from impasto.job.job import Job
from impasto.optimize.loop import State
from impasto.run.result import Painted, Progress, Record


def snapshot_path(output: Path, evaluation: int) -> Path:
    """Return where the picture of one evaluation goes.

    Example:
        >>> snapshot_path(Path("out/tree.png"), 100).name
        'tree-000100.png'
    """
    return output.with_name(f"{output.stem}-{evaluation:06}{output.suffix}")


def checkpoint_bytes(job: Job) -> int:
    """Return about how large a checkpoint of the final size is."""
    height, width = job.extent.result
    return math.ceil((job.extent.vectors + 4) * 3 * height * width * job.extent.value)


def check_space(job: Job, output: Path) -> None:
    """Raise PictureError unless there is room for a checkpoint and the one that replaces it."""
    needed, free = 2 * checkpoint_bytes(job), shutil.disk_usage(output.resolve().parent).free
    if needed > free:
        raise PictureError(
            f"checkpoints beside '{output}' need {needed / 2**30:.2g} GiB and {free / 2**30:.2g} "
            "are free: lower --history or --size, make room, or leave out --snapshot-every."
        )


class Snapshots:
    """Writes a numbered picture and the checkpoint every so many evaluations, and at the end."""

    def __init__(self, output: Path, painted: Painted, every: int) -> None:
        """Keep the painting, and how often it is written, counted over all sizes."""
        self.output, self.painted, self.every = output, painted, every
        self.state: State | None = None

    def add(self, progress: Progress, record: Record) -> None:
        """Write both files if it is time.

        Raises:
            PictureError: If one cannot be written; the last checkpoint stays.
        """
        self.state = replace(progress.state, recent=copy.copy(progress.state.recent))
        if progress.evaluations % self.every == 0:
            self.painted.save(snapshot_path(self.output, progress.evaluations))
            self._write_checkpoint()

    def close(self, finished: bool) -> None:
        """Write the checkpoint of the last evaluation, whether the run is finished or interrupted.

        A finished run can be continued with more iterations. An interruption between two
        evaluations, while the optimizer takes its step, may have torn what it remembers: then the
        checkpoint before stays. The loop counts an evaluation before it takes it in.
        """
        last = self.painted.last
        if last is None or self.state is None:
            return
        if finished or self.state.index == last.state.index:
            self.painted.last = replace(last, state=self.state)
            self._write_checkpoint()

    def _write_checkpoint(self) -> None:
        path = checkpoint_path(self.output)
        try:
            write_checkpoint(path, self.painted)
        except OSError as error:
            raise unwritable(path, error) from error
