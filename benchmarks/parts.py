"""The parts of the benchmark by name, in the order in which they run and are shown."""

from __future__ import annotations

import importlib
from typing import Any, Protocol, cast

from benchmarks.runner import Bench


class Part(Protocol):
    """What the module of a part has."""

    TITLE: str

    def run(self, bench: Bench) -> dict[str, Any]:
        """Measure, and return what goes into the JSON file; raise `Skip` where it cannot be."""

    def page(self, results: dict[str, Any]) -> str:
        """Return the results as Markdown."""


PARTS = {
    "whole": "benchmarks.whole",
    "baselines": "benchmarks.classic",
    "gatys2016": "benchmarks.gatys2016",
    "start": "benchmarks.start",
    "busy": "benchmarks.busy",
    "evaluation": "benchmarks.evaluation",
    "scaling": "benchmarks.scaling",
    "memory": "benchmarks.memory",
    "large": "benchmarks.large",
    "before": "benchmarks.before",
}
"""Name to module; what matters most comes first."""


def load(name: str) -> Part:
    """Import the module of a part."""
    return cast(Part, importlib.import_module(PARTS[name]))
