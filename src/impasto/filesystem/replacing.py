"""Files are replaced as a whole here: a reader finds the old file or the new one, never a half.

A file is written under another name in the same folder, where a rename is atomic, and is on the
disk before it gets its own name. A process that is killed in between leaves the other name behind;
it tells which file it was for, so that the next run that writes this file takes it away.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS}
"""What a file system answers that cannot bring one file to the disk by itself."""


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of another one at the end of a block, if all goes well.

    Through a link, the file that it names is replaced.

    Raises:
        OSError: If it cannot be written; nothing is left behind then.
        ValueError: If the path holds a NUL.
    """
    target = path.resolve()
    temporary = beside(target)
    try:
        with temporary.open("xb") as file:  # Not tempfile: it makes files for the owner only.
            yield file
        put(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def put(complete: Path, target: Path) -> None:
    """Give a complete file its final name in the same folder, once it is on the disk.

    Raises:
        OSError: If it cannot be brought there, or cannot be renamed.
    """
    with complete.open("r+b") as file:
        _sync(file.fileno())
    complete.replace(target)
    # Until the folder is on the disk, a power failure may bring the old file back. Windows, and
    # folders that may be written to but not read, have no way to ask for it.
    with suppress(OSError):
        _sync_folder(target.parent)


def beside(path: Path) -> Path:
    """Return a new name in the same folder, which is as short for every file."""
    return path.with_name(f".impasto-{mark(path)}-{secrets.token_hex(8)}.tmp")


def mark(path: Path) -> str:
    """Return what marks the names that belong to a file, among others in its folder."""
    return hashlib.sha256(os.fsencode(path.name)).hexdigest()[:12]


def sweep_up(paths: Iterable[Path]) -> None:
    """Delete what killed processes have left of some files, where nobody writes them now."""
    for folder, marks in _by_folder(paths).items():
        with suppress(OSError):
            for left in folder.glob(".impasto-*-*.tmp"):
                if left.name.split("-")[1] in marks:
                    left.unlink(missing_ok=True)


def _by_folder(paths: Iterable[Path]) -> dict[Path, set[str]]:
    found: dict[Path, set[str]] = {}
    for path in paths:
        target = path.resolve()
        found.setdefault(target.parent, set()).add(mark(target))
    return found


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
