"""What a run writes besides its picture, and without changing it: snapshots, film, log, curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from impasto import images
from impasto.errors import SettingsError
from impasto.job import Job
from impasto.run.checkpoint import Checkpoint
from impasto.run.checkpoint_file import checkpoint_path, read_checkpoint
from impasto.run.curves import CurveFile, require_matplotlib
from impasto.run.logs import LOG_SUFFIXES, LogFile
from impasto.run.recorder import Guarded, Recorder
from impasto.run.snapshots import Snapshots, check_space
from impasto.run.tensorboard import EventFile, require_tensorboard
from impasto.run.timelapse import FILMS, Timelapse, require_av


@dataclass(frozen=True)
class Outputs:
    """What a run writes besides its picture.

    Attributes:
        snapshot_every: Evaluations between two numbered pictures and checkpoints; None for none.
        resume: Whether to go on from the checkpoint, if there is one.
        animate: The film to write.
        frame_numbers: Whether the evaluation's number is written into its frames.
        log: The table of losses to write.
        curve: The picture of the loss curves to write.
        tensorboard: The folder for TensorBoard.
    """

    snapshot_every: int | None = None
    resume: bool = False
    animate: Path | None = None
    frame_numbers: bool = False
    log: Path | None = None
    curve: Path | None = None
    tensorboard: Path | None = None

    def check(self, output: Path, inputs: Sequence[str]) -> None:
        """Find out before the work starts whether all of it can be written.

        Raises:
            UsageError: If not, or if a package is missing.
        """
        if self.frame_numbers and self.animate is None:
            raise SettingsError("frame numbers need a film: add --animate FILE.")
        taken: list[str | Path] = [output, *inputs]
        kinds = ((self.animate, FILMS), (self.log, LOG_SUFFIXES), (self.curve, (".png",)))
        for path, suffixes in kinds:
            if path is not None:
                images.check_file(path, suffixes, taken)
                taken.append(path)
        if self.animate is not None and self.animate.suffix.lower() == ".mp4":
            require_av()
        if self.curve is not None:
            require_matplotlib()
        if self.tensorboard is not None:
            require_tensorboard(self.tensorboard)

    def find_checkpoint(self, output: Path) -> Checkpoint | None:
        """Return the checkpoint to go on from, or None if there is none or it is not asked for.

        Raises:
            CheckpointError: If it is damaged.
        """
        path = checkpoint_path(output)
        return read_checkpoint(path) if self.resume and path.exists() else None

    def check_space(self, job: Job, output: Path) -> None:
        """Raise PictureError if the checkpoints of a job would not fit on the disk."""
        if self.snapshot_every is not None:
            check_space(job, output)

    def recorders(self, output: Path, complain: Callable[[str], None]) -> list[Recorder]:
        """Return what writes all of it beside a picture; ``complain`` tells what went wrong."""
        found: list[Recorder] = []
        if self.log is not None:
            found.append(LogFile(self.log))
        if self.tensorboard is not None:
            found.append(EventFile(self.tensorboard))
        if self.animate is not None:
            found.append(Timelapse(self.animate, self.frame_numbers))
        if self.curve is not None:
            found.append(CurveFile(self.curve))
        if self.snapshot_every is not None:
            found.append(Snapshots(output, self.snapshot_every))
        return [Guarded(each, complain) for each in found]
