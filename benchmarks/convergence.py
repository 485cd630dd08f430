"""When Impasto's picture is as good as the one that another recipe leaves, by that recipe's loss.

Two losses are compared. The loss of the *file* is that of the picture in 8 bits, which is all that
anybody will see. The *unclipped* one is that of the numbers an optimizer without bounds holds, some
of them blacker than black: what the recipe reports, and no file can show.

How far a recipe comes does not depend on how busy the machine is, so it may be painted at any time.
How long it takes does: that is told by a few of its evaluations right before and after each of
Impasto's runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.runner import Bench
from benchmarks.tables import number, ratio, table

SIZE, QUICK_SIZE = 512, 96
EVALUATIONS = {"classic": 1000, "gatys2016": 500}
QUICK_EVALUATIONS = 40

WITHIN = 1.01
"""Impasto's unclipped loss is as low as the recipe's from this multiple of it on."""

OBJECTIVES: dict[str, dict[str, Any]] = {
    "classic": {"normalization": "neural-style", "tv": "absolute", "pooling": "max"},
    "gatys2016": {"normalization": "gatys2016", "pooling": "max", "tv_weight": 0},
}
"""Impasto's settings for the same objective; the weights come with the normalization."""

DEFAULTS, STRAIGHT, UNBOUNDED = "defaults", "one size", "one size, without bounds"

RUNS: dict[str, dict[str, Any]] = {
    DEFAULTS: {"optimizer": "lbfgsb"},
    STRAIGHT: {"optimizer": "lbfgsb", "levels": 1, "iterations": 100, "continuation": 0},
    UNBOUNDED: {"optimizer": "lbfgs", "levels": 1, "iterations": 600, "history": 40},
}
"""Impasto's ways to paint; everything else is its default. Coarser sizes and stages are for the
picture: to a high loss like that of classic's file, the straight way is the shortest."""

ENOUGH = {STRAIGHT: ("file", 0.95), UNBOUNDED: ("loss", 0.98)}
"""Where a run stops early, as a multiple of one of the baseline's losses: what is asked of it has
been answered there."""

Point = Sequence[Any]
"""Evaluations at the final size, seconds, unclipped loss, loss of the file."""


def recipe(bench: Bench, name: str) -> dict[str, Any]:
    """Return what a baseline leaves, see `benchmarks.baselines.run`."""
    return bench.child(
        "baseline",
        name=name,
        size=QUICK_SIZE if bench.quick else SIZE,
        evaluations=QUICK_EVALUATIONS if bench.quick else EVALUATIONS[name],
        weights=bench.network(),
        **bench.inputs,
    )


def compare(bench: Bench, name: str) -> dict[str, Any]:
    """Measure one baseline, and Impasto's runs with its objective."""
    theirs = recipe(bench, name)
    base = {
        "size": QUICK_SIZE if bench.quick else SIZE,
        "evaluations": len(theirs["curve"]),
        "loss": min(loss for _, loss in theirs["curve"]),
        "file": theirs["file"],
        "curve": thin([(index, *point) for index, point in enumerate(theirs["curve"], start=1)]),
    }
    return {
        "name": name,
        "pictures": [picture.replace("\\", "/").rpartition("/")[2]
                     for picture in bench.inputs.values()],
        "baseline": base,
        "impasto": {label: descent(bench, name, base, label) for label in RUNS},
        "sources": bench.machine.get("sources"),
    }  # fmt: skip


