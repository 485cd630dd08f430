"""Snapshots: numbered pictures and a checkpoint beside the output while a painting is under way."""

from __future__ import annotations

import copy
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import final

from impasto.errors import PictureError
from impasto.images import naming
from impasto.job import Job
from impasto.optimize import State, Step
from impasto.run.checkpoint_file import checkpoint_path, write_checkpoint
from impasto.run.recorder import Recorder
from impasto.run.result import Result


def snapshot_path(output: Path, evaluation: int) -> Path:
    """Return where the picture of one evaluation goes.

    Example:
        >>> snapshot_path(Path("out/tree.png"), 100).name
        'tree-000100.png'
    """
    return output.with_name(f"{output.stem}-{evaluation:06}{output.suffix}")


def checkpoint_bytes(job: Job) -> int:
    """Return about how large a checkpoint of the final size is."""
    extent = job.estimate.extent
    height, width = extent.result
    return math.ceil((extent.vectors + 4) * 3 * height * width * extent.value)


def check_space(job: Job, output: Path) -> None:
    """Raise PictureError unless there is room for a checkpoint and the one that replaces it."""
    needed, free = 2 * checkpoint_bytes(job), shutil.disk_usage(output.resolve().parent).free
    if needed > free:
        raise PictureError(
            f"checkpoints beside '{output}' need {needed / 2**30:.2g} GiB and {free / 2**30:.2g} "
            "are free: lower --history or --size, make room, or leave out --snapshot-every."
        )


Write = Callable[[Path, Result], None]
"""Writes where a painting stands."""


@final
class Snapshots(Recorder):
    """Writes a numbered picture and the checkpoint every so many evaluations, and at the end."""

    def __init__(
        self, output: Path, every: int, write: Write | None = None, *, pictures: bool = True
    ) -> None:
        """Keep where to write, and how often, counted over all sizes.

        Args:
            output: The picture.
            every: Evaluations from one checkpoint to the next.
            write: Writes a checkpoint; by default into one file.
            pictures: Whether there are numbered pictures, too.
        """
        self.output, self.every, self.pictures = output, every, pictures
        self.write = write or write_checkpoint
        self.state: State | None = None

    def begin(self, result: Result) -> None:
        """Keep the painting."""
        self.result = result

    def add(self, step: Step) -> None:
        """Write both files if it is time.

        Raises:
            PictureError: If one cannot be written; the last checkpoint stays.
        """
        state = self.result.state
        self.state = copy.copy(state)  # the next size changes all but what its parts hold
        self.state.recent = state.recent.copy()
        if step.index % self.every == 0:
            if self.pictures:
                self.result.save(snapshot_path(self.output, step.index))
            self._write_checkpoint(self.state)

    def close(self, finished: bool) -> None:
        """Write the checkpoint of the last evaluation, whether the run is finished or interrupted.

        A finished run can be continued with more iterations. An error while the optimizer takes its
        step may have torn what it remembers: then the checkpoint before stays. The loop counts an
        evaluation before it takes it in.
        """
        kept, now = self.state, self.result.state
        if kept is None:
            return
        if now.optimizer is not kept.optimizer or now.iteration == kept.iteration:
            self._write_checkpoint(kept)

    def _write_checkpoint(self, state: State) -> None:
        path = checkpoint_path(self.output)
        with naming(path):
            self.write(path, replace(self.result, state=state))
