"""What a worker does with a parcel: unpack the files, call the function, report on the way."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, Final

from impasto._version import __version__
from impasto.cluster.parcel import Missing, Parcel
from impasto.errors import ImpastoError
from impasto.filesystem import replacing
from impasto.machine import allow_memory, keep_freed_memory

REPORT_EVERY: Final = 1.0
"""Seconds between two reports of a worker."""

MOST_FILES: Final = 2**30
"""Bytes of files that a worker keeps for the parcels to come."""

OF_THE_LIMIT: Final = 0.7
"""The share of a worker's memory that a painting may take: at .95 Dask ends the worker."""


ALONE: Final = threading.Lock()
"""Number of threads and memory belong to the process: it paints one picture at a time."""


class Unpacked:
    """Files that have come. One that is sent again with other contents takes its own old place."""

    def __init__(self, folder: Path, most: int = MOST_FILES) -> None:
        self.folder, self.most = folder, most

    def place(self, path: str) -> Path:
        """Return where a file lies here that lies at a path elsewhere; it keeps its name."""
        return self.folder / hashlib.sha256(path.encode()).hexdigest() / PurePath(path).name

    def take(self, files: Mapping[str, str], contents: Mapping[str, bytes]) -> dict[str, str]:
        """Return where files lie here, some of which have just come; others may be missing.

        The least used go when there are too many.

        Args:
            files: SHA-256 by path.
            contents: By path.
        """
        found = {}
        for path, sha256 in files.items():
            place = self.place(path)
            stamp = place.parent.with_suffix(".sha256")
            if path in contents:
                place.parent.mkdir(parents=True, exist_ok=True)
                stamp.unlink(missing_ok=True)
                with replacing(place) as file:
                    file.write(contents[path])
                stamp.write_text(sha256)
            if place.is_file() and stamp.is_file() and stamp.read_text() == sha256:
                place.touch()
                found[path] = str(place)
        self._tidy(set(map(Path, found.values())))
        return found

    def _tidy(self, needed: set[Path]) -> None:
        there = [(each.stat(), each) for each in self.folder.glob("*/*") if each not in needed]
        there.sort(key=lambda each: each[0].st_mtime)
        over = sum(state.st_size for state, _ in there) - self.most
        for state, place in there:
            if over <= 0:
                return
            over -= state.st_size
            place.unlink()


class Wire:
    """A worker's line to who has sent the parcel.

    Attributes:
        stopped: Whether the answer is not wanted any more.
    """

    def __init__(self, worker: Any, topic: str, name: str) -> None:
        self.worker, self.topic, self.name = worker, topic, name
        self.stopped, self.said = False, 0.0

    def report(self, share: float) -> None:
        """Say how much of the work is done, in [0, 1]; what is said too often is not sent."""
        if time.monotonic() - self.said < REPORT_EVERY:
            return
        from distributed import Variable

        said = {"order": self.name, "worker": self.worker.name, "share": share}
        self.worker.log_event(self.topic, said)
        try:
            Variable(self.topic).get(timeout=2)
        except TimeoutError:  # it has been taken away, or the scheduler has gone that had it
            self.stopped = True
        self.said = time.monotonic()


def version_there() -> str:
    """Return the version of Impasto that a worker has."""
    return __version__


@contextmanager
def working() -> Iterator[Any]:
    """Let a worker do one thing at a time, within its memory; yield the worker."""
    from distributed import get_worker

    worker = get_worker()
    with ALONE:
        keep_freed_memory()  # Dask has every process give it back at once, and get it again
        limit = worker.memory_manager.memory_limit
        allow_memory(OF_THE_LIMIT * limit if limit else None)
        yield worker


def perform(parcel: Parcel) -> Any:
    """Do what a parcel asks for, on a worker; the answer is the function's, or `Missing`.

    Raises:
        ImpastoError: If the worker has another version of Impasto.
    """
    with working() as worker:
        if parcel.version != __version__:
            raise ImpastoError(
                f"the worker {worker.address} has Impasto {__version__}, and here is "
                f"{parcel.version}: install the same version there."
            )
        places = Unpacked(Path(worker.local_directory) / "impasto").take(
            parcel.files, parcel.contents
        )
        if set(places) != set(parcel.files):
            return Missing(worker.address, tuple(set(parcel.files) - set(places)))
        line = Wire(worker, parcel.topic, parcel.order.name)
        return parcel.call(parcel.order.argument, places, line)