def descent(bench: Bench, name: str, base: Mapping[str, Any], label: str) -> dict[str, Any]:
    """Measure one of Impasto's runs between two looks at how fast the baseline is."""
    settings = {"size": base["size"], "backbone": "vgg19", **OBJECTIVES[name], **RUNS[label]}
    what, multiple = ENOUGH.get(label, ("loss", 0.0))
    before = pace(bench, name, base["size"], f"before {label}")
    ours = bench.child(
        "descent",
        settings=settings,
        objective=name,
        weights=bench.network(),
        every=5 if label == UNBOUNDED else 1,
        enough=multiple * base[what],
        **bench.inputs,
    )
    after = pace(bench, name, base["size"], f"after {label}")
    curve = ours["curve"]
    return {
        "beside": (before + after) / 2,
        "seconds": curve[-1][1],
        "loss": min(point[2] for point in curve),
        "file": ours["file"],
        "prepare": ours["prepare"],
        "settings": ours["settings"],
        "reached": reached(curve, base),
        "curve": thin(curve),
    }


def pace(bench: Bench, name: str, size: int, moment: str) -> float:
    """Return the seconds that an evaluation of a baseline takes at a moment."""
    found = bench.child(
        "pace", name=name, size=size, weights=bench.network(), moment=moment, **bench.inputs
    )
    return float(found["median"])


def reached(curve: Sequence[Point], base: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the seconds until the baseline's file was beaten, and until its loss was reached."""
    file = (seconds for _, seconds, _, file in curve if file < base["file"])
    loss = (seconds for _, seconds, loss, _ in curve if loss <= WITHIN * base["loss"])
    return {"file": next(file, None), "loss": next(loss, None)}


def thin(curve: Sequence[Point], most: int = 60) -> list[Point]:
    """Return at most about ``most`` points of a curve, the last one included."""
    step = -(-len(curve) // most)
    return [point for at, point in enumerate(curve) if at % step == 0 or at == len(curve) - 1]


def whole_time(base: Mapping[str, Any], run: Mapping[str, Any]) -> float:
    """Return what the baseline's evaluations take while the machine is as fast as beside a run."""
    return base["evaluations"] * run["beside"]


def soonest(results: Mapping[str, Any], what: str) -> tuple[float, dict[str, Any]] | None:
    """Return how often the shortest time to ``what`` fits into the baseline's, and whose it is.

    Args:
        results: Of this part.
        what: ``"file"`` or ``"loss"``, see `reached`.
    """
    found = [
        (whole_time(results["baseline"], run) / run["reached"][what], run)
        for run in results["impasto"].values()
        if run["reached"][what]
    ]
    return max(found, key=lambda each: each[0], default=None)


def page(results: Mapping[str, Any]) -> str:
    """Return the table for one baseline."""
    base = results["baseline"]
    return (
        f"{', '.join(results['pictures'])}; {base['size']} px. Of {base['evaluations']} "
        f"evaluations, **{results['name']}** reports a loss of {base['loss']:.5g} and leaves a "
        f"file with one of {base['file']:.5g}. Impasto's sources: {results['sources']}.\n\n"
        + table(HEADS, [row(results, label) for label in results["impasto"]])
    )


HEADS = ("Impasto", "its file is better after", "its unclipped loss is within 1 % after",
         "whole run", "its file's loss, over the baseline's", "its lowest unclipped loss, likewise",
         "the baseline, all evaluations", "one of them, beside this run", "optimizer", "precision",
         "sizes")  # fmt: skip


def row(results: Mapping[str, Any], label: str) -> tuple[object, ...]:
    """Return the row of one of Impasto's runs."""
    base, run = results["baseline"], results["impasto"][label]
    settings, whole = run["settings"], whole_time(base, run)
    return (
        label,
        *(time_to(run["reached"][what], whole) for what in ("file", "loss")),
        number(run["seconds"], "s"),
        f"{run['file'] / base['file']:.3f}",
        f"{run['loss'] / base['loss']:.3f}",
        number(whole, "s"),
        number(run["beside"], "s"),
        settings["optimizer"],
        settings["precision"],
        ", ".join(f"{size}: {count}" for size, count in settings["plan"]),
    )


def time_to(seconds: float | None, whole: float) -> str:
    """Return seconds, and how often they fit into the baseline's whole time."""
    return f"{number(seconds, 's')} ({ratio(whole / seconds)})" if seconds else "not reached"
