"""A sketch of what the form describes: in half a second, while somebody turns a dial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from impasto.settings import Settings
from impasto.studio.form import to_settings
from impasto.studio.inputs import Upload
from impasto.studio.regions import Masks
from impasto.studio.tasks import Task, Turn

SKETCH: dict[str, Any] = {"backbone": "pocket", "size": 192, "plan": ((96, 12), (192, 12))}
"""How it is painted, whatever the form says: by the quick network, and so often that one can tell
what the picture will be."""

LEFT_OUT = (
    *("weights", "auto", "iterations", "levels", "continuation", "converge"),
    *("memory", "tile", "bits", "resolution"),
)
"""Settings of the form that would make it slow, or that only a large picture needs."""


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
