"""Part: time until a loss is reached, against neural-style-pt's and Gatys's recipes."""

from __future__ import annotations

from typing import Any

from benchmarks.evaluation import source
from benchmarks.runner import Bench
from benchmarks.tables import number, ratio, table

TITLE = "Time until a loss is reached"
SIZE, QUICK_SIZE = 512, 256
EVALUATIONS = {"classic": 1000, "gatys2016": 500}
QUICK_EVALUATIONS = {"classic": 150, "gatys2016": 75}
LEVELS = (1.01, 1.0, 0.99)
"""Multiples of the loss that the baseline reaches."""

OBJECTIVES = {
    "classic": {"normalization": "neural-style", "tv": "absolute", "pooling": "max"},
    "gatys2016": {"normalization": "gatys2016", "pooling": "max", "tv_weight": 0},
}
"""Impasto's settings for the same objective; the weights come with the normalization."""

RUNS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "one size": {"levels": 1, "iterations": 600, "history": 40},
}
"""Impasto's ways to paint; everything else is its default. The quick run has the first only."""


def run(bench: Bench) -> dict[str, Any]:
    """Measure both baselines, and Impasto with the objective of each."""
    network = bench.network()
    content, style = bench.inputs["content"], bench.inputs["style"]
    compared = {name: compare(bench, network, name) for name in EVALUATIONS}
    return {
        "network": network["what"],
        "pictures": [content.replace("\\", "/").rpartition("/")[2],
                     style.replace("\\", "/").rpartition("/")[2]],
        **compared,
    }  # fmt: skip


def compare(bench: Bench, network: dict[str, str], name: str) -> dict[str, Any]:
    """Measure one baseline and Impasto's runs with its objective."""
    size = QUICK_SIZE if bench.quick else SIZE
    evaluations = (QUICK_EVALUATIONS if bench.quick else EVALUATIONS)[name]
    theirs = bench.child(
        "baseline",
        name=name,
        size=size,
        evaluations=evaluations,
        weights=network["path"],
        **bench.inputs,
    )
    loss = min(value for _, value in theirs["curve"])
    curve = [(index, *entry) for index, entry in enumerate(theirs["curve"], start=1)]
    found = {
        "size": size,
        "evaluations": len(curve),
        "loss": loss,
        "clipped": theirs["clipped"],
        "seconds": curve[-1][1],
        "evaluation": theirs["evaluation"],
        "reached": reached(curve, loss),
        "curve": thin(curve),
    }
    runs = {}
    for label, more in list(RUNS.items())[: 1 if bench.quick else None]:
        settings = {"size": size, **source(network, "vgg19"), **OBJECTIVES[name], **more}
        before = pace(bench, network, name, size, f"before {label}")
        ours = bench.child(
            "descent", settings=settings, objective=name, weights=network["path"], **bench.inputs
        )
        after = pace(bench, network, name, size, f"after {label}")
        runs[label] = {
            "beside": (before + after) / 2,
            "seconds": ours["curve"][-1][1],
            "loss": min(entry[2] for entry in ours["curve"]),
            "clipped": ours["clipped"],
            "prepare": ours["prepare"],
            "settings": ours["settings"],
            "reached": reached(ours["curve"], loss),
            "curve": thin(ours["curve"]),
        }
    return {"baseline": found, "impasto": runs, "sources": bench.machine.get("sources")}


def pace(bench: Bench, network: dict[str, str], name: str, size: int, moment: str) -> float:
    """Return the seconds that an evaluation of a baseline takes at a moment."""
    found = bench.child(
        "pace", name=name, size=size, weights=network["path"], moment=moment, **bench.inputs
    )
    return float(found["median"])


def reached(curve: list[Any], loss: float) -> dict[str, Any]:
    """Return evaluations and seconds after which each multiple of a loss was reached, or None.

    Args:
        curve: Evaluations at the final size, seconds, loss.
        loss: That of the baseline.
    """
    found: dict[str, Any] = {}
    for level in LEVELS:
        hits = [entry for entry in curve if entry[2] <= level * loss]
        found[f"{level:.2f}"] = {"evaluations": hits[0][0], "seconds": hits[0][1]} if hits else None
    return found


def thin(curve: list[Any], most: int = 60) -> list[Any]:
    """Return at most about ``most`` points of a curve, the last one included."""
    step = -(-len(curve) // most)
    return [entry for i, entry in enumerate(curve) if i % step == 0 or i == len(curve) - 1]


def speedup(compared: dict[str, Any], level: str) -> float | None:
    """Return the baseline's whole time over that of Impasto's fastest run to a level."""
    base, runs = compared["baseline"], compared["impasto"].values()
    ratios = [
        whole_time(base, run) / run["reached"][level]["seconds"]
        for run in runs
        if run["reached"][level]
    ]
    return max(ratios, default=None)


def whole_time(base: dict[str, Any], side: dict[str, Any]) -> float:
    """Return what the baseline's whole run takes while the machine is as fast as beside a run."""
    beside = side.get("beside", base["evaluation"]["median"])
    return base["seconds"] * beside / base["evaluation"]["median"]


def page(results: dict[str, Any]) -> str:
    """Return a table for each baseline."""
    text = (
        f"Photograph and painting: {', '.join(results['pictures'])}. "
        f"The network is {results['network']}.\n"
    )
    for name in EVALUATIONS:
        base = results[name]["baseline"]
        text += (
            f"\n**{name}** at {base['size']} px, {base['evaluations']} evaluations of "
            f"{number(base['evaluation']['median'], 's')}: loss L = {base['loss']:.5g} after "
            f"{number(base['seconds'], 's')} (Impasto's sources {results[name]['sources']}).\n\n"
            + table(*rows(results[name]))
        )
    return text


def rows(compared: dict[str, Any]) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return heads and rows of the table for one baseline."""
    base = compared["baseline"]
    sides = {"the baseline itself": base}
    sides |= {f"Impasto, {label}": run for label, run in compared["impasto"].items()}
    heads = ("run", *(f"to {level:.2f} L" for level in LEVELS), "whole run",
             "an evaluation of the baseline beside it", "lowest loss",
             "final loss, clipped to [0, 1]", "precision", "sizes")  # fmt: skip
    lines = []
    for label, side in sides.items():
        cells = []
        for hit in side["reached"].values():
            cells.append(time_to(hit, whole_time(base, side)) if hit else "not reached")
        settings = side.get("settings", {})
        sizes = ", ".join(f"{size}: {count}" for size, count in settings.get("plan", ()))
        beside = side.get("beside")
        lines.append((label, *cells, number(side["seconds"], "s"),
                      number(beside, "s") if beside else "-",
                      f"{side['loss'] / base['loss']:.3f} L",
                      f"{side['clipped'] / base['loss']:.3f} L",
                      settings.get("precision", "float32"),
                      sizes or f"{base['size']}: {base['evaluations']}"))  # fmt: skip
    return heads, lines


def time_to(hit: dict[str, Any], whole: float) -> str:
    """Return seconds, and how often they fit into the baseline's whole time."""
    return f"{number(hit['seconds'], 's')} ({ratio(whole / hit['seconds'])})"
