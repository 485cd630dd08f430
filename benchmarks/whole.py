"""Part: the default command from start to end, against the classic recipe."""

from __future__ import annotations

from typing import Any

from benchmarks.convergence import EVALUATIONS, pace
from benchmarks.runner import Bench, say
from benchmarks.start import OUTPUT, wall
from benchmarks.tables import number, ratio, spread, table
from benchmarks.timing import summary

TITLE = "The default command"
SIZE, QUICK_SIZE = 512, 256
REPETITIONS = 3


def run(bench: Bench) -> dict[str, Any]:
    """Time `impasto paint` with the pocket network, and tell what the classic recipe takes."""
    size = QUICK_SIZE if bench.quick else SIZE
    inputs = bench.inputs
    command = ["-m", "impasto", "paint", inputs["content"], inputs["style"], "--quiet"]
    command += ["--size", str(size), "-o", OUTPUT]
    command += [] if bench.threads is None else ["--threads", str(bench.threads)]
    times = []
    before = pace(bench, bench.network(), "classic", size, "before whole")
    for index in range(REPETITIONS):
        times.append(wall(bench, command))
        say(f"  run {index + 1} of {REPETITIONS}: {times[-1]:.1f} s")
    after = pace(bench, bench.network(), "classic", size, "after whole")
    evaluation = (before + after) / 2
    theirs = evaluation * EVALUATIONS["classic"]
    found = summary(times)
    return {
        "size": size,
        "seconds": found,
        "classic": theirs,
        "classic_evaluation": evaluation,
        "ratio": theirs / found["median"],
    }


def page(results: dict[str, Any]) -> str:
    """Return the table."""
    size, times = results["size"], results["seconds"]
    ours = (f"`impasto paint`, {size} px, pocket network, whole process", spread(times), "-")
    theirs = (
        f"classic, {size} px, {EVALUATIONS['classic']} evaluations",
        number(results["classic"], "s"),
        ratio(results["ratio"]),
    )
    return (
        table(("what", "wall time (quartiles)", "over Impasto"), (ours, theirs))
        + f"\nThe classic time is {EVALUATIONS['classic']} times the median of its evaluations "
        f"right before and after, {number(results['classic_evaluation'], 's')}, without loading. "
        "The two do not paint the same picture: the networks and objectives differ.\n"
    )
