"""One process at a time writes a weight file: the next one waits, and finds it done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Write a file alone. A process that dies frees it.

    Args:
        path: The file; its folder has to be there.

    Raises:
        OSError: If the folder cannot be written to.
    """
    file = path.with_name(f".{path.name}.lock")
    with FileLock(file):
        try:
            yield
        finally:
            # Who waits sees that the file it has locked is gone, and begins again. Windows deletes
            # no open file: there it is deleted later.
            with suppress(OSError):
                file.unlink()
