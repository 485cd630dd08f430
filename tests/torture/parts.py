"""The parts of the suite, and how one is tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.torture import disk, drawn, hostile, kills, readers
from tests.torture.watched import PATIENCE, Case, Outcome, attempt, watch


@dataclass(frozen=True)
class Part:
    """A part of the suite.

    Attributes:
        what: What is tried, for the table of counts.
        make: Makes its cases.
        cases: How many there are in a whole run.
        patience: Seconds of the processor that a case may take; None if it starts processes by
            itself, and watches them.
    """

    what: str
    make: Callable[[Path, int], Case]
    cases: int
    patience: float | None = PATIENCE


PARTS = {
    "readers": Part("damaged files", readers.cases, 10_000),
    "settings": Part("random settings", drawn.cases, 2000, patience=60),
    "hostile": Part("recipes and checkpoints with a wrong field", hostile.cases, 1500),
    "kills": Part("commands that are killed six times", kills.cases, 50, patience=None),
    "disk": Part("commands whose disk is full", disk.cases, 72, patience=None),
}


@dataclass
class Tally:
    """What became of the cases of a part.

    Attributes:
        words: How many cases ended with which word.
        failed: Those that must not have ended so.
        slowest: Seconds that one case took at most.
        growth: Bytes that the memory of a process grew by at most in one case.
    """

    words: Counter[str] = field(default_factory=Counter)
    failed: list[Outcome] = field(default_factory=list)
    slowest: float = 0.0
    growth: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count a case."""
        self.words[outcome.word] += 1
        self.failed += [outcome] if outcome.failed else []
        self.slowest = max(self.slowest, outcome.seconds)
        self.growth = max(self.growth, outcome.growth)

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {word}" for word, count in sorted(self.words.items()))
        return (
            f"{self.words.total()} cases: {counts}; at most {self.slowest:.1f} s and "
            f"{self.growth / 2**20:.0f} MiB for one"
        )


def outcomes(part: Part, folder: Path, seed: int, cases: Iterable[int]) -> Iterator[Outcome]:
    """Yield what becomes of some cases, in a process that is watched or in this one."""
    if part.patience is not None:
        yield from watch(part.make, folder, seed, cases, part.patience)
        return
    try_case = part.make(folder, seed)
    for case in cases:
        yield attempt(try_case, case)


def tried(name: str, folder: Path, seed: int, cases: Iterable[int]) -> Tally:
    """Return what becomes of some cases of a part; say at once of each that fails."""
    part, tally = PARTS[name], Tally()
    folder.mkdir(parents=True, exist_ok=True)
    for outcome in outcomes(part, folder, seed, cases):
        tally.add(outcome)
        if outcome.failed:
            again = f"python -m tests.torture {name} --seed {seed} --case {outcome.case}"
            print(f"FAILED {again}\n{outcome.reason}\n", flush=True)
    return tally
