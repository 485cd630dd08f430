"""A sketch of what the form describes: in half a second, while somebody turns a dial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from impasto.settings import Settings
from impasto.studio.form import to_settings
from impasto.studio.inputs import Upload
from impasto.studio.regions import MaskFolder, Masks
from impasto.studio.tabs import Tab
from impasto.studio.tasks import Task, TaskState, Turn
from impasto.studio.worker import Worker

SKETCH: dict[str, Any] = {"backbone": "pocket", "size": 192, "plan": ((96, 12), (192, 12))}
"""How it is painted, whatever the form says: by the quick network, and so often that one can tell
what the picture will be."""

LEFT_OUT = (
    *("weights", "auto", "iterations", "levels", "continuation", "converge"),
    *("memory", "tile", "bits", "resolution"),
)
"""Settings of the form that would make it slow, or that only a large picture needs."""

MOST_MASKS = 50
"""Files of masks that are kept: more than are sketched from at a time."""


def sketch_settings(values: Mapping[str, Any]) -> Settings:
    """Return how a sketch of what a page has sent is painted.

    Raises:
        SettingsError: If a value is not allowed, or not with the quick network.
    """
    return to_settings({**values, **dict.fromkeys(LEFT_OUT), **SKETCH})


def sketch_task(
    session: str, content: Upload, styles: tuple[Upload, ...], settings: Settings, masks: Masks
) -> Task:
    """Return a sketch as a task: from the small copies of the pictures, which are read sooner."""
    small = [replace(each, path=each.thumbnail) for each in (content, *styles)]
    return Task(session, small[0], tuple(small[1:]), settings, masks, turn=Turn.AT_ONCE)


class Sketches:
    """The sketches of one person's pages: each has one, the latest."""

    def __init__(self, folder: Path, worker: Worker) -> None:
        """Begin without any.

        Args:
            folder: Where their masks are, of which nobody paints again.
            worker: Who makes them.
        """
        self.masks = MaskFolder(folder, MOST_MASKS)
        self.worker = worker

    def ask(self, tab: Tab, task: Task | None) -> Task | None:
        """Ask for the sketch of a page, unless it has one like it; None takes that away."""
        tab.advance()
        shown, known = tab.sketched, tab.sketch
        if (
            task is not None
            and task.is_like(known)
            and (known.state is not TaskState.CANCELED or tab.has_sketch_on_stage)
        ):
            return known  # if it was canceled, and what for has come to nothing, there is none
        tab.sketch = task
        if known is not None:
            self.worker.stop(known)
        if task is not None:
            task.sketch = shown
            self.worker.ask(task)
        return task

    def take(self, tab: Tab, task: Task | None) -> str:
        """Return the sketch of what is going to be painted; if it is not there, none is made."""
        known = tab.sketch
        if task is None or not task.is_like(known) or not known.picture:
            if known is not None:
                self.worker.stop(known)
            if task is not None:
                task.state = TaskState.CANCELED
            known = task
        tab.sketch = tab.taken = known
        return "" if known is None else known.picture
