"""The clips and films of one person. They survive a restart.

    clips/NAME          a clip as it came; no page is ever given it
    clips/NAME.json     what the page says of it
    films/NAME.jpg      its filmstrip
    films/NAME-first.jpg  its first frame
    films/NAME.mp4      a film that was painted; .webm where an MP4 cannot hold the sound
    films/NAME.jpg      one of its frames
    films/NAME.json     what the page says of it
    films/NAME.….frames/  its frames, while it is painted

What comes in is a single file of a known kind, and what is shown of it is drawn here.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from impasto import images, samples
from impasto.errors import ImpastoError, PictureError
from impasto.ffmpeg import Unopened, check_contained, open_media
from impasto.images import Rgb, sha256
from impasto.studio.files import is_name, read_json, shrunk, write_json
from impasto.studio.inputs import named
from impasto.studio.received import delete_oldest
from impasto.video import FilmSource

MOST_FRAME_PIXELS = 4096 * 2304
"""Pixels of a frame of a clip: painting looks at far fewer."""

MOST_CLIPS = 4 * 2**30
"""Bytes of all clips that are kept; beyond it, the oldest that nothing needs are deleted."""

STRIP_FRAMES, STRIP_SIDE, POSTER_SIDE = 8, 112, 768
"""Of a filmstrip, with its sides of a frame, and of the frame that stands for a film, in pixels."""


@dataclass(frozen=True)
class ClipEntry:
    """A clip that can be painted.

    Attributes:
        name: Of its files, and by which the page refers to it.
        title: What to call it.
        seconds: How long it lasts.
        frames: How many it has, by and large.
        width: Of a frame, as it is shown.
        height: Likewise.
    """

    name: str
    title: str
    seconds: float
    frames: int
    width: int
    height: int


@dataclass(frozen=True)
class FilmEntry:
    """A film that was painted.

    Attributes:
        name: Of its files, and by which the page refers to it.
        suffix: Of the film.
        title: What to call it.
        clip: What it was painted from.
        told: What is said of how it was painted.
        width: Of a frame.
        height: Likewise.
        created: Seconds since 1970.
    """

    name: str
    suffix: str
    title: str
    clip: str
    told: str
    width: int
    height: int
    created: float


class FilmStore:
    """A folder of clips, and one of films."""

    def __init__(self, folder: Path) -> None:
        self.clips, self.films = folder / "clips", folder / "films"
        for each in (self.clips, self.films):
            each.mkdir(parents=True, exist_ok=True)
        for unfinished in self.films.glob("*.frames"):
            shutil.rmtree(unfinished, ignore_errors=True)

    def accept(self, path: Path, label: str) -> ClipEntry:
        """Keep a clip that somebody sent.

        Raises:
            UsageError: If it cannot be painted; the message has the label and no path.
        """
        name = sha256(path)[:32]
        known = self.find_clip(name)
        if known is not None:
            os.utime(self.clip(name))
            return known
        try:
            source = opened(path)
            frames = source.expected or sum(1 for _ in source.frames())
            seconds, sides = float(frames / source.rate), (source.width, source.height)
            entry = ClipEntry(name, Path(label).stem, seconds, frames, *sides)
            shown = frames_of(source, seconds)
            images.write(self.picture(name), filmstrip(shown))
            images.write(self.picture(f"{name}-first"), shown[0])
        except Unopened:
            raise PictureError(
                f"'{label}' cannot be read as a clip: it must be a film, like .mp4, .mov, .mkv, "
                ".webm or .avi, or a GIF."
            ) from None
        except ImpastoError as error:
            raise named(error, path, label) from None
        shutil.copyfile(path, self.clip(name))
        write_json(self.clips / f"{name}.json", asdict(entry))
        return entry

    def sample(self, name: str) -> ClipEntry:
        """Return a sample clip."""
        path = samples.clip(name)
        known = self.find_clip(sha256(path)[:32])
        return known if known is not None else self.accept(path, path.name)

    def new_film(self, suffix: str) -> Path:
        """Return where a film can be written."""
        return self.films / f"{secrets.token_hex(12)}{suffix}"

    def add(self, film: Path, title: str, clip: ClipEntry, frame: Rgb, told: str) -> FilmEntry:
        """Keep a film that has been written.

        Raises:
            UsageError: If that cannot be written.
        """
        height, width = frame.shape[:2]
        entry = FilmEntry(film.stem, film.suffix, title, clip.name, told, width, height,
                          time.time())  # fmt: skip
        images.write(self.picture(entry.name), shrunk(frame, POSTER_SIDE))
        write_json(self.films / f"{entry.name}.json", asdict(entry))
        return entry

    def clip(self, name: str) -> Path:
        """Return the file of a clip."""
        return self.clips / name

    def film(self, entry: FilmEntry) -> Path:
        """Return the file of a film."""
        return self.films / f"{entry.name}{entry.suffix}"

    def picture(self, name: str) -> Path:
        """Return the filmstrip or the first frame of a clip, or a frame of a film."""
        return self.films / f"{name}.jpg"

    def find_clip(self, name: object) -> ClipEntry | None:
        """Return a clip, or None; anything may be asked for."""
        found = read_entry(self.clips, name, ClipEntry)
        return found if found is not None and self.clip(found.name).is_file() else None

    def find(self, name: object) -> FilmEntry | None:
        """Return a film, or None; anything may be asked for."""
        found = read_entry(self.films, name, FilmEntry)
        return found if found is not None and self.film(found).is_file() else None

    def made(self) -> list[FilmEntry]:
        """Return what was painted, the last first."""
        found = (self.find(path.stem) for path in self.films.glob("*.json"))
        return sorted(filter(None, found), key=lambda entry: -entry.created)

    def remove(self, entry: FilmEntry) -> None:
        """Delete a film."""
        details = self.films / f"{entry.name}.json"
        for path in (details, self.film(entry), self.picture(entry.name)):
            path.unlink(missing_ok=True)

    def tidy(self, needed: Collection[str]) -> None:
        """Delete the oldest clips that are not needed, down to `MOST_CLIPS` bytes."""
        keep = {*needed, *(entry.clip for entry in self.made())}
        others = [path for path in self.clips.iterdir() if is_name(path.name)]
        for path in delete_oldest([each for each in others if each.name not in keep], MOST_CLIPS):
            (self.clips / f"{path.name}.json").unlink(missing_ok=True)
            for picture in (path.name, f"{path.name}-first"):
                self.picture(picture).unlink(missing_ok=True)


AnyEntry = TypeVar("AnyEntry", ClipEntry, FilmEntry)


def read_entry(folder: Path, name: object, kind: type[AnyEntry]) -> AnyEntry | None:
    """Return what is said of a clip or film, or None."""
    values = read_json(folder / f"{name}.json") if is_name(name) else None
    try:
        return None if values is None else kind(**values)
    except TypeError:
        return None


def opened(path: Path) -> FilmSource:
    """Return a clip that somebody sent, its first frame decoded.

    Raises:
        Unopened: If it is no clip, or a list of other files.
        UsageError: If it cannot be painted, or has too many pixels.
    """
    check_contained(path, "video")
    with open_media(path, "video") as container:
        sides = [(each.width, each.height) for each in container.streams.video]
    for width, height in sides:
        if width * height > MOST_FRAME_PIXELS:
            raise PictureError(
                f"'{path}' has frames of {width} x {height} pixels, and the page takes up to "
                "4096 x 2304: send a smaller copy."
            )
    return FilmSource(path)


def frames_of(source: FilmSource, seconds: float) -> list[Rgb]:
    """Return frames of a clip, small, evenly over its length; the last again if some miss."""
    times = (seconds * at / STRIP_FRAMES for at in range(STRIP_FRAMES))
    width, height = images.fit(source.width, source.height, POSTER_SIDE)
    shown = [
        images.resize(frame.rgb, width, height).clip(0, 1)
        for at in times
        for frame in islice(source.frames(at), 1)
    ]
    return [*shown, *shown[-1:] * (STRIP_FRAMES - len(shown))]


def filmstrip(frames: Sequence[Rgb]) -> Rgb:
    """Return the middle of frames side by side, as squares (H, W, 3)."""
    return np.concatenate(
        [images.cover(each, STRIP_SIDE, STRIP_SIDE).clip(0, 1) for each in frames], axis=1
    )
