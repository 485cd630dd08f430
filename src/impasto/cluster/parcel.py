"""What travels to a worker: an order, and the files that it reads, each of them once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impasto._version import __version__
from impasto.errors import PictureError
from impasto.filesystem import open_regular

Call = Callable[..., Any]
"""What a worker calls: with the argument of an order, with where the order's files lie on the
worker's machine by their paths on this one, and with a `Wire`. It must be importable there."""


@dataclass(frozen=True)
class Order:
    """Something to be done by a worker.

    Attributes:
        name: Of the order, no two alike.
        argument: What the function is called with; it can be pickled.
        files: The paths of all files that it reads, on this machine.
        seconds: An estimate: the longest is begun first.
    """

    name: str
    argument: Any
    files: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Parcel:
    """An order on its way.

    Attributes:
        order: What is to be done.
        call: The function that does it.
        files: The SHA-256 of every file that it reads, by path.
        contents: Of the files that travel along; the worker has the others, or asks for them.
        topic: Under which the worker reports.
        version: Of the Impasto that sends it.
    """

    order: Order
    call: Call
    files: Mapping[str, str]
    contents: Mapping[str, bytes]
    topic: str
    version: str = __version__


@dataclass(frozen=True)
class Missing:
    """A worker's answer that files have not come there; another one has been sent them.

    Attributes:
        worker: Its address.
        paths: Of these files, on the machine that sends them.
    """

    worker: str
    paths: tuple[str, ...]


class Files:
    """Files as they are sent: each is read when it first travels, and stays what it was then."""

    def __init__(self) -> None:
        self.hashes: dict[str, str] = {}

    def read(self, paths: Iterable[str], *, again: bool) -> dict[str, bytes]:
        """Return the contents of files by path.

        Args:
            paths: Theirs.
            again: Whether those are read, too, that have been before.

        Raises:
            PictureError: If one cannot be read, or has changed since.
        """
        found = {}
        for path in paths:
            if path in self.hashes and not again:
                continue
            try:
                with open_regular(Path(path).expanduser()) as file:
                    content = file.read()
            except (OSError, ValueError) as error:
                why = getattr(error, "strerror", None) or str(error)
                raise PictureError(f"'{path}' cannot be read ({why}): check the path.") from error
            sha256 = hashlib.sha256(content).hexdigest()
            if self.hashes.setdefault(path, sha256) != sha256:
                raise PictureError(f"'{path}' has changed since the work began: begin again.")
            found[path] = content
        return found
