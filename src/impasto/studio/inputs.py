"""What people upload: decoded, limited and written anew before anything else looks at it."""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from impasto import images, samples
from impasto.errors import ImpastoError, PictureError
from impasto.images import sha256
from impasto.job import Recipe, SourceFile
from impasto.studio.files import is_name, read_json, shrunk, write_json
from impasto.studio.received import MOST_BYTES, delete_oldest

MOST_PIXELS = 64_000_000
"""Pixels of an upload: painting looks at far fewer."""

MOST_UPLOADED = 4 * 2**30
"""Bytes of all uploads that are kept; beyond it, the oldest that nothing needs are deleted."""

THUMBNAIL_SIDE = 800
"""Long side of the copies that the page shows."""


KINDS = ("photograph", "painting")
"""What a picture may be given as."""


@dataclass(frozen=True)
class Upload:
    """A picture that can be painted from: a content image or a style picture.

    Attributes:
        name: By which the page refers to it; never a path.
        label: What it was called by the person who has it.
        path: The file that is painted from.
        thumbnail: A small copy for the page.
        hashes: SHA-256 of ``path``, and of the file that came.
        kinds: What it was uploaded as: ``photograph``, ``painting``, or both.
    """

    name: str
    label: str
    path: Path
    thumbnail: Path
    hashes: tuple[str, ...]
    kinds: tuple[str, ...] = KINDS


class Uploads:
    """The folder of uploads, and beside them the samples of the package."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def accept(
        self, path: str | Path, label: str | None = None, kinds: tuple[str, ...] = KINDS
    ) -> Upload:
        """Read a file that somebody sent and keep it as a PNG of our own.

        Args:
            path: Where the server has put the file; it is read, and stays as it is.
            label: What to call it, in sentences and on the page.
            kinds: What it is given as.

        Raises:
            PictureError: If it is no picture or larger than `MOST_PIXELS` or `MOST_BYTES`; the
                message has the label and no path.
        """
        path = Path(path)
        label = label or path.name
        try:
            if path.is_file() and path.stat().st_size > MOST_BYTES:
                raise PictureError(
                    f"'{label}' has {path.stat().st_size / 2**20:.0f} MiB: at most "
                    f"{MOST_BYTES // 2**20} are accepted, so send a smaller copy."
                )
            came = sha256(path)
            name = came[:32]
            known = self.find(name)
            if known is None:
                self._write(name, path, label, came, kinds)
            elif not set(kinds) <= set(known.kinds):
                self._describe(name, known.label, known.hashes, (*known.kinds, *kinds))
        except ImpastoError as error:
            raise named(error, path, label) from None
        for suffix in (".json", ".png"):  # the most recent upload comes first, and goes last
            os.utime(self.folder / f"{name}{suffix}")
        found = self.find(name)
        assert found is not None
        return found

    def _write(self, name: str, path: Path, label: str, came: str, kinds: tuple[str, ...]) -> None:
        picture = images.read(path, MOST_PIXELS)
        own = self.folder / f"{name}.png"
        images.write(own, picture.rgb, alpha=picture.alpha)
        images.write(self.folder / f"{name}.jpg", shrunk(picture.over_white(), THUMBNAIL_SIDE))
        self._describe(name, label, (sha256(own), came), kinds)

    def _describe(
        self, name: str, label: str, hashes: tuple[str, ...], kinds: tuple[str, ...]
    ) -> None:
        details = {
            "label": label,
            "hashes": hashes,
            "kinds": [each for each in KINDS if each in kinds],
        }
        write_json(self.folder / f"{name}.json", details)

    def tidy(self, needed: Collection[str] = ()) -> None:
        """Delete the oldest uploads, but those needed, until the rest has `MOST_UPLOADED` bytes."""
        kept = sum(path.stat().st_size for path in self.folder.glob("*.png") if path.stem in needed)
        others = [path for path in self.folder.glob("*.png") if path.stem not in needed]
        for path in delete_oldest(others, max(MOST_UPLOADED - kept, 0)):
            for suffix in (".json", ".jpg"):
                path.with_suffix(suffix).unlink(missing_ok=True)

    def remove(self, upload: Upload) -> None:
        """Delete an upload; a sample stays."""
        if is_name(upload.name):
            for suffix in (".json", ".png", ".jpg"):
                (self.folder / f"{upload.name}{suffix}").unlink(missing_ok=True)

    def find(self, name: object) -> Upload | None:
        """Return an upload or a sample by its name, or None; anything may be asked for."""
        if isinstance(name, str) and name in SAMPLES:
            return self._sample(name)
        if not is_name(name):
            return None
        details = read_json(self.folder / f"{name}.json")
        own, thumbnail = self.folder / f"{name}.png", self.folder / f"{name}.jpg"
        if details is None or not own.is_file() or not thumbnail.is_file():
            return None
        try:
            hashes = tuple(map(str, details["hashes"]))
            kinds = tuple(each for each in KINDS if each in details.get("kinds", KINDS))
            return Upload(str(name), str(details["label"]), own, thumbnail, hashes, kinds)
        except (KeyError, TypeError):
            return None

    def _sample(self, name: str) -> Upload:
        path = SAMPLES[name]
        thumbnail = self.folder / f"{name}.jpg"
        if not thumbnail.is_file():
            with suppress(PictureError):  # on a full disk it can be chosen, but not seen
                images.write(thumbnail, shrunk(images.read(path).rgb, THUMBNAIL_SIDE))
        return Upload(name, path.stem, path, thumbnail, (_sample_hash(path),))

    def recent(self, kind: str = "", most: int = 12) -> list[Upload]:
        """Return the latest uploads, of a kind or of all, the last one first."""
        files = [path for path in self.folder.glob("*.json") if is_name(path.stem)]
        files.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        known = (self.find(path.stem) for path in files)
        wanted = (each for each in known if each and (not kind or kind in each.kinds))
        return list(itertools.islice(wanted, most))

    def samples(self, kind: str) -> list[Upload]:
        """Return the samples of a kind: ``photograph`` or ``painting``."""
        return [self._sample(name) for name in SAMPLES if name.startswith(kind)]

    def recorded(self, wanted: SourceFile) -> Upload | None:
        """Return what a recipe was painted from, if it is here; its recorded path is not opened."""
        return next((one for one in self._all() if wanted.sha256 in one.hashes), None)

    def _all(self) -> Iterator[Upload]:
        yield from self.recent(most=10_000)
        for name in SAMPLES:
            yield self._sample(name)


SAMPLES: dict[str, Path] = {
    **{f"photograph-{name}": samples.photograph(name) for name in samples.PHOTOGRAPHS},
    **{f"painting-{name}": samples.painting(name) for name in samples.PAINTINGS},
}


@functools.cache
def _sample_hash(path: Path) -> str:
    return sha256(path)


def open_recipe(path: str | Path, label: str | None = None) -> Recipe:
    """Return the recipe inside a picture that somebody sent.

    Raises:
        UsageError: If it has none that can be read; the message has the label and no path.
    """
    try:
        return Recipe.of_picture(path)
    except ImpastoError as error:
        raise named(error, Path(path), label or Path(path).name) from None


def named(error: ImpastoError, path: Path, label: str) -> ImpastoError:
    """Return the same error about the file as people know it."""
    return type(error)(str(error).replace(str(path), label))
