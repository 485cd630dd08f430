"""Measure the pocket network, its former self, a candidate; write a report. `training.evaluate -h`.

1. R² of the best linear map from the projections to all channels of VGG-19, fitted on training
   pictures, measured on 100 photographs of BSDS and 20 held-out paintings.
2. Losses of painted files under VGG-19, and their combs, see `training.judge`.
3. Bytes, parameters, and milliseconds per evaluation.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from impasto.backbones import Backbone, load_backbone
from impasto.backbones.pocket import PROJECTIONS, WEIGHTS
from training.cost import cost
from training.data import split
from training.judge import judge
from training.losses import solve_head
from training.student import with_one
from training.teacher import LAYERS, rows

FORMER = Path("training/pocket-0.1.0.safetensors")
GOALS = {
    "relu4_1": 0.90,
    "relu4_2": 0.90,
    "relu5_1": 0.80,
    "total_ratio": 1.6,
    "comb_ratio": 1.2,
    "cost": 5.0,
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
def collect(
    networks: Mapping[str, Backbone], teacher: Backbone, files: Iterable[Path], side: int
) -> dict[str, dict[str, Sums]]:
    """Return sums over pictures for each network and layer."""
    sums: dict[str, dict[str, Sums]] = {name: {} for name in networks}
    for path in files:
        image = picture(path, side)
        targets = teacher(image, LAYERS)
        for name, network in networks.items():
            for layer, feature in network(image, LAYERS).items():
                f = with_one(rows(feature))[0]
                sums[name].setdefault(layer, Sums()).add(f, rows(targets[layer])[0])
    return sums


def linear_maps(
    networks: Mapping[str, Backbone], images: Path, seed: int, side: int = 256
) -> dict[str, dict[str, float]]:
    """Return R² on validation pictures, for each network and layer, to all of VGG-19's channels."""
    files = split(images, seed)
    teacher = load_backbone("vgg19", layers=LAYERS).to(memory_format=torch.channels_last)
    training = files["photos"][::5] + files["paintings"][::3]
    held = files["validation_photos"] + files["validation_paintings"]
    fitted, measured = (collect(networks, teacher, paths, side) for paths in (training, held))
    report: dict[str, dict[str, float]] = {}
    for name in networks:
        report[name] = {}
        for layer, sums in fitted[name].items():
            head = solve_head(sums.S / sums.pictures, sums.X / sums.pictures, 1e-6)
            report[name][layer] = round(measured[name][layer].r_squared(head), 4)
    return report


def picture(path: Path, side: int) -> Tensor:
    """Read a picture `(1, 3, H, W)` in [0, 1], at most `side` long, its sides multiples of 16."""
    with Image.open(path) as image:
        scale = side / max(image.size)
        size = [max(16, round(length * scale) // 16 * 16) for length in image.size]
        small = image.convert("RGB").resize((size[0], size[1]), Image.Resampling.LANCZOS)
    return torch.from_numpy(np.array(small)).permute(2, 0, 1)[None].float() / 255


def curve(lines: list[dict[str, float]]) -> list[dict[str, float]]:
    """Return the validation records of a training log, at most about sixty of them."""
    # By step, since a run that was resumed repeats the steps after its last checkpoint.
    records = {line["step"]: line for line in lines if "val/relu1_1" in line}
    steps = sorted(records)
    return [records[step] for step in steps[:: max(1, len(steps) // 60)]]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure pocket networks; print and keep it.")
    parser.add_argument("--images", type=Path, default=Path("../shared/images"))
    parser.add_argument("--run", type=Path, default=Path("../train-runs/pocket"))
    parser.add_argument("--cache", type=Path, default=Path("../train-runs/judge"))
    parser.add_argument("--file", type=Path, default=None, help="a candidate")
    parser.add_argument("--report", type=Path, default=None, help="a JSON file to bring up to date")
    parser.add_argument("--seed", type=int, default=1, help="of the run: it chose what is held out")
    parser.add_argument("--only", choices=("r2", "judge", "cost"), default=None)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def measure(options: argparse.Namespace) -> dict[str, object]:
    """Return what is known of a network: all of it, or `options.only` one part."""
    files = {"0.1.0": FORMER, "shipped": WEIGHTS}
    files |= {"candidate": options.file} if options.file else {}
    networks = {
        name: load_backbone("pocket", layers=LAYERS, weights=path).to(
            memory_format=torch.channels_last
        )
        for name, path in files.items()
    }
    found: dict[str, object] = {
        "goals": GOALS,
        "bytes": {name: path.stat().st_size for name, path in files.items()},
        "convolutions": {name: network.outputs for name, network in networks.items()},
        "projections": dict(PROJECTIONS),
    }
    if options.only in (None, "r2"):
        found["r2"] = linear_maps(networks, options.images, seed=options.seed)
    if options.only in (None, "judge"):
        settings = {
            name: {"backbone": "pocket", "weights": str(path)} for name, path in files.items()
        }
        found["judge"] = judge(options.images, options.cache, settings)
    if options.only in (None, "cost"):
        found["cost"] = {side: cost(networks, side) for side in (256, 512)}
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
