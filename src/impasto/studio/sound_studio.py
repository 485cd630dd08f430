"""What the page of sounds can ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impasto.errors import SoundError
from impasto.samples import SOUNDS
from impasto.settings import SoundSettings
from impasto.studio.received import Received
from impasto.studio.sound_store import SoundEntry, SoundStore
from impasto.studio.sound_tasks import SoundTask
from impasto.studio.tabs import OpenPage, Pages
from impasto.studio.worker import Worker

LARGEST_TITLE = 80
"""Characters of a file's name that are shown."""

LONGEST_MADE = 600.0
"""Seconds of a sound that the page makes; longer ones are for the command line."""

QUALITIES: dict[str, dict[str, Any]] = {
    "Quick": {"filters": 64, "iterations": 40},
    "Fine": {},
}
"""What is set to have it sooner, and the usual settings."""


@dataclass(eq=False)
class SoundTab(OpenPage):
    """One open page of sounds.

    Attributes:
        recording: What more is to be made of.
        task: What is made.
        entry: What is heard beside the recording.
    """

    recording: SoundEntry | None = None
    task: SoundTask | None = None
    entry: SoundEntry | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being made."""
        return self.task is not None and not self.task.state.final

    def choose(self, recording: SoundEntry) -> None:
        """Take another recording."""
        if self.entry is not None and self.entry.recording != recording.name:
            self.entry = None
        self.recording = recording


class SoundStudio:
    """Everything behind the pages of sounds of one person."""

    def __init__(self, folder: Path, worker: Worker, received: Received) -> None:
        self.store = SoundStore(folder)
        self.worker, self.received = worker, received
        self.tabs = Pages(SoundTab)

    def upload(self, tab: SoundTab, sent: object) -> None:
        """Take in a recording that the server has received.

        Raises:
            UsageError: If nothing was received under this path, or nothing can be learned from it.
        """
        path = self.received.file(sent)
        tab.choose(self.store.accept(path, path.name[-LARGEST_TITLE:]))
        self.store.tidy({each.recording.name for each in self.tabs.all() if each.recording})

    def choose(self, tab: SoundTab, name: object) -> None:
        """Take a sample, or show a sound that was made.

        Raises:
            SoundError: If it is not there anymore.
        """
        if isinstance(name, str) and name in SOUNDS:
            tab.choose(self.store.sample(name))
            return
        entry = self.store.find(name)
        recording = self.store.find(entry.recording) if entry else None
        if entry is None or recording is None:
            raise SoundError("this sound is not there anymore: choose another.")
        tab.recording, tab.entry = recording, entry

    def make(self, tab: SoundTab, values: Mapping[str, Any], quality: str) -> None:
        """Ask for more of the recording.

        Raises:
            UsageError: If there is none, or a value is wrong.
        """
        if tab.recording is None:
            raise SoundError("there is no sound yet: drop one, or choose a sample.")
        settings = SoundSettings(**values, **QUALITIES[quality])
        if (settings.seconds or tab.recording.seconds) > LONGEST_MADE:
            raise SoundError(
                f"the page makes up to {LONGEST_MADE:g} seconds: for more, use impasto sound "
                "texture."
            )
        self.stop(tab)
        tab.task = SoundTask(tab.session, tab.recording, settings, self.store)
        self.worker.ask(tab.task)

    def stop(self, tab: SoundTab) -> None:
        """Stop what is made, and keep it."""
        if tab.task is not None and not tab.task.state.final:
            self.worker.stop(tab.task)

    def remove(self, tab: SoundTab, name: object) -> None:
        """Delete a sound that was made."""
        entry = self.store.find(name)
        if entry is None or not entry.recording:
            return
        self.store.remove(entry)
        if tab.entry is not None and tab.entry.name == entry.name:
            tab.entry = None

    def advance(self, tab: SoundTab) -> None:
        """Show what has been finished since."""
        task = tab.task
        if task is not None and task.state.final and task.entry is not None:
            tab.entry, task.entry = task.entry, None
            tab.recording = task.recording
