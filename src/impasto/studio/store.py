"""The folder of finished pictures. What is in it is the history; it survives a restart.

NAME.png         the picture, in full resolution, with its recipe inside
NAME-after.jpg   the picture for the page, at most `VIEW` pixels
NAME-before.jpg  the content image in the same size
NAME-small.jpg   the picture for the list
NAME.tif         the picture with 16 bits, for other programs
NAME.mp4         how it came into being; or NAME.webp where no MP4 can be written
NAME.json        what the list says of it

Only the picture has to be there: on a full disk the rest may be missing, and the picture is listed
all the same, after a restart too.
"""

from __future__ import annotations

import importlib.util
import secrets
import shutil
import threading
import time
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from impasto import images
from impasto.errors import ImpastoError, PictureError
from impasto.job import Recipe
from impasto.run import Result
from impasto.studio.entry import Entry, thin
from impasto.studio.files import is_name, read_json, shrunk, write_json
from impasto.studio.regions import NONE, Masks

VIEW, SMALL_SIDE = 1600, 320
"""Long sides of the copies for the page, in pixels."""

FILM_SUFFIXES = (".mp4", ".webp")
"""Of films: the first where it can be written, else the last."""

COPIES = ("after", "before", "small")
"""Kinds of copies for the page."""


class Store:
    """Finished pictures, the latest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self.removed = folder / "removed"
        shutil.rmtree(self.removed, ignore_errors=True)
        found = [self._read(path) for path in folder.glob("*.json")]
        found += [self._recover(path) for path in folder.glob("*.png")]
        self.entries = sorted(filter(None, found), key=lambda entry: entry.created, reverse=True)

    def _read(self, path: Path) -> Entry | None:
        values = read_json(path)
        if values is None or not is_name(path.stem) or values.get("name") != path.stem:
            return None
        try:
            entry = Entry.from_dict(values)
        except (KeyError, TypeError, ValueError):
            return None
        return entry if self.picture(entry).is_file() else None

    def _recover(self, picture: Path) -> Entry | None:
        file = picture.with_suffix(".json")
        if not is_name(picture.stem) or file.exists():
            return None
        try:
            return Entry.of_picture(picture)
        except (ImpastoError, OSError):
            return None

    def add(
        self,
        result: Result,
        title: str,
        content: str,
        styles: tuple[str, ...],
        stopped: bool = False,
        masks: Masks = NONE,
    ) -> Entry:
        """Write a picture and everything that the page shows of it.

        What fails beside the picture itself is left out, and `missing` tells.

        Raises:
            ImpastoError: If the picture had to be kept elsewhere; the message says where.
        """
        height, width = result.rgb.shape[:2]
        entry = Entry(
            name=secrets.token_hex(12),
            title=title,
            content=content,
            styles=styles,
            width=width,
            height=height,
            evaluations=result.evaluations,
            seconds=sum(result.seconds.values()),
            stopped=stopped,
            created=time.time(),
            curve=thin([(step.index, step.total) for step in result.history]),
            content_masks=tuple(file.stem for file in masks.content),
            style_masks=tuple(file.stem for file in masks.styles),
        )
        result.save_or_keep_elsewhere(self.picture(entry))
        with self.lock:
            self.entries.insert(0, entry)
        with suppress(PictureError):
            write_json(self._details(entry), asdict(entry))
            self._write_copies(entry, result)
        return entry

    def _write_copies(self, entry: Entry, result: Result) -> None:
        after = shrunk(result.rgb, VIEW)
        before = images.resize(result.job.content.over_white(), after.shape[1], after.shape[0])
        images.write(self.file(entry, "after"), after)
        images.write(self.file(entry, "before"), before)
        images.write(self.file(entry, "small"), shrunk(after, SMALL_SIDE))
        file = self.deep(entry)
        resolution = result.settings.resolution or result.job.content.resolution
        told = result.recipe.in_file(file)
        images.write(
            file, result.rgb, alpha=result.alpha, bits=16, settings=told, resolution=resolution
        )

    def deep(self, entry: Entry) -> Path:
        """Return the file of a picture with 16 bits, which may not be there."""
        return self.folder / f"{entry.name}.tif"

    def film(self, entry: Entry) -> Path:
        """Return the film of a picture, which may not be there."""
        known = [self.folder / f"{entry.name}{suffix}" for suffix in FILM_SUFFIXES]
        usual = known[0] if importlib.util.find_spec("av") else known[-1]
        return next((path for path in known if path.is_file()), usual)

    def _details(self, entry: Entry) -> Path:
        return self.folder / f"{entry.name}.json"

    def missing(self, entry: Entry) -> str:
        """Return what could not be written beside a picture, in a sentence, or an empty string."""
        files = [self._details(entry), *(self.file(entry, kind) for kind in COPIES)]
        if all(path.is_file() for path in files):
            return ""
        return (
            "the picture is kept in full resolution, but there was no room for what the page shows "
            f"with it: make room in '{self.folder}'."
        )

    def picture(self, entry: Entry) -> Path:
        """Return the file of a picture in full resolution."""
        return self.folder / f"{entry.name}.png"

    def file(self, entry: Entry, kind: str) -> Path:
        """Return one of the copies for the page: ``after``, ``before`` or ``small``."""
        return self.folder / f"{entry.name}-{kind}.jpg"

    def shown(self, entry: Entry, kind: str) -> Path:
        """Return a copy for the page, or the picture itself where there is none."""
        copy = self.file(entry, kind)
        return copy if copy.is_file() else self.picture(entry)

    def recipe(self, entry: Entry) -> Recipe:
        """Return how a picture was painted.

        Raises:
            UsageError: If the file is damaged.
        """
        return Recipe.of_picture(self.picture(entry))

    def find(self, name: object) -> Entry | None:
        """Return the picture of this name, or None; anything may be asked for."""
        with self.lock:
            return next((entry for entry in self.entries if entry.name == name), None)

    def latest(self, most: int) -> list[Entry]:
        """Return the latest pictures, the last one first."""
        with self.lock:
            return self.entries[:most]

    def all(self) -> list[Entry]:
        """Return every picture, the last one first."""
        with self.lock:
            return list(self.entries)

    def star(self, entry: Entry) -> Entry:
        """Mark a picture, or take the mark away, and return its entry.

        Raises:
            PictureError: If that cannot be written.
        """
        changed = replace(entry, starred=not entry.starred)
        write_json(self._details(entry), asdict(changed))
        with self.lock:
            self.entries = [changed if each.name == entry.name else each for each in self.entries]
        return changed

    def _files(self, entry: Entry) -> list[Path]:
        copies = [self.file(entry, kind) for kind in COPIES]
        more = [self.deep(entry), self.film(entry)]
        return [self._details(entry), self.picture(entry), *copies, *more]

    def remove(self, entry: Entry) -> None:
        """Take a picture away; `put_back` brings it back until another is removed, or a restart."""
        with self.lock:
            self.entries = [each for each in self.entries if each.name != entry.name]
            shutil.rmtree(self.removed, ignore_errors=True)
            self.removed.mkdir(exist_ok=True)
            for path in self._files(entry):
                with suppress(FileNotFoundError):  # on a full disk there was no room for a copy
                    path.replace(self.removed / path.name)

    def put_back(self, entry: Entry) -> bool:
        """Bring back the picture that was removed last; tell whether it was still there."""
        with self.lock:
            if not (self.removed / self.picture(entry).name).is_file():
                return False
            for path in self._files(entry):
                with suppress(FileNotFoundError):
                    (self.removed / path.name).replace(path)
            self.entries = sorted([*self.entries, entry], key=lambda each: -each.created)
            return True
