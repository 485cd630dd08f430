"""Part: how well the pocket network stands in for VGG-19, by the training program's own measure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.network import REAL
from benchmarks.runner import Bench, Skip
from benchmarks.tables import number, table

TITLE = "The pocket network beside VGG-19"
NEEDED = (
    f"weights/{REAL}",
    "weights/collaborative_distillation_5se.safetensors",
    "images/content/tubingen.jpg",
    "images/train",
)
TEACHER = {"relu1_1": 0.98, "relu2_1": 0.91, "relu3_1": 0.85, "relu3_3": 0.82}
DEEP = {"relu4_1": 0.82, "relu4_2": 0.78, "relu5_1": 0.60}
RATIO, BYTES = 1.6, 2e6
CHEAPER = {"float32": 8.0, "bfloat16": 7.0}


def run(bench: Bench) -> dict[str, Any]:
    """Measure in a process of its own; the quick run leaves out what takes minutes."""
    missing = [name for name in NEEDED if not (bench.shared / name).exists()]
    if missing:
        raise Skip(f"there is no {missing[0]} among the shared files")
    return bench.child(
        "pocket_quality",
        shared=str(bench.shared),
        cache=str(bench.partial / "judge"),
        quick=bench.quick,
        precisions=bench.precisions,
    )


def measure(shared: str, cache: str, quick: bool, precisions: list[str]) -> dict[str, Any]:
    """Call the evaluation of the training program."""
    from training import evaluate

    from impasto.backbones.pocket import WEIGHTS

    network = evaluate.pocket()
    weights, images = Path(shared) / "weights", Path(shared) / "images"
    cost = evaluate.cost(network, **({"side": 256} if quick else {}))
    found: dict[str, Any] = {
        "bytes": WEIGHTS.stat().st_size,
        "side": cost["side"],
        "cost": {precision: cost[precision] for precision in precisions},
    }
    if not quick:
        found["r2"] = evaluate.linear_maps(network, weights, images, seed=1)
        found["judge"] = evaluate.judge(network, weights, images, Path(cache))
    return found


def page(results: dict[str, Any]) -> str:
    """Return what was measured beside the goals of the project."""
    rows = [("bytes of the weight file", f"{results['bytes']}", f"at most {BYTES:.0f}")]
    for precision, cost in results["cost"].items():
        what = f"VGG-19's cost over its own, {results['side']} px, {precision}"
        rows.append((what, number(cost["ratio"]), f"at least {CHEAPER[precision]:g}"))
    r2 = results.get("r2")
    goals = {f"teacher/{layer}": goal for layer, goal in TEACHER.items()}
    goals |= {f"5SE max pooling/{layer}": goal for layer, goal in DEEP.items()}
    for key, goal in goals.items():
        value = f"{r2[key]['all']:.3f}" if r2 and key in r2 else "not measured"
        rows.append((f"R² to {key}", value, f"at least {goal:.2f}"))
    judged = results.get("judge")
    value = number(judged["mean_ratio"]) if judged else "not measured"
    rows.append(("loss under VGG-19, over that of a direct run", value, f"at most {RATIO:g}"))
    return table(("what", "measured", "goal"), rows)
