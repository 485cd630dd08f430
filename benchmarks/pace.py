"""How fast the machine is at a moment, told by evaluations of a baseline."""

from __future__ import annotations

from typing import Any

from benchmarks.baselines import run


def pace(
    name: str, content: str, style: str, weights: str, size: int, moment: str, evaluations: int = 12
) -> dict[str, Any]:
    """Time a few evaluations of a recipe, to see how fast the machine is.

    ``moment`` tells when that is, which keeps the results of several moments apart.
    """
    return run(name, content, style, weights, size, evaluations)["evaluation"]
