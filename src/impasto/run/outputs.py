"""What a run writes besides its picture, and without changing it: snapshots, film, log, curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from impasto import images
from impasto.run.timelapse import FILMS, Animation, require_av
from impasto.run.checkpoint import Checkpoint
from impasto.run.checkpoint_file import checkpoint_path, read_checkpoint
from impasto.run.curves import CurveFile, require_matplotlib
from impasto.errors import ImpastoError, SettingsError
from impasto.job.job import Job
from impasto.run.result import Painted, Progress, Record
from impasto.run.logs import LOG_SUFFIXES, LogFile, Recorder
from impasto.run.snapshots import Snapshots, check_space
from impasto.run.tensorboard import EventFile, require_tensorboard


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

    def open(self, painted: Painted, output: Path, complain: Callable[[str], None]) -> Followers:
        """Begin to write for a painting, which may have a history already."""
        followers: list[Recorder] = []
        if self.log is not None:
            followers.append(LogFile(self.log, painted.history))
        if self.tensorboard is not None:
            followers.append(EventFile(self.tensorboard, painted.history))
        if self.animate is not None:
            followers.append(Animation(self.animate, self.frame_numbers))
        if self.curve is not None:
            followers.append(CurveFile(self.curve, painted))
        if self.snapshot_every is not None:
            followers.append(Snapshots(output, painted, self.snapshot_every))
        return Followers(followers, complain)


class Followers:
    """Recorders that cannot stop a painting: what cannot be written is complained of, once each.

    A disk that is full at one evaluation may have room at the next.
    """

    def __init__(self, recorders: Sequence[Recorder], complain: Callable[[str], None]) -> None:
        """Keep the recorders, and what to do with a sentence."""
        self.recorders, self.complain = recorders, complain
        self.said: set[str] = set()

    def add(self, progress: Progress, record: Record) -> None:
        """Hand an evaluation on."""
        for recorder in self.recorders:
            self._guard(lambda each=recorder: each.add(progress, record))  # type: ignore[misc]

    def close(self, finished: bool) -> None:
        """Let every recorder write what is left."""
        for recorder in self.recorders:
            self._guard(lambda each=recorder: each.close(finished))  # type: ignore[misc]

    def _guard(self, write: Callable[[], None]) -> None:
        try:
            write()
        except (OSError, ImpastoError) as error:
            sentence = str(error)
            if sentence not in self.said:
                self.said.add(sentence)
                self.complain(sentence)
