"""Part: a picture larger than the memory allowed, with VGG-19."""

from __future__ import annotations

from typing import Any

from benchmarks.memory import EVALUATIONS
from benchmarks.runner import Bench, Skip
from benchmarks.tables import mebibytes, number, ratio, table

TITLE = "A large picture in little memory"
SIZE, LIMIT = 4096, 6
"""Pixels of the long side, and GiB."""

SMALL = 512
"""The size whose untiled evaluation is compared, pixel by pixel."""


def run(bench: Bench) -> dict[str, Any]:
    """Paint until the optimizer's history is full, within the limit; not in the quick run."""
    if bench.quick:
        raise Skip("it takes twenty minutes: only in the full run")
    vgg = {"backbone": "vgg19"}
    settings = {"size": SIZE, "plan": f"{SIZE}:{EVALUATIONS}", "memory": LIMIT, **vgg}
    large = bench.child("memory", settings=settings, **bench.inputs)
    small = bench.child("evaluation", settings={"size": SMALL, "tile": 0, **vgg}, **bench.inputs)
    per_pixel = small["seconds"]["median"] / small["pixels"]
    return {
        **{key: large[key] for key in ("peak", "estimate", "pixels", "evaluation", "settings")},
        "cost_per_pixel": large["evaluation"] / large["pixels"] / per_pixel,
    }


def page(results: dict[str, Any]) -> str:
    """Return the table."""
    settings = results["settings"]
    row = (
        f"{SIZE} px, {results['pixels'] / 1e6:.1f} million pixels",
        settings["precision"],
        f"{settings['tile']} px",
        settings["history"],
        mebibytes(results["peak"]),
        number(results["evaluation"], "s"),
        ratio(results["cost_per_pixel"]),
    )
    heads = ("size", "precision", "tiles", "history", "peak of the process", "an evaluation",
             f"per pixel, over {SMALL} px untiled")  # fmt: skip
    return (
        table(heads, [row])
        + f"\nAllowed were {LIMIT} GiB (`memory={LIMIT}`); the tile was chosen by Impasto. The "
        "gradient in tiles equals the untiled one: `tests/unit/objective/test_tiled.py` holds it "
        "to that.\n"
    )
