"""Part: how the time of a tiled evaluation grows with the number of pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from benchmarks.runner import Bench
from benchmarks.tables import mebibytes, number, spread, table

TITLE = "Growth with the number of pixels"
SIZES, TILE = (1024, 2048, 3072, 4096), 512
QUICK_SIZES, QUICK_TILE = (512, 1024), 256


def run(bench: Bench) -> dict[str, Any]:
    """Measure sizes from small to large, all in tiles of one side."""
    tile, rows = QUICK_TILE if bench.quick else TILE, []
    for size in QUICK_SIZES if bench.quick else SIZES:
        settings = {"size": size, "tile": tile, "backbone": "pocket"}
        found = bench.child("evaluation", settings=settings, least=3, seconds=5.0, **bench.inputs)
        rows.append({"size": size, **{key: found[key] for key in ("pixels", "seconds", "peak")}})
    pixels, times = [r["pixels"] for r in rows], [r["seconds"]["median"] for r in rows]
    return {
        "tile": tile,
        "precision": found["settings"]["precision"],
        "rows": rows,
        "exponent": exponent(pixels, times),
    }


def exponent(pixels: Sequence[float], times: Sequence[float]) -> float:
    """Return the slope of the straight line through logarithms, by least squares.

    Example:
        >>> round(exponent([1, 10, 100], [3, 30, 300]), 6)
        1.0
    """
    x, y = [math.log(p) for p in pixels], [math.log(t) for t in times]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    over = sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True))
    return over / sum((a - mx) ** 2 for a in x)


def page(results: dict[str, Any]) -> str:
    """Return the table."""
    rows = [
        (
            f"{row['size']} px",
            number(row["pixels"] / 1e6),
            spread(row["seconds"]),
            number(row["seconds"]["median"] / row["pixels"] * 1e6, "s"),
            mebibytes(row["peak"]),
        )
        for row in results["rows"]
    ]
    heads = ("size", "million pixels", "an evaluation (quartiles)", "per million pixels", "peak")
    return (
        table(heads, rows)
        + f"\nPocket network, {results['precision']}, tiles of {results['tile']} px. Time grows "
        f"with pixels to the power of {results['exponent']:.3f}.\n"
    )
