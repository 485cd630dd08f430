"""Part: how fast a painting is beside other programs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.runner import Bench
from benchmarks.tables import number, ratio, table

TITLE = "Beside busy programs"
SIZE, QUICK_SIZE = 192, 96
NEIGHBORS, QUICK_NEIGHBORS = (0, 2, 8), (0, 2)
BACKBONES = ("pocket", "vgg19")

WAYS = {
    "torch's own": {"GOMP_SPINCOUNT": "300000"},
    "asleep at once": {"OMP_WAIT_POLICY": "passive"},
    "Impasto": {},
}
"""How threads wait for each other, by the variables that say so; the first is what GNU's OpenMP
does where nobody says anything."""


def run(bench: Bench) -> dict[str, Any]:
    """Paint beside processes that only compute, in all ways of waiting."""
    size = QUICK_SIZE if bench.quick else SIZE
    rows = []
    for backbone in BACKBONES:
        for count in QUICK_NEIGHBORS if bench.quick else NEIGHBORS:
            with neighbors(count):
                rows += [one(bench, backbone, size, count, way) for way in WAYS]
    return {"size": size, "processors": len(os.sched_getaffinity(0)), "rows": rows}


def one(bench: Bench, backbone: str, size: int, count: int, way: str) -> dict[str, Any]:
    """Return what an evaluation takes beside so many processes."""
    settings = {"size": size, "plan": f"{size}:10000", "backbone": backbone}
    with environment(WAYS[way]):
        found = bench.child(
            "steady", settings=settings, seconds=10.0, label=f"{way}, {count}", **bench.inputs
        )
    return {"backbone": backbone, "neighbors": count, "way": way, **found}


@contextmanager
def neighbors(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Let so many processes compute in a block."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield busy
    finally:
        for process in busy:
            process.kill()
            process.wait()


@contextmanager
def environment(told: dict[str, str]) -> Iterator[None]:
    """Say in a block how threads wait, and nothing else about it."""
    before = dict(os.environ)
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        os.environ.pop(name, None)
    os.environ.update(told)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def fair(results: dict[str, Any], row: dict[str, Any]) -> float:
    """Return what an evaluation would take with the painting's share of the processors.

    Every thread and every neighbor has the same share, and idle all threads were busy.
    """
    alone = min(
        each["wall"]
        for each in results["rows"]
        if each["backbone"] == row["backbone"] and each["neighbors"] == 0
    )
    wanted: float = row["threads"] + row["neighbors"]
    return alone * max(wanted / results["processors"], 1.0)


def page(results: dict[str, Any]) -> str:
    """Return the table: seconds of an evaluation, and how many times the fair share."""
    cells: dict[tuple[str, int], list[str]] = {}
    for row in results["rows"]:
        over = ratio(row["wall"] / fair(results, row))
        key = row["backbone"], row["neighbors"]
        cells.setdefault(key, []).append(f"{number(row['wall'], 's')} ({over})")
    heads = ("network", "busy processes", *WAYS)
    return table(heads, [(*key, *ways) for key, ways in cells.items()])
