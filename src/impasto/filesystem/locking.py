"""One process at a time writes a file: the next one waits, or is told.

Where a file system has no locks, filelock makes the lock file itself the lock.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from impasto.filesystem.replacing import mark


def lock_of(path: Path) -> Path:
    """Return the file beside another one that is locked while that one is written."""
    target = path.resolve()
    return target.with_name(f".impasto-{mark(target)}.lock")


@contextmanager
def alone(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Write a file alone. A process that dies frees it.

    Args:
        path: The file; its folder has to be there.
        wait: Whether to wait for another process that writes it.

    Raises:
        BlockingIOError: If another process writes it and nobody is to wait.
        OSError: If the folder cannot be written to.
        ValueError: If the path holds a NUL.
    """
    from filelock import FileLock, Timeout  # only here: it takes as long as all of `--help`

    file = lock_of(path)
    if not file.parent.is_dir():  # which the lock would make, for a name that is only mistyped
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(file.parent))
    lock = FileLock(file, blocking=wait)
    try:
        lock.acquire()
    except Timeout:
        raise BlockingIOError(errno.EWOULDBLOCK, "another process is writing it") from None
    try:
        yield
    finally:
        # Who waits sees that the file it has locked is gone, and begins again. Windows deletes
        # no open file: there it is deleted later.
        with suppress(OSError):
            file.unlink()
        lock.release()
