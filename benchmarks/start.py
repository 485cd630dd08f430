"""Part: what has to be waited for before anything happens."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.runner import Bench, Skip
from benchmarks.tables import spread, table
from benchmarks.timing import MAXRSS_UNIT, summary

TITLE = "Start"
REPETITIONS = 5
OUTPUT = "OUTPUT"


def commands(content: str, style: str) -> dict[str, list[str]]:
    """Return what is timed: what it is called, and the arguments of Python."""
    small = ["--size", "64", "--iterations", "1", "--levels", "1", "--quiet", "-o", OUTPUT]
    return {
        "python -c pass": ["-c", "pass"],
        "import impasto": ["-c", "import impasto"],
        "import torch": ["-c", "import torch"],
        "impasto --help": ["-m", "impasto", "--help"],
        "impasto paint, 64 px, 1 evaluation": ["-m", "impasto", "paint", content, style, *small],
    }


def run(bench: Bench) -> dict[str, Any]:
    """Time every command after one for warming up the file cache."""
    found = {}
    for name, arguments in commands(**bench.inputs).items():
        wall(bench, arguments)
        found[name] = summary([wall(bench, arguments) for _ in range(REPETITIONS)])
    return found


def wall(bench: Bench, arguments: list[str]) -> float:
    """Return the seconds that a fresh Python takes for ``arguments``."""
    return timed(arguments, bench.environment())["seconds"]


def timed(arguments: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Return the ``seconds`` that a fresh Python takes, and its ``peak`` of memory in bytes."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        output = str(Path(folder) / "out.png")
        command = [sys.executable, *(output if word == OUTPUT else word for word in arguments)]
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        if process.returncode:
            words = said.read().decode(errors="replace").strip()[-300:]
            raise Skip(f"`{' '.join(arguments[:3])}` failed: {words}")
    return {"seconds": seconds, "peak": float(used.ru_maxrss * MAXRSS_UNIT)}


def page(results: dict[str, Any]) -> str:
    """Return the table."""
    return table(
        ("command", "wall time (quartiles)"),
        [(f"`{name}`", spread(times)) for name, times in results.items()],
    )
