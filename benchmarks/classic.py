"""Part: Impasto against neural-style-pt, by neural-style-pt's own objective."""

from __future__ import annotations

from typing import Any

from benchmarks import convergence
from benchmarks.runner import Bench

TITLE = "Against neural-style-pt (classic)"
page = convergence.page


def run(bench: Bench) -> dict[str, Any]:
    """Measure both sides."""
    return convergence.compare(bench, "classic")
