"""Part: seconds per evaluation, against the floor that the machine's convolutions set."""

from __future__ import annotations

from typing import Any

from benchmarks.runner import Bench
from benchmarks.tables import number, ratio, spread, table

TITLE = "Cost of an evaluation"
SIZES, QUICK_SIZES = (256, 512, 1024), (256,)
SECONDS, QUICK_SECONDS = 15.0, 5.0
"""How long each is repeated."""

BACKBONES = ("pocket", "vgg19")


def run(bench: Bench) -> dict[str, Any]:
    """Measure the convolution rate, then every network, size and precision."""
    rates = bench.child("rates", precisions=bench.precisions)
    rows = [
        one(bench, backbone, size, precision, rates)
        for backbone in BACKBONES
        for size in (QUICK_SIZES if bench.quick else SIZES)
        for precision in bench.precisions
    ]
    return {"rates": rates, "rows": rows}


def one(
    bench: Bench,
    backbone: str,
    size: int,
    precision: str,
    rates: dict[str, dict[str, float]],
) -> dict[str, Any]:
    """Measure one network at one size in one precision."""
    settings = {"size": size, "precision": precision, "backbone": backbone, "tile": 0}
    seconds = QUICK_SECONDS if bench.quick else SECONDS
    found = bench.child("evaluation", settings=settings, seconds=seconds, **bench.inputs)
    floor = found["operations"] / rates[precision]["best"]
    return {
        "backbone": backbone,
        "size": size,
        "precision": precision,
        "seconds": found["seconds"],
        "operations": found["operations"],
        "floor": floor,
        "ratio": found["seconds"]["median"] / floor,
        "peak": found["peak"],
    }


def page(results: dict[str, Any]) -> str:
    """Return the tables."""
    rates = [
        (precision, number(rows["best"] / 1e9, "GFLOP/s"), max(shapes(rows), key=shapes(rows).get))
        for precision, rows in results["rates"].items()
    ]
    costs = [
        (
            row["backbone"],
            f"{row['size']} px",
            row["precision"],
            spread(row["seconds"]),
            number(row["operations"] / 1e9),
            number(row["floor"], "s"),
            ratio(row["ratio"]),
        )
        for row in results["rows"]
    ]
    return (
        table(("precision", "best rate of a 3x3 convolution", "reached with"), rates)
        + "\n"
        + table(("network", "size", "precision", "an evaluation (quartiles)", "GFLOP of its "
                 "convolutions", "floor", "over the floor"), costs)
    )  # fmt: skip


def shapes(rows: dict[str, float]) -> dict[str, float]:
    """Return the rates without their maximum."""
    return {name: rate for name, rate in rows.items() if name != "best"}
