"""What the page of films can ask for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impasto.errors import PictureError
from impasto.samples import CLIPS
from impasto.settings import ClipSettings, Settings, for_preview
from impasto.studio.film_store import ClipEntry, FilmEntry, FilmStore
from impasto.studio.film_tasks import FilmTask
from impasto.studio.inputs import Upload, Uploads
from impasto.studio.received import Received
from impasto.studio.tabs import OpenPage, Pages
from impasto.studio.worker import Worker

LARGEST_CLIP_TITLE = 80
"""Characters of a file's name that are shown."""

MOST_PAINTED = 1000
"""Frames that the page paints at a time; longer films are for the command line."""

FILM_QUALITIES: dict[str, dict[str, Any]] = {
    "Quick": {"backbone": "pocket", "iterations": 30},
    "Fine": {},
}
"""What is set to have it sooner, and the usual settings."""

FILM_SIZES = (256, 384, 512, 720)
"""Long sides of films, in pixels."""

NEARLY = 0.005
"""Seconds from an end of a clip that count as the end."""


@dataclass(eq=False)
class FilmTab(OpenPage):
    """One open page of films.

    Attributes:
        clip: What is to be painted.
        style: In whose style.
        start: From where on, in seconds.
        end: Until where.
        task: What is painted.
        entry: The film that is shown.
    """

    clip: ClipEntry | None = None
    style: Upload | None = None
    start: float = 0.0
    end: float = 0.0
    task: FilmTask | None = None
    entry: FilmEntry | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being painted."""
        return self.task is not None and not self.task.state.final

    def take(self, clip: ClipEntry) -> None:
        """Take another clip, whole."""
        if self.entry is not None and self.entry.clip != clip.name:
            self.entry = None
        if clip != self.clip:
            self.clip, self.start, self.end = clip, 0.0, clip.seconds


class FilmStudio:
    """Everything behind the pages of films of one person."""

    def __init__(self, folder: Path, worker: Worker, received: Received, inputs: Uploads) -> None:
        self.store = FilmStore(folder)
        self.worker, self.received, self.inputs = worker, received, inputs
        self.tabs = Pages(FilmTab)

    def upload(self, tab: FilmTab, sent: object) -> None:
        """Take in a clip that the server has received.

        Raises:
            UsageError: If nothing was received under this path, or it cannot be painted.
        """
        path = self.received.file(sent)
        tab.take(self.store.accept(path, path.name[-LARGEST_CLIP_TITLE:]))
        self.store.tidy({each.clip.name for each in self.tabs.all() if each.clip})

    def upload_style(self, tab: FilmTab, sent: object) -> None:
        """Take in a style picture that the server has received.

        Raises:
            UsageError: If nothing was received under this path, or it is no picture.
        """
        path = self.received.file(sent)
        tab.style = self.inputs.accept(path, path.name[-LARGEST_CLIP_TITLE:], ("painting",))

    def needed(self) -> set[str]:
        """Return the style pictures that something may still be painted from."""
        tasks = (each for each in self.worker.unfinished() if isinstance(each, FilmTask))
        styles = [*(task.style for task in tasks), *(tab.style for tab in self.tabs.all())]
        return {style.name for style in styles if style is not None}

    def choose(self, tab: FilmTab, name: object) -> None:
        """Take a sample, or show a film that was painted.

        Raises:
            PictureError: If it is not there anymore.
        """
        if isinstance(name, str) and name in CLIPS:
            tab.take(self.store.sample(name))
            return
        entry = self.store.find(name)
        if entry is None:
            raise PictureError("this film is not there anymore: choose another.")
        clip = self.store.find_clip(entry.clip)
        if clip is not None:
            tab.take(clip)
        tab.entry = entry

    def choose_style(self, tab: FilmTab, name: object) -> None:
        """Take a style picture.

        Raises:
            PictureError: If it is not there anymore.
        """
        found = self.inputs.find(name)
        if found is None:
            raise PictureError("this picture is not there anymore: choose another.")
        tab.style = found

    def select(self, tab: FilmTab, start: object, end: object) -> None:
        """Choose a part of the clip, in seconds.

        Raises:
            PictureError: If it is none; anything may come.
        """
        if tab.clip is None:
            return
        numbers = [each for each in (start, end) if isinstance(each, int | float)]
        if len(numbers) != 2 or not all(map(math.isfinite, numbers)):
            raise PictureError("the range did not arrive: choose it again.")
        begin, stop = (min(max(float(each), 0.0), tab.clip.seconds) for each in numbers)
        if begin >= stop:
            raise PictureError("the end must be later than the beginning: choose the range again.")
        tab.start, tab.end = begin, stop

    def make(self, tab: FilmTab, values: Mapping[str, Any], quality: str, preview: bool) -> None:
        """Ask for the film.

        Args:
            tab: The page.
            values: Settings of the frames and ``loop``, as they were typed.
            quality: A row of `FILM_QUALITIES`.
            preview: Whether it is to be small and quick.

        Raises:
            UsageError: If there is no clip or no style, or a value is wrong.
        """
        if tab.clip is None:
            raise PictureError("there is no clip yet: drop one, or choose the sample.")
        if tab.style is None:
            raise PictureError("there is no style yet: choose one, or send a painting.")
        whole = tab.end >= tab.clip.seconds - NEARLY
        start = 0.0 if tab.start < NEARLY else tab.start
        how = ClipSettings(start=start, end=None if whole else tab.end, loop=values["loop"])
        settings = Settings(size=values["size"], **FILM_QUALITIES[quality])
        if preview:
            settings, how = for_preview(settings, how)
        else:
            self.check_length(tab)
        self.stop(tab)
        tab.entry = None
        tab.task = FilmTask(tab.session, tab.clip, tab.style, settings, how, self.store)
        self.worker.ask(tab.task)

    @staticmethod
    def check_length(tab: FilmTab) -> None:
        """Raise PictureError if the page would not paint so many frames."""
        assert tab.clip is not None
        share = (tab.end - tab.start) / max(tab.clip.seconds, NEARLY)
        if tab.clip.frames * share > MOST_PAINTED:
            raise PictureError(
                f"these are {tab.clip.frames * share:.0f} frames, and the page paints up to "
                f"{MOST_PAINTED}: choose a shorter part, or use impasto video."
            )

    def stop(self, tab: FilmTab) -> None:
        """Stop what is painted, and keep it."""
        if tab.task is not None and not tab.task.state.final:
            self.worker.stop(tab.task)

    def remove(self, tab: FilmTab, name: object) -> None:
        """Delete a film that was painted."""
        entry = self.store.find(name)
        if entry is None:
            return
        self.store.remove(entry)
        if tab.entry is not None and tab.entry.name == entry.name:
            tab.entry = None

    def advance(self, tab: FilmTab) -> None:
        """Show what has been finished since."""
        task = tab.task
        if task is not None and task.state.final and task.entry is not None:
            tab.entry, task.entry = task.entry, None
