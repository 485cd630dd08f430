"""The folder in which the server puts what browsers send, and the only one that is read for them.

A page names the file that it has sent by its path, and anybody can send any path. So a path counts
only if it leads to a regular file in this folder. Everything else, whether it exists or not, gets
one and the same answer.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from impasto.errors import PictureError
from impasto.filesystem import is_regular

MOST_BYTES = 100 * 2**20
"""Bytes of an upload."""

MOST_RECEIVED = 2**30
"""Bytes of all uploads together; beyond it the oldest are deleted. The studio has its own copies
by then."""

NOT_RECEIVED = "this picture did not arrive: send it again."


class Received:
    """The files that browsers have sent.

    Attributes:
        folder: Where the server puts them.
        arriving: Bytes that are being sent right now.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder.resolve()
        self.arriving = 0
        self._lock = threading.Lock()

    def file(self, sent: object) -> Path:
        """Return the file that a page says it has sent.

        Args:
            sent: What the page names; anything may come.

        Raises:
            PictureError: If that is no regular file in the folder, without saying what it is.
        """
        found = regular_file(sent, [self.folder])
        if found is None:
            raise PictureError(NOT_RECEIVED)
        return found

    @contextmanager
    def room(self, size: int) -> Iterator[bool]:
        """Reserve room for an upload while it arrives; False if too much is arriving already."""
        with self._lock:
            fits = self.arriving + size <= MOST_RECEIVED
            self.arriving += size * fits
        try:
            yield fits
        finally:
            with self._lock:
                self.arriving -= size * fits

    def tidy(self) -> None:
        """Delete the oldest files until what is left is at most `MOST_RECEIVED` bytes.

        Their folders stay: an empty one may be waiting for an upload that is arriving.
        """
        delete_oldest([path for path in self.folder.rglob("*") if not path.is_dir()], MOST_RECEIVED)


def regular_file(sent: object, folders: Iterable[Path]) -> Path | None:
    """Return the regular file that something names, or None if there is none in some folders.

    Args:
        sent: A path; anything may come.
        folders: Without links in their paths. A path that by its words leads elsewhere is not
            looked at, so that nobody learns whether it exists.
    """
    if not isinstance(sent, str):
        return None
    try:
        plain = Path(os.path.normpath(sent))
        for folder in folders:
            if plain.is_relative_to(folder):
                path = Path(sent).resolve(strict=True)
                return path if path.is_relative_to(folder) and is_regular(path) else None
    except (OSError, RuntimeError, ValueError):  # too long, a loop of links, a null character
        pass
    return None


def delete_oldest(files: list[Path], most: int) -> list[Path]:
    """Delete the oldest files until the rest has at most ``most`` bytes; return those deleted."""
    known = []
    for path in files:
        with suppress(OSError):  # another has deleted it
            status = path.lstat()
            known.append((status.st_mtime, path, status.st_size))
    total, deleted = sum(size for _, _, size in known), []
    for _, path, size in sorted(known):
        if total <= most:
            break
        path.unlink(missing_ok=True)
        total -= size
        deleted.append(path)
    return deleted
