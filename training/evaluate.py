"""Measure a pocket network against its goals and write a report. `python -m training.evaluate -h`.

1. R² of the best linear map from the projections to all channels of a teacher, fitted on training
   pictures, measured on 100 photographs of BSDS and 20 held-out paintings.
2. The ratio of losses under the true VGG-19, see `training.judge`.
3. Bytes, parameters, and milliseconds per evaluation.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor

from impasto.backbones.pocket import PROJECTIONS, WEIGHTS
from training.cost import cost
from training.data import split
from training.judge import judge, picture, pocket
from training.losses import solve_head
from training.student import with_one
from training.teachers import DEEP_LAYERS, LAYERS, Encoder5SE, Teachers, rows

GOALS = {
    "relu1_1": 0.98,
    "relu2_1": 0.91,
    "relu3_1": 0.85,
    "relu3_3": 0.82,
    "relu4_1": 0.82,
    "relu4_2": 0.78,
    "relu5_1": 0.60,
    "mean_ratio": 1.6,
}


class Sums:
    """Second moments of features with a one, and of a teacher, summed over pictures."""

    def __init__(self) -> None:
        self.S: Tensor = torch.zeros(())
        self.X: Tensor = torch.zeros(())
        self.square, self.mean, self.pictures = 0.0, torch.zeros(()), 0

    def add(self, f: Tensor, t: Tensor) -> None:
        """Add one picture: `f` `(N, c + 1)` and `t` `(N, C)`."""
        self.S = self.S + (f.T @ f / len(f)).double()
        self.X = self.X + (f.T @ t / len(f)).double()
        self.square += float(t.double().square().sum() / len(t))
        self.mean = self.mean + t.double().mean(0)
        self.pictures += 1

    def r_squared(self, head: Tensor) -> float:
        """Return `1 - E|f head - t|² / Var t`."""
        H = head.double()
        error = self.square - 2 * (self.X * H).sum() + (self.S @ H * H).sum()
        variance = self.square - self.mean.square().sum() / self.pictures
        return float(1 - error / variance)


@torch.no_grad()
def collect(network, teachers: dict, files: Iterable[Path], side: int) -> dict[str, Sums]:
    """Return sums over pictures for each teacher layer, keyed `teacher/layer`."""
    sums: dict[str, Sums] = {}
    for path in files:
        image = picture(path, side)
        image = image[..., : image.shape[2] // 16 * 16, : image.shape[3] // 16 * 16]
        features = network(image, network.layers)
        for teacher, (function, layers) in teachers.items():
            for layer, target in function(image, layers).items():
                key = f"{teacher}/{layer}"
                f = with_one(rows(features[layer]))[0]
                sums.setdefault(key, Sums()).add(f, rows(target)[0])
    return sums


def linear_maps(network, weights: Path, images: Path, seed: int, side: int = 256) -> dict:
    """Return R² on the validation pictures for each teacher and layer."""
    files = split(images, seed)
    teachers = Teachers(weights, "avg", torch.float32)
    batch = [picture(path, 320)[..., :192, :192] for path in files["photos"][::8]]
    teachers.deep.calibrate(torch.cat([p for p in batch if p.shape[2:] == (192, 192)]))
    native = Encoder5SE(weights / "collaborative_distillation_5se.safetensors", "max")
    functions = {"teacher": (teachers.raw, LAYERS), "5SE max pooling": (native, DEEP_LAYERS)}
    fitted = collect(network, functions, files["photos"][::3] + files["paintings"][::2], side)
    report: dict[str, dict[str, float]] = {}
    held = {"photos": files["validation_photos"], "paintings": files["validation_paintings"]}
    parts = {name: collect(network, functions, paths, side) for name, paths in held.items()}
    for key, sums in fitted.items():
        head = solve_head(sums.S / sums.pictures, sums.X / sums.pictures, 1e-6)
        both = Sums()
        row = {}
        for name, measured in parts.items():
            row[name] = round(measured[key].r_squared(head), 4)
            both.S, both.X = both.S + measured[key].S, both.X + measured[key].X
            both.square += measured[key].square
            both.mean = both.mean + measured[key].mean
            both.pictures += measured[key].pictures
        report[key] = {"all": round(both.r_squared(head), 4), **row}
    return report


def curve(lines: list[dict[str, float]]) -> list[dict[str, float]]:
    """Return the validation records of a training log, at most about sixty of them."""
    # By step, since a run that was resumed repeats the steps after its last checkpoint.
    records = {line["step"]: line for line in lines if "val/relu1_1" in line}
    steps = sorted(records)
    return [records[step] for step in steps[:: max(1, len(steps) // 60)]]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure a pocket network; print and keep it.")
    parser.add_argument("--weights", type=Path, default=Path("../shared/weights"))
    parser.add_argument("--images", type=Path, default=Path("../shared/images"))
    parser.add_argument("--run", type=Path, default=Path("../train-runs/pocket"))
    parser.add_argument("--cache", type=Path, default=Path("../train-runs/judge"))
    parser.add_argument("--file", type=Path, default=None, help="the shipped file if not given")
    parser.add_argument("--report", type=Path, default=None, help="a JSON file to bring up to date")
    parser.add_argument("--seed", type=int, default=1, help="of the run: it chose what is held out")
    parser.add_argument("--only", choices=("r2", "judge", "cost"), default=None)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def measure(options: argparse.Namespace) -> dict[str, object]:
    """Return what is known of a network: all of it, or `options.only` one part."""
    network = pocket(options.file)
    found: dict[str, object] = {
        "goals": GOALS,
        "bytes": (options.file or WEIGHTS).stat().st_size,
        "parameters": sum(p.numel() for p in network.parameters()),
        "taps": dict(PROJECTIONS),
    }
    if options.only in (None, "r2"):
        found["r2"] = linear_maps(network, options.weights, options.images, seed=options.seed)
    if options.only in (None, "judge"):
        found["judge"] = judge(network, options.weights, options.images, options.cache)
    if options.only in (None, "cost"):
        found["cost"] = cost(network)
    log = options.run / "log.jsonl"
    if log.exists():
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        found |= [line for line in lines if "config" in line][-1]
        found["curve"] = curve(lines)
    return found


def main() -> None:
    """Measure, print, and bring the report up to date."""
    options = arguments()
    torch.set_num_threads(options.threads)
    report: dict[str, object] = {}
    if options.report and options.report.exists():
        report = json.loads(options.report.read_text())
    found = measure(options)
    if options.report:
        options.report.write_text(json.dumps(report | found, indent=1) + "\n")
    print(json.dumps({key: found[key] for key in found if key != "curve"}, indent=1))


if __name__ == "__main__":
    main()
