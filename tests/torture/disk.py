"""Part: commands whose disk is full from their k-th write on, for every k."""

from __future__ import annotations

import builtins
import errno
import io
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.torture.commands import COMMANDS, ran, words
from tests.torture.originals import originals_in
from tests.torture.watched import LONGEST, Case
from tests.torture.whole import check_whole, files, is_leftover

MOST = 8
"""Writes that are tried of each command, spread over all that it makes."""


class FullDisk:
    """Lets every write fail from the k-th on: bytes written, files made, flushed and renamed.

    Attributes:
        room: Writes that are still possible.
        folder: Only files in it are on the disk that is full.
    """

    def __init__(self, room: int, folder: Path) -> None:
        self.room, self.folder = room, folder.resolve()

    def write(self, do: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        """Do what takes room on the disk."""
        self.room -= 1
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return do(*arguments, **keywords)

    def is_on(self, path: Any) -> bool:
        """Tell whether a path is on this disk."""
        if isinstance(path, int):
            return False
        return Path(os.fsdecode(path)).resolve().is_relative_to(self.folder)

    def open(
        self, path: Any, mode: str = "r", buffering: int = -1, *rest: Any, **named: Any
    ) -> Any:
        """Open a file as `open` does, whose bytes go to this disk if it is on it."""
        if not set("wxa+") & set(mode) or not self.is_on(path):
            return OPEN(path, mode, buffering, *rest, **named)
        raw = DiskFile(self, path, mode.replace("b", "").replace("t", ""))
        file = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return file if "b" in mode else io.TextIOWrapper(file, *rest, **named)


class DiskFile(io.FileIO):
    """A file on a disk that may be full."""

    def __init__(self, disk: FullDisk, path: Any, mode: str) -> None:
        self.disk = disk
        super().__init__(path, mode)

    def write(self, data: Any) -> int:
        """Write bytes."""
        return int(self.disk.write(super().write, data))


OPEN = io.open


def fill(room: int, folder: Path, counter: Path) -> None:
    """Make a disk full after so many writes, in this process; count them in a file."""
    import atexit

    disk = FullDisk(room, folder)
    for name in ("replace", "rename", "fsync"):
        setattr(os, name, partial(disk.write, getattr(os, name)))
    io.open = builtins.open = disk.open  # type: ignore[assignment]
    atexit.register(lambda: counter.write_text(str(room - disk.room)))


class Full:
    """Runs a command on a disk that is full after k writes: the part's cases.

    Whatever happens, every file under a final name is whole, nothing unfinished stays, and there
    is a sentence, not an internal error. Where something that was asked for is missing, the code
    is not 0.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder / "disk"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.originals = originals_in(folder)
        self.known: dict[str, tuple[int, set[str]]] = {}

    def __call__(self, case: int) -> str:
        """Fill the disk at one of the writes of one command."""
        name, number = list(COMMANDS)[case % len(COMMANDS)], case // len(COMMANDS)
        writes, expected = self.known.get(name) or self.count(name)
        room = number if writes <= MOST else round(number * (writes - 1) / (MOST - 1))
        if room >= writes:
            return "had fewer writes"
        code, said, _ = self.run(name, room)
        where = f"{name}, full after {room} of {writes} writes"
        check_whole(self.out, leftovers=0)
        lines = [line for line in said.splitlines() if "cannot be" in line or "No space" in line]
        assert "Traceback" not in said, f"{where}: {said}"
        assert "internal error" not in said, f"{where}: {said}"
        found = {key for key, path in files(self.out).items() if not is_leftover(path)}
        if expected - found:
            assert code in (1, 2), f"{where}: code {code}, missing {expected - found}: {said}"
            assert lines, f"{where}: no sentence: {said}"
            assert max(map(len, lines)) < LONGEST
        return "ended with a sentence" if expected - found else "ended whole"

    def count(self, name: str) -> tuple[int, set[str]]:
        """Return how many writes a command makes, and which files."""
        code, said, writes = self.run(name, 10**9)
        assert code == 0, said
        self.known[name] = writes, set(files(self.out))
        return self.known[name]

    def run(self, name: str, room: int) -> tuple[int, str, int]:
        """Run a command; return its code, what it said, and how many writes it made."""
        self.out = self.folder / "out"
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir()
        counter = self.folder / "count"
        counter.unlink(missing_ok=True)
        full = partial(fill, room, self.out, counter)
        ended = ran(words(name, self.originals, self.out), self.out, first=full)
        writes = int(counter.read_text()) if counter.exists() else 0
        return ended.code, ended.said, writes


def cases(folder: Path, seed: int) -> Case:
    """Return the part's cases."""
    return Full(folder, seed)
