"""One measurement in a fresh process: `python -m benchmarks.child TASK RESULT.json < arguments`."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from impasto.machine import keep_freed_memory

TASKS = {
    "machine": "benchmarks.machine:describe",
    "network": "benchmarks.network:write",
    "rates": "benchmarks.floor:rates",
    "evaluation": "benchmarks.ours:evaluation",
    "descent": "benchmarks.ours:descent",
    "steady": "benchmarks.ours:steady",
    "memory": "benchmarks.ours:memory",
    "nothing": "benchmarks.ours:nothing",
    "baseline": "benchmarks.baselines:run",
    "pace": "benchmarks.pace:pace",
    "networks": "benchmarks.networks:paint",
}
"""Task to ``"module:function"``; the function takes keywords and returns what JSON can hold."""

FIXED = ("rates", "baseline")
"""Tasks that run none of Impasto's own code but the reading of pictures."""


def perform(task: str, arguments: dict[str, Any]) -> Any:
    """Run a task in this process."""
    if task not in ("baseline", "pace"):  # Impasto's own program does so; others do not
        keep_freed_memory()
    threads = arguments.pop("threads", None)
    if threads is not None:
        import torch

        torch.set_num_threads(threads)
    module, _, function = TASKS[task].partition(":")
    return getattr(importlib.import_module(module), function)(**arguments)


def main() -> None:
    """Read the arguments from standard input, write the result."""
    task, result = sys.argv[1:]
    found = perform(task, json.load(sys.stdin))
    Path(result).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
