"""A checkpoint: where an interrupted run stands, and whether a job may go on from there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from impasto.errors import CheckpointError
from impasto.job.job import Job
from impasto.run.result import Painted, Position, Progress, Record
from impasto.job.recipe import Recipe
from impasto.settings.settings import KNOBS, Settings

MACHINE = ("device", "precision", "threads", "tile")
"""What the machine chooses if nobody does: a run that goes on keeps the choices it began with."""

FREE = {
    "plan",
    "iterations",
    "levels",
    "converge",
    "memory",
    "bits",
    "keep_alpha",
    "init",
    "weights",
    "fine_style",
    "content_mask",
    "style_mask",
}
"""Settings that may differ when a run goes on: how long it runs, what is written, and the names of
files, whose contents are compared instead."""


INPUTS = ("content", "styles", "init", "fine_style", "content_masks", "style_masks", "weights")
"""Files of a recipe, whose contents must be the same."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """An interrupted run.

    Attributes:
        recipe: Settings and inputs that it was painted with.
        position: Where it stands.
        history: The losses of every evaluation so far.
        notes: What went wrong so far.
        path: The file it was read from, for messages.
    """

    recipe: Recipe
    position: Position
    history: list[Record]
    notes: list[str]
    path: Path

    def adopt(self, settings: Settings) -> Settings:
        """Return settings with the checkpoint's choices where they are left open."""
        old = self.recipe.settings
        kept = (*MACHINE, "continuation")
        left = {k: getattr(old, k) for k in kept if getattr(settings, k) is None}
        if settings.auto:
            left |= {"auto": False, "style_weight": old.style_weight}
        return settings.replace(**left)

    def resume(self, job: Job) -> Painted:
        """Return the painting as far as it has come; its job goes on at the checkpoint's position.

        Sizes that are finished stay as they are; the present and later ones follow the new plan.

        Raises:
            CheckpointError: If the checkpoint is of another version, picture or settings.
        """
        self._check(job)
        level, state = self.position.level, self.position.state
        counts: dict[int, int] = {}
        for record in self.history:
            counts[record.size] = counts.get(record.size, 0) + 1
        done = tuple((size, counts[size]) for size, _ in job.settings.plan[:level])
        plan = (*done, *job.settings.plan[level:])
        settings = job.settings.replace(plan=plan, levels=len(plan), iterations=plan[-1][1])
        job = replace(job, settings=settings, recipe=replace(job.recipe, settings=settings))
        painted = Painted(job, list(self.history), list(self.notes))
        if state.best is not None:
            step = replace(state.best, index=state.index, seconds=state.seconds)
            painted.last = Progress(
                job, level, step, self.position.before, state, self.position.weights
            )
        return painted

    def _check(self, job: Job) -> None:
        """Raise CheckpointError unless the job is the checkpoint's, run for as long or longer."""
        old, new = self.recipe, job.recipe
        if old.version != new.version:
            raise self._refuse(f"is of Impasto {old.version}, and this is {new.version}")
        for what in INPUTS:
            if _digests(getattr(old, what)) != _digests(getattr(new, what)):
                raise self._refuse(f"was made from another file for '{what}'")
        for name in KNOBS:
            was, given = getattr(old.settings, name), getattr(new.settings, name)
            if name not in FREE and was != given:
                raise self._refuse(f"was made with {name} {was}, and now it is {given}")
        level, index = self.position.level, self.position.state.index
        begun, planned = old.settings.plan[: level + 1], new.settings.plan[: level + 1]
        sizes, asked = ([size for size, _ in plan] for plan in (begun, planned))
        if sizes != asked:
            raise self._refuse(f"was painting the sizes {sizes}, and now they are {asked}")
        if planned[-1][1] < index:
            raise self._refuse(f"has {index} evaluations at {sizes[-1]} pixels already, and now "
                               f"there shall be {planned[-1][1]}")  # fmt: skip

    def _refuse(self, reason: str) -> CheckpointError:
        return CheckpointError(
            f"'{self.path}' {reason}: give the same pictures and settings as before, or leave out "
            "--resume to begin anew."
        )


def _digests(inputs: Any) -> list[str | None]:
    listed = inputs if isinstance(inputs, tuple) else (inputs,)
    return [each and each.sha256 for each in listed]
