"""Part: peak memory of whole runs, each in a process of its own."""

from __future__ import annotations

from typing import Any

from benchmarks.convergence import QUICK_SIZE, SIZE, recipe
from benchmarks.evaluation import BACKBONES
from benchmarks.runner import Bench, Skip, say
from benchmarks.tables import mebibytes, number, ratio, table

TITLE = "Peak memory of a whole run"
SIZES, QUICK_SIZES = (512, 1024, 2048), (QUICK_SIZE, 256)

EVALUATIONS = 12
"""Enough to fill Impasto's default history of 10 steps."""


def run(bench: Bench) -> dict[str, Any]:
    """Measure an idle process, every size whole and in tiles, and the classic recipe."""
    idle = bench.child("nothing")["peak"]
    rows = [
        one(bench, backbone, size, tile, idle)
        for backbone in BACKBONES
        for size in (QUICK_SIZES if bench.quick else SIZES)
        for tile in (0, size // 2 if size <= 512 else 512)
    ]
    return {
        "idle": idle,
        "rows": rows,
        "classic": classic(bench, idle),
    }


def one(bench: Bench, backbone: str, size: int, tile: int, idle: int) -> dict[str, Any]:
    """Measure one run; a run that fails, for want of memory perhaps, is a result, too."""
    settings = {"size": size, "plan": f"{size}:{EVALUATIONS}", "tile": tile, "backbone": backbone}
    row: dict[str, Any] = {"backbone": backbone, "size": size, "tile": tile}
    try:
        found = bench.child("memory", settings=settings, **bench.inputs)
    except Skip as reason:
        say(f"  {backbone}, {size} px: {reason}")
        return row | {"failed": str(reason)}
    kept = {key: found[key] for key in ("peak", "estimate", "pixels", "evaluation")}
    per_pixel = (found["peak"] - idle) / found["pixels"]
    return {**row, "precision": found["settings"]["precision"], **kept, "per_pixel": per_pixel}


def classic(bench: Bench, idle: int) -> dict[str, Any]:
    """Return what the classic recipe took in its whole run."""
    found, size = recipe(bench, "classic"), QUICK_SIZE if bench.quick else SIZE
    pixels = found["shape"][0] * found["shape"][1]
    per_pixel = (found["peak"] - idle) / pixels
    return {"size": size, "peak": found["peak"], "pixels": pixels, "per_pixel": per_pixel}


def same_size(results: dict[str, Any]) -> dict[str, Any] | None:
    """Return Impasto's untiled VGG-19 run at the size of the classic one."""
    for row in results["rows"]:
        if (row["backbone"], row["size"], row["tile"]) == ("vgg19", results["classic"]["size"], 0):
            return None if "failed" in row else row
    return None


def further(smaller: dict[str, Any] | None, row: dict[str, Any]) -> str:
    """Return the bytes for each pixel that a run has more than a smaller one."""
    if smaller is None:
        return "-"
    return number((row["peak"] - smaller["peak"]) / (row["pixels"] - smaller["pixels"]))


def page(results: dict[str, Any]) -> str:
    """Return the table."""
    idle, rows = results["idle"], []
    smaller: dict[tuple[str, bool], dict[str, Any]] = {}
    for row in results["rows"]:
        tiles = f"tiles of {row['tile']} px" if row["tile"] else "whole"
        start = (f"Impasto, {row['backbone']}", f"{row['size']} px", tiles)
        if "failed" in row:
            rows.append((*start, "-", row["failed"], "-", "-", "-", "-"))
            continue
        series = (row["backbone"], row["tile"] > 0)
        more = further(smaller.get(series), row)
        smaller[series] = row
        own = row["peak"] - idle
        rows.append((*start, row["precision"], mebibytes(row["peak"]), mebibytes(own),
                     number(row["per_pixel"]), more, ratio(own / row["estimate"])))  # fmt: skip
    other = results["classic"]
    rows.append(("classic, vgg19", f"{other['size']} px", "whole", "float32",
                 mebibytes(other["peak"]), mebibytes(other["peak"] - idle),
                 number(other["per_pixel"]), "-", "-"))  # fmt: skip
    heads = ("run", "size", "evaluated", "precision", "peak", "over the idle process",
             "bytes per pixel", "per further pixel", "over Impasto's own estimate")  # fmt: skip
    return (
        table(heads, rows)
        + f"\nAn idle process, which has imported everything and done nothing, takes "
        f"{mebibytes(idle)}. Bytes per pixel are what is over that, the network included; a "
        "further pixel is one that a run has more than the next smaller one.\n"
    )
