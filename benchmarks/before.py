"""Part: the same commands by an earlier Impasto and by this one, in turns on one machine."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import start, whole
from benchmarks.busy import neighbors
from benchmarks.machine import ROOT
from benchmarks.runner import Bench, Skip, say
from benchmarks.tables import mebibytes, number, ratio, table
from benchmarks.timing import summary

TITLE = "Before and after"

TURNS = {"start": 5, "whole": 2, "busy": 2}
BUSY = {"size": 192, "evaluations": 15, "neighbors": (0, 2, 8)}
QUICK_BUSY = {"size": 64, "evaluations": 4, "neighbors": (0, 2)}

Measure = Callable[[dict[str, str]], dict[str, float]]
"""Runs a command in an environment, and returns what is told of it."""


def run(bench: Bench) -> dict[str, Any]:
    """Time every command with both."""
    if bench.before is None:
        raise Skip("--before FOLDER names a checkout of an earlier Impasto")
    both = {"before": bench.before / "src", "after": ROOT / "src"}
    if not (both["before"] / "impasto").is_dir():
        raise Skip(f"there is no Impasto in {bench.before}")
    rows = []
    for what, turns, measure in commands(bench):
        found: dict[str, list[dict[str, float]]] = {when: [] for when in both}
        for _ in range(1 if bench.quick else turns):
            for when, source in both.items():
                found[when].append(measure({**bench.environment(), "PYTHONPATH": str(source)}))
        rows.append({"what": what, **{when: combined(runs) for when, runs in found.items()}})
        say(f"  {what}: {' '.join(str(rows[-1][when]) for when in both)}")
    return {"commit": commit(bench.before), "size": size_of(bench), "rows": rows}


def commands(bench: Bench) -> list[tuple[str, int, Measure]]:
    """Return what is measured: what it is, how often, and how."""
    pictures = [bench.inputs["content"], bench.inputs["style"]]
    paint = ["-m", "impasto", "paint", *pictures]
    small = start.commands(*pictures)["impasto paint, 64 px, 1 evaluation"]
    tasks: list[tuple[str, int, Measure]] = [
        ("64 pixels, one evaluation", TURNS["start"], lambda env: start.timed(small, env))
    ]
    for backbone in whole.REPETITIONS:
        words = whole.command(bench, backbone, size_of(bench))
        tasks.append(
            (f"the default command, {backbone}", TURNS["whole"], lambda env, w=words: told(w, env))
        )
    busy = QUICK_BUSY if bench.quick else BUSY
    size, evaluations = busy["size"], busy["evaluations"]
    for backbone in whole.REPETITIONS:
        chosen = ["--size", str(size), "--plan", f"{size}:{evaluations}", "--backbone", backbone]
        words = [*paint, *chosen, "--quiet", "-o", start.OUTPUT]
        for count in busy["neighbors"]:
            what = f"{size} pixels, {evaluations} evaluations, {backbone}, beside {count} programs"
            tasks.append((what, TURNS["busy"], lambda env, w=words, n=count: beside(n, w, env)))
    return tasks


def size_of(bench: Bench) -> int:
    """Return the size of the default command's picture."""
    return whole.QUICK_SIZE if bench.quick else whole.SIZE


def told(words: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Return also when the first size was finished, and how right the forecasts were."""
    said = whole.watch(words, environment)
    later = said["forecasts"][1:]
    return {
        **start.timed([*words, "--quiet", "-o", start.OUTPUT], environment),
        "first": said["first"],
        "first_forecast": said["forecasts"][0],
        "least_forecast": min(later),
        "most_forecast": max(later),
    }


def beside(count: int, words: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Return the same, while so many other programs compute."""
    with neighbors(count):
        return start.timed(words, environment)


def combined(runs: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of every number."""
    return {name: summary([each[name] for each in runs])["median"] for name in runs[0]}


def commit(folder: Path) -> str:
    """Return what a checkout is of."""
    done = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "--short", "HEAD"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip() or "unknown"


def page(results: dict[str, Any]) -> str:
    """Return the table."""
    shown = {"seconds": "", "first": ", first picture finished", "peak": ", peak memory"}
    rows = []
    for row in results["rows"]:
        before, after = row["before"], row["after"]
        for name, words in shown.items():
            if name not in before or (name == "peak" and "first" not in before):
                continue
            draw = mebibytes if name == "peak" else lambda value: number(value, "s")
            cells = draw(before[name]), draw(after[name]), ratio(after[name] / before[name])
            rows.append((row["what"] + words, *cells))
        if "first_forecast" in before:
            cells = tuple(forecasts(each) for each in (before, after))
            rows.append(
                (f"{row['what']}, its first forecast over the truth; later ones", *cells, "")
            )
    heads = ("whole process", f"before ({results['commit']})", "after", "after over before")
    return table(heads, rows)


def forecasts(found: dict[str, float]) -> str:
    """Return how right the forecasts were."""
    first, least, most = (ratio(found[f"{name}_forecast"]) for name in ("first", "least", "most"))
    return f"{first}; {least} to {most}"
