"""Parts one after another; every part, and every measurement inside of one, can be resumed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.child import FIXED, TASKS
from benchmarks.machine import ROOT, fingerprint

ALWAYS = ("machine", "network")
"""Tasks that are done in every run."""

NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
"""Environment variable under which every process compiles all modules anew."""


class Skip(Exception):
    """A part or a measurement cannot be made here; the message says why."""


@dataclass
class Bench:
    """One run of the benchmark.

    Attributes:
        out: The folder of results.
        shared: The folder of pictures that are not in the repository.
        quick: Whether to use small sizes.
        threads: Processor threads, None for torch's choice.
        again: Whether to measure what has been measured before.
        keep_baselines: Whether ``again`` spares what others' recipes took.
        before: A checkout of an earlier Impasto.
        machine: See `benchmarks.machine.describe`.
    """

    out: Path
    shared: Path
    quick: bool = False
    threads: int | None = None
    again: bool = False
    keep_baselines: bool = False
    before: Path | None = None
    machine: dict[str, Any] = field(default_factory=dict)
    done: set[Path] = field(default_factory=set)

    @property
    def folder(self) -> Path:
        """Where the parts' files are."""
        return self.out / "quick" if self.quick else self.out

    @property
    def partial(self) -> Path:
        """Where single measurements and the baselines' network are kept."""
        return self.out / "partial"

    @property
    def precisions(self) -> list[str]:
        """What the processor computes natively."""
        return ["float32", "bfloat16"] if self.machine.get("native bfloat16") else ["float32"]

    @property
    def inputs(self) -> dict[str, str]:
        """The photograph and the painting, as arguments of a task."""
        from benchmarks.network import pictures

        content, style = pictures(self.shared)
        return {"content": str(content), "style": str(style)}

    def part(self, name: str) -> dict[str, Any] | None:
        """Return the measured results of a part, if they are of this size."""
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    def is_measured(self, name: str) -> bool:
        """Tell whether a part has been measured with these versions on this kind of machine."""
        found = self.part(name)
        return found is not None and identity(found["machine"]) == identity(self.machine)

    def network(self) -> str:
        """Return the path of VGG-19 in a plain file, for the baselines."""
        return str(self.child("network", folder=str(self.partial)))

    def child(self, task: str, **arguments: Any) -> Any:
        """Measure in a fresh process, or take what an interrupted run has measured already.

        Raises:
            Skip: If the process fails.
        """
        path = self.partial / f"{task}-{self._key(task, arguments)}.json"
        if path in self.done or (path.is_file() and task not in ALWAYS and not self._renew(task)):
            return json.loads(path.read_text(encoding="utf-8"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        text = json.dumps(arguments | {"threads": self.threads})
        command = [sys.executable, "-m", "benchmarks.child", task, str(path)]
        done = subprocess.run(
            command, input=text, text=True, cwd=ROOT, env=self.environment(), check=False
        )
        if done.returncode:
            raise Skip(f"{task} ended with exit code {done.returncode}")
        self.done.add(path)
        return json.loads(path.read_text(encoding="utf-8"))

    def _renew(self, task: str) -> bool:
        return self.again and not (self.keep_baselines and task in FIXED)

    def environment(self) -> dict[str, str]:
        """Return the environment of a child process, which has bytecode, as what is installed."""
        more = {} if self.threads is None else {"OMP_NUM_THREADS": str(self.threads)}
        kept = {name: value for name, value in os.environ.items() if name != NO_BYTECODE}
        return {**kept, **more}

    def _key(self, task: str, arguments: dict[str, Any]) -> str:
        module = TASKS[task].partition(":")[0].rpartition(".")[2]
        about: list[Any] = [arguments, identity(self.machine)]
        about.append(fingerprint([ROOT / "benchmarks" / f"{module}.py"]))
        if task not in FIXED:
            about.append(self.machine.get("sources"))
        return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:12]


def compact(text: str) -> str:
    """Put the innermost lists of indented JSON, such as the points of a curve, on a line each."""
    numbers = re.compile(r"\[\s+([-+.\deE,\s]*?)\s+\]")
    return numbers.sub(lambda found: f"[{' '.join(found[1].split())}]", text)


def identity(machine: dict[str, Any]) -> dict[str, Any]:
    """Return what two results must share to be compared: processor, threads and versions."""
    return {key: machine.get(key) for key in ("processor", "threads", "versions")}


def say(text: str) -> None:
    """Print progress."""
    print(text, file=sys.stderr, flush=True)


def write(bench: Bench, name: str, results: dict[str, Any]) -> Path:
    """Write the JSON file of a part, under a temporary name first."""
    path = bench.folder / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(
        {"part": name, "quick": bench.quick, "machine": bench.machine, "results": results},
        indent=1,
        ensure_ascii=False,
    )
    temporary = path.with_suffix(".tmp")
    temporary.write_text(compact(text) + "\n", encoding="utf-8")
    temporary.replace(path)
    return path
