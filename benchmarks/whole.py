"""Part: the default command from start to file, and how soon it shows what the picture will be."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.runner import Bench, Skip, say
from benchmarks.tables import ratio, spread, table
from benchmarks.timing import summary

TITLE = "The default command"
SIZE, QUICK_SIZE = 512, 96
REPETITIONS = {"vgg19": 3, "pocket": 3}
QUICK_REPETITIONS = 1

FINISHED = re.compile(r"(?P<size>\d+) px  (?P<count>\d+)/(?P=count)  ")
"""How the command says that it has made all evaluations of a size."""

LEFT = re.compile(r"\d+ px  .* left (?:(?P<hours>\d+):)?(?P<minutes>\d+):(?P<seconds>\d\d)$")
"""How it says how long it will still take."""

OPENING = re.compile(r"\((?P<precision>\w+), threads: ")


def run(bench: Bench) -> dict[str, Any]:
    """Time `impasto paint` with both networks of the package."""
    size = QUICK_SIZE if bench.quick else SIZE
    return {"size": size, "rows": [one(bench, name, size) for name in REPETITIONS]}


def one(bench: Bench, backbone: str, size: int) -> dict[str, Any]:
    """Time the command with one network, every time in a process of its own."""
    runs = []
    for _ in range(QUICK_REPETITIONS if bench.quick else REPETITIONS[backbone]):
        runs.append(watch(command(bench, backbone, size), bench.environment()))
        say(f"  {backbone}: {runs[-1]['seconds']:.1f} s")
    later = [forecast for each in runs for forecast in each["forecasts"][1:]]
    return {
        "backbone": backbone,
        "precision": runs[0]["precision"],
        "first_size": runs[0]["first_size"],
        "first": summary([each["first"] for each in runs]),
        "seconds": summary([each["seconds"] for each in runs]),
        "first_forecast": summary([each["forecasts"][0] for each in runs]),
        "later_forecasts": [min(later), max(later)],
    }


def command(bench: Bench, backbone: str, size: int) -> list[str]:
    """Return the arguments of Python, but for the file to write."""
    threads = [] if bench.threads is None else ["--threads", str(bench.threads)]
    pictures = [bench.inputs["content"], bench.inputs["style"]]
    chosen = ["--size", str(size), "--backbone", backbone, *threads]
    return ["-m", "impasto", "paint", *pictures, *chosen]


def watch(arguments: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """Return what a command takes and says.

    Returns:
        The seconds from its start until its ``first`` size is finished and until its file is;
        the ``precision``; and its ``forecasts`` of all seconds, over what it really took: that of
        the first evaluation, and the others in their order.
    """
    said: list[str] = []
    found: dict[str, Any] = {}
    predicted: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, *arguments, "-o", str(Path(folder) / "out.png")]
        began = time.perf_counter()
        with subprocess.Popen(
            words, env=environment, stderr=subprocess.PIPE, text=True, encoding="utf-8",
            stdout=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            for line in process.stderr or ():
                said.append(line)
                if left := LEFT.search(line.rstrip()):
                    minutes = 60 * int(left["hours"] or 0) + int(left["minutes"])
                    still = 60 * minutes + int(left["seconds"])
                    predicted.append(time.perf_counter() - began + still)
                if (size := FINISHED.match(line)) and not found:
                    found["first"] = time.perf_counter() - began
                    found["first_size"] = int(size["size"])
        found["seconds"] = time.perf_counter() - began
    opening = OPENING.search("".join(said))
    if process.returncode or "first" not in found or opening is None or len(predicted) < 2:
        raise Skip(f"`impasto paint` failed: {''.join(said)[-300:].strip()}")
    forecasts = [seconds / found["seconds"] for seconds in predicted]
    return found | {"precision": opening["precision"], "forecasts": forecasts}


def row(results: dict[str, Any], backbone: str) -> dict[str, Any]:
    """Return what was measured with one network."""
    return next(row for row in results["rows"] if row["backbone"] == backbone)


def page(results: dict[str, Any]) -> str:
    """Return the table."""
    rows = [
        (
            f"`impasto paint --backbone {row['backbone']}`",
            row["precision"],
            f"{row['first_size']} px: {spread(row['first'])}",
            spread(row["seconds"]),
            *forecasts(row),
        )
        for row in results["rows"]
    ]
    heads = (
        "command", "precision", "first picture finished", "whole process (quartiles)",
        "its first forecast, over that", "later ones",
    )  # fmt: skip
    return table(heads, rows) + f"\n{results['size']} px; all else is the default.\n"


def forecasts(row: dict[str, Any]) -> tuple[str, str]:
    """Return how right the first forecast was, and the worst of the others; old files have none."""
    if "first_forecast" not in row:
        return "-", "-"
    least, most = row["later_forecasts"]
    return ratio(row["first_forecast"]["median"]), f"{ratio(least)} to {ratio(most)}"
