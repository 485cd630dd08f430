"""Files are opened for reading here: regular ones only.

A pipe waits for somebody to write, and a device may never end; a run that opened one would hang,
deaf to Ctrl-C.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


def open_regular(path: str | os.PathLike[str]) -> BufferedReader:
    """Open a regular file for reading.

    Raises:
        OSError: If it cannot be opened, or is a folder, a pipe or a device; ``strerror`` says it.
        ValueError: If the path holds a NUL.
    """
    # Looked at before it is opened, since opening a device can have effects (a tape rewinds), and
    # once more afterwards, since another file may have taken its place.
    _require_regular(Path(path).stat().st_mode)
    descriptor = os.open(path, _FLAGS)
    try:
        _require_regular(os.fstat(descriptor).st_mode)
    except OSError:
        os.close(descriptor)
        raise
    return open(descriptor, "rb")  # noqa: PTH123


def check_regular(path: str | os.PathLike[str]) -> None:
    """Raise what `open_regular` raises, for a library that opens the path by itself."""
    open_regular(path).close()


def is_regular(path: str | os.PathLike[str]) -> bool:
    """Tell whether a path leads to a regular file; one that no file can have does not."""
    try:
        return stat.S_ISREG(Path(path).stat().st_mode)
    except (OSError, ValueError):  # Path.is_file raises for a name that is too long
        return False


def _require_regular(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, "it is a folder")
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a pipe or a device, not a regular file")
