"""What a run writes besides its picture, and without changing it: snapshots, film, log, curves."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from impasto import images
from impasto.errors import SettingsError
from impasto.extras import require
from impasto.filesystem import numbered
from impasto.job import Job
from impasto.run.checkpoint import Checkpoint
from impasto.run.checkpoint_file import checkpoint_path, former_checkpoint_path, read_checkpoint
from impasto.run.curves import CurveFile
from impasto.run.logs import LOG_SUFFIXES, LogFile
from impasto.run.recorder import Guarded, Recorder
from impasto.run.snapshots import Snapshots, check_space, snapshot_path
from impasto.run.tensorboard import EventFile, require_tensorboard
from impasto.run.timelapse import FILMS, MOST_STEPS, Timelapse
from impasto.run.zoomable import Zoomable


@dataclass(frozen=True)
class Outputs:
    """What a run writes besides its picture.

    Attributes:
        snapshot_every: Evaluations between two numbered pictures and checkpoints; None for none.
        resume: Whether to go on from the checkpoint, if there is one.
        animate: The film to write.
        frame_every: Evaluations from one of its frames to the next; None for an even pace.
        frame_numbers: Whether the evaluation's number is written into its frames.
        log: The table of losses to write.
        curve: The picture of the loss curves to write.
        tensorboard: The folder for TensorBoard.
        deepzoom: The folder of a zoomable picture.
    """

    snapshot_every: int | None = None
    resume: bool = False
    animate: Path | None = None
    frame_every: int | None = None
    frame_numbers: bool = False
    log: Path | None = None
    curve: Path | None = None
    tensorboard: Path | None = None
    deepzoom: Path | None = None

    def named(self, output: Path) -> list[Path]:
        """Return the files that have been given a name, the picture first."""
        return [output, *filter(None, (self.animate, self.log, self.curve))]

    def files(self, output: Path, evaluations: int) -> list[Path]:
        """Return every file that a run of at most so many evaluations may write."""
        found = self.named(output)
        if self.snapshot_every is not None:
            numbers = range(self.snapshot_every, evaluations + 1, self.snapshot_every)
            found += [checkpoint_path(output), *(snapshot_path(output, at) for at in numbers)]
        return found

    def check(self, output: Path, inputs: Sequence[str], evaluations: int) -> None:
        """Find out before the work starts whether all of it can be written.

        Args:
            output: The picture.
            inputs: Files that are read, none of which may be overwritten.
            evaluations: That there will be at most.

        Raises:
            UsageError: If not, or if a package is missing.
        """
        if (self.frame_numbers or self.frame_every) and self.animate is None:
            what = "frame numbers need" if self.frame_numbers else "frame_every needs"
            raise SettingsError(f"{what} a film: add --animate FILE.")
        if self.frame_every and evaluations // self.frame_every > MOST_STEPS:
            raise SettingsError(
                f"frame_every is {self.frame_every}: of {evaluations} evaluations these would be "
                f"more than {MOST_STEPS} frames, so raise it."
            )
        kinds = ((self.animate, FILMS), (self.log, LOG_SUFFIXES), (self.curve, (".png",)))
        for path, suffixes in kinds:
            if path is not None:
                images.check_suffix(path, suffixes)
        images.check_places(self.files(output, evaluations), inputs)
        if self.animate is not None and self.animate.suffix.lower() == ".mp4":
            otherwise = ", or write a .gif or .webp"
            require("av", "video", "an .mp4 needs the package av", otherwise)
        if self.curve is not None:
            otherwise = ", or write the numbers with --log and draw them elsewhere"
            require("matplotlib", "curves", "loss curves need the package matplotlib", otherwise)
        if self.tensorboard is not None:
            require_tensorboard(self.tensorboard)
        if self.deepzoom is not None:
            images.check_zoomable(self.deepzoom)

    def find_checkpoint(self, output: Path) -> Checkpoint | None:
        """Return the checkpoint to go on from, or None if there is none or it is not asked for.

        Raises:
            CheckpointError: If it is damaged.
        """
        if not self.resume:
            return None
        paths = (checkpoint_path(output), former_checkpoint_path(output))
        return next((read_checkpoint(path) for path in paths if path.exists()), None)

    def check_space(self, job: Job, output: Path) -> None:
        """Raise PictureError if the checkpoints of a job would not fit on the disk."""
        if self.snapshot_every is not None:
            check_space(job, output)

    def place(self, given: str | None, usual: Path, overwrite: bool) -> Path:
        """Return where the picture goes.

        Args:
            given: What somebody has named: a picture of this name is replaced.
            usual: Its name if nobody has. Where it is taken it ends in -2, -3, ..., and a run that
                is to go on has the last of these names with a checkpoint.
            overwrite: Whether the usual name is not taken by a picture that is there.
        """
        if given is not None:
            return Path(given)
        return usual if overwrite else self._unused(usual)

    def _unused(self, output: Path) -> Path:
        going_on = None
        for name in numbered(output):
            if any(path.exists() for path in (checkpoint_path(name), former_checkpoint_path(name))):
                going_on = name
            elif not os.path.lexists(name):
                return going_on if self.resume and going_on is not None else name
        raise AssertionError  # numbers do not end

    def recorders(self, output: Path, complain: Callable[[str], None]) -> list[Recorder]:
        """Return what writes all of it beside a picture; ``complain`` tells what went wrong."""
        found: list[Recorder] = []
        if self.log is not None:
            found.append(LogFile(self.log))
        if self.tensorboard is not None:
            found.append(EventFile(self.tensorboard))
        if self.animate is not None:
            found.append(Timelapse(self.animate, self.frame_numbers, self.frame_every))
        if self.curve is not None:
            found.append(CurveFile(self.curve))
        if self.deepzoom is not None:
            found.append(Zoomable(self.deepzoom, output.name))
        if self.snapshot_every is not None:
            found.append(Snapshots(output, self.snapshot_every))
        return [Guarded(each, complain) for each in found]
