"""A checkpoint: where an interrupted run stands, and whether a job may go on from there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from impasto.errors import CheckpointError
from impasto.job import FILES, Job, Recipe
from impasto.optimize import State, Step
from impasto.run.result import Result
from impasto.settings import MACHINE_CHOICES, SPECS, ResolvedSettings, Settings

KEPT_CHOICES = (*MACHINE_CHOICES, "continuation", "protect_faces")
"""What is chosen if nobody does: a run that goes on keeps the choices it began with."""

FREE = {
    "plan",
    "iterations",
    "levels",
    "converge",
    "memory",
    "bits",
    "keep_alpha",
    "recipe",
    "init",
    "weights",
    "fine_style",
    "content_mask",
    "style_mask",
}
"""Settings that may differ when a run goes on: how long it runs, what is written, and the names of
files, whose contents are compared instead."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """An interrupted run.

    Attributes:
        recipe: Settings and inputs that it was painted with.
        settings: Its settings, with nothing left open.
        state: Where it stands.
        history: Every evaluation so far, without images.
        notes: What went wrong so far.
        path: The file it was read from, for messages.
    """

    recipe: Recipe
    settings: ResolvedSettings
    state: State
    history: list[Step]
    notes: list[str]
    path: Path

    def adopt(self, settings: Settings) -> Settings:
        """Return settings with the checkpoint's choices where they are left open."""
        old = self.settings
        left = {k: getattr(old, k) for k in KEPT_CHOICES if getattr(settings, k) is None}
        if settings.auto:
            left |= {"auto": False, "style_weight": old.style_weight}
        return settings.replace(**left)

    def departure(self, settings: Settings) -> str:
        """Return a sentence if the picture differs from one painted anew, or nothing.

        Args:
            settings: As they are given; those of a longer run may mean another schedule. The run
                keeps its own: weights that have been as given for a while cannot be larger again.
        """
        old, anew = self.settings, settings.completed()
        finished = sum(size < self.state.size for size, _ in old.plan)
        kept = []
        if old.continuation != anew.continuation:
            kept.append(f"continuation {old.continuation}, not {anew.continuation}")
        if old.plan[:finished] != anew.plan[:finished]:
            kept.append("the evaluations of finished sizes")
        if not kept:
            return ""
        return (
            f"the run keeps what it began with ({'; '.join(kept)}): the picture will differ from "
            "one painted with these settings from the start."
        )

    def resume(self, job: Job) -> Result:
        """Return the painting as far as it has come; its job goes on from there.

        Sizes that are finished stay as they are; the present and later ones follow the new plan.

        Raises:
            CheckpointError: If the checkpoint is of another version, picture or settings.
        """
        self._check(job)
        counts = Counter(step.size for step in self.history)
        done = [(size, counts[size]) for size, _ in job.settings.plan if size < self.state.size]
        plan = (*done, *job.settings.plan[len(done) :])
        settings = job.settings.replace(plan=plan, levels=len(plan), iterations=plan[-1][1])
        job = replace(job, settings=settings, recipe=replace(job.recipe, settings=settings))
        assert self.state.best is not None
        step = replace(self.history[-1], image=self.state.best.image)
        return Result(job, self.state, list(self.history), list(self.notes), step)

    def _check(self, job: Job) -> None:
        """Raise CheckpointError unless the job is the checkpoint's, run for as long or longer."""
        old, new = self.recipe, job.recipe
        if old.version != new.version:
            raise self._refuse(f"is of Impasto {old.version}, and this is {new.version}")
        for what in FILES:
            if _digests(getattr(old, what)) != _digests(getattr(new, what)):
                raise self._refuse(f"was made from another file for '{what}'")
        for name in SPECS:
            was, given = getattr(self.settings, name), getattr(job.settings, name)
            if name not in FREE and was != given:
                raise self._refuse(f"was made with {name} {was}, and now it is {given}")
        if _digests(old.plugins) != _digests(new.plugins):
            names = ", ".join(plugin.where for plugin in old.plugins)
            raise self._refuse(f"was made with other contents of the plugin {names}")
        sizes, asked = ([size for size, _ in each.settings.plan] for each in (self, job))
        done = sizes.index(self.state.size) + 1
        if sizes[:done] != asked[:done]:
            raise self._refuse(
                f"was painting the sizes {sizes[:done]}, and now they are {asked[:done]}"
            )
        planned = job.settings.plan[done - 1][1]
        if planned < self.state.iteration:
            raise self._refuse(
                f"has {self.state.iteration} evaluations at {self.state.size} pixels already, and "
                f"now there shall be {planned}"
            )

    def _refuse(self, reason: str) -> CheckpointError:
        return CheckpointError(
            f"'{self.path}' {reason}: give the same pictures and settings as before, or leave out "
            "--resume to begin anew."
        )


def _digests(inputs: Any) -> list[str | None]:
    listed = inputs if isinstance(inputs, tuple) else (inputs,)
    return [each and each.sha256 for each in listed]
