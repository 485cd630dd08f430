"""Draw the learning curves of a report: `python -m training.curves REPORT.json OUT.png`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt


def draw(curve: list[dict[str, float]], path: Path) -> None:
    """Draw R² and the Gram error of the student's own heads on validation pictures."""
    minutes = [record["seconds"] / 60 for record in curve]
    layers = [key.removeprefix("val/") for key in curve[-1] if key.startswith("val/")]
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for index, layer in enumerate(layers):
        color = plt.colormaps["viridis"](index / len(layers))
        left.plot(minutes, [record[f"val/{layer}"] for record in curve], color=color, label=layer)
        right.plot(minutes, [record[f"val-gram/{layer}"] for record in curve], color=color)
    left.set(xlabel="minutes on one core", ylabel="R² on validation pictures", ylim=(0.2, 1))
    right.set(xlabel="minutes on one core", ylabel="relative squared Gram error", yscale="log")
    left.legend(ncols=2, fontsize=8)
    for axes in (left, right):
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=110)


def main() -> None:
    """Read the report and draw."""
    source, out = map(Path, sys.argv[1:])
    report = json.loads(source.read_text(encoding="utf-8"))
    draw(report["curve"], out)


if __name__ == "__main__":
    main()
