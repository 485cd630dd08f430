"""A run claims the files that it has been given a name for, so that no other one writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from impasto.errors import PictureError
from impasto.filesystem import alone, lock_of
from impasto.interruption import INTERRUPTION


@contextmanager
def claimed(paths: Iterable[Path]) -> Iterator[None]:
    """Keep other runs from writing the same files until the end of a block.

    A file whose name or folder is wrong is not claimed: whoever checks these says it better.

    Raises:
        PictureError: If another run is writing one of them.
    """
    with ExitStack() as claims:
        try:
            with INTERRUPTION.heed():
                for path in paths:
                    _claim(path, claims)
            yield
        finally:
            INTERRUPTION.leftovers.clear()  # first: what is free may be another's in a moment


def _claim(path: Path, claims: ExitStack) -> None:
    try:
        lock = lock_of(path)
        if lock in INTERRUPTION.leftovers:
            return  # this run has two names for one file
        claims.enter_context(alone(path, wait=False))
    except BlockingIOError:
        raise PictureError(
            f"'{path}' is being written by another run: wait for its end, or choose another name "
            "for the output."
        ) from None
    except (OSError, ValueError):
        return
    INTERRUPTION.leftovers.add(lock)
