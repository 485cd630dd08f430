"""Paintings that are interrupted, and go on."""

from collections.abc import Collection
from pathlib import Path

from impasto.job import Job
from impasto.run import Checkpoint, Result, run
from impasto.run.checkpoint_file import read_checkpoint, write_checkpoint


def paint(job: Job, count: int | None = None, checkpoint: Checkpoint | None = None) -> Result:
    """Paint a job, or go on with it, to the end or until so many evaluations are made in all."""
    result = None
    for result in run(job, checkpoint=checkpoint):
        if result.evaluations == count:
            break
    if result is None:  # the checkpoint was that of a finished run
        assert checkpoint is not None
        result = checkpoint.resume(job)
    assert count is None or result.evaluations == count
    return result


def interrupt(job: Job, count: int, path: Path) -> Result:
    """Paint so many evaluations, and write a checkpoint after the last of them."""
    result = paint(job, count)
    write_checkpoint(path, result)
    return result


def paint_and_keep(job: Job, counts: Collection[int], folder: Path) -> tuple[Result, list[Path]]:
    """Paint a job to its end, and write checkpoints after so many evaluations on the way."""
    paths = []
    for result in run(job):
        if result.evaluations in counts:
            paths.append(folder / f"{result.evaluations}.safetensors")
            write_checkpoint(paths[-1], result)
    return result, paths


def go_on(job: Job, path: Path) -> Result:
    """Paint what is left after a checkpoint."""
    return paint(job, checkpoint=read_checkpoint(path))
