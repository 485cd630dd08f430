"""Part: commands that are killed at random moments, again and again, and that go on."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from random import Random

import numpy as np

from tests.torture.commands import COMMANDS, Wait, ran, words
from tests.torture.originals import originals_in
from tests.torture.watched import Case
from tests.torture.whole import check_whole, files, is_leftover, pixels

KILLS = 6
"""How often a command is killed before it may come to its end."""


class Kills:
    """Kills a command, runs it again, and compares with one that was never killed.

    Half of the kills come at any moment, half of them right after a file has come or changed.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder / "kills", seed
        self.originals = originals_in(folder)
        self.whole: dict[str, tuple[float, Path]] = {}

    def __call__(self, case: int) -> str:
        """Kill one command `KILLS` times, and let it end."""
        random = Random(f"kills {self.seed} {case}")
        name = list(COMMANDS)[case % len(COMMANDS)]
        seconds, unhurt = self.whole.get(name) or self.run_unhurt(name)
        out = self.new_folder("killed")
        arguments = words(name, self.originals, out)
        dead = 0
        for _ in range(KILLS):
            moment = self.moment(random, seconds, out)
            dead += ran(arguments, out, moment).code == -9
            check_whole(out, leftovers=dead)
        ended = ran(arguments, out)
        assert ended.code == 0, ended.said
        check_whole(out, leftovers=dead, locks=0)
        finished = {key for key, path in files(out).items() if not is_leftover(path)}
        assert finished == set(files(unhurt)), finished
        there, here = pixels(unhurt), pixels(out)
        for key in there:
            assert np.array_equal(there[key], here[key]), f"{key} has other pixels"
        return f"killed {dead} times, then as if never"

    def run_unhurt(self, name: str) -> tuple[float, Path]:
        """Run a command that nobody kills; return its time and its folder."""
        out = self.new_folder(name.replace(" ", "-"))
        began = time.monotonic()
        ended = ran(words(name, self.originals, out), out)
        assert ended.code == 0, ended.said
        check_whole(out, leftovers=0)
        self.whole[name] = time.monotonic() - began, out
        return self.whole[name]

    def moment(self, random: Random, seconds: float, out: Path) -> Wait:
        """Return what waits for a moment within so many seconds."""
        limit = random.uniform(0, 1.1 * seconds)
        changes = random.choice((None, 1, 2, 3, 5, 8, 13))
        return lambda: wait(out, limit if changes is None else 2 * seconds, changes)

    def new_folder(self, name: str) -> Path:
        """Return an empty folder."""
        out = self.folder / name
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        return out


def wait(out: Path, seconds: float, changes: int | None) -> None:
    """Wait so many seconds, or until a folder has changed so many times."""
    end, seen = time.monotonic() + seconds, state(out)
    while time.monotonic() < end and changes != 0:
        time.sleep(0.05 if changes is None else 0.0005)
        if changes is not None and (now := state(out)) != seen:
            seen, changes = now, changes - 1


def state(out: Path) -> set[tuple[str, int]]:
    """Return what tells whether a folder has changed."""
    found = set()
    for path in (*out.iterdir(), *out.glob("*/*")):
        try:
            found.add((path.name, path.stat().st_mtime_ns))
        except FileNotFoundError:  # it has been renamed just now
            found.add((path.name, 0))
    return found


def cases(folder: Path, seed: int) -> Case:
    """Return the part's cases."""
    return Kills(folder, seed)
