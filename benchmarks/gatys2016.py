"""Part: Impasto against Gatys's PyTorch recipe, by that recipe's own objective."""

from __future__ import annotations

from typing import Any

from benchmarks import convergence
from benchmarks.runner import Bench

TITLE = "Against Gatys's own recipe (gatys2016)"
page = convergence.page


def run(bench: Bench) -> dict[str, Any]:
    """Measure both sides."""
    return convergence.compare(bench, "gatys2016")
