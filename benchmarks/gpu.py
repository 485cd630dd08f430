"""How fast a card is: `make gpu-bench`, or `python -m benchmarks.gpu --device cuda:1 --quick`.

Evaluations of VGG-19 and the pocket network over the card's own rate of convolutions, their memory
on the card, and whole commands beyond the import of torch. For cards alone: `python -m benchmarks`
has everything else.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.floor import rates
from benchmarks.ours import evaluation
from benchmarks.tables import mebibytes, number, ratio, table
from impasto.samples import painting, photograph

SIZES, QUICK_SIZES = (512, 1024, 2048, 4096), (128, 256)
BACKBONES = ("vgg19", "pocket")
PRECISIONS = ("float32", "bfloat16")
PAIR = str(photograph("coffee")), str(painting("swirls"))


def measure(device: str, sizes: tuple[int, ...], seconds: float) -> dict[str, Any]:
    """Return rates, evaluations and commands on a device."""
    best = rates(list(PRECISIONS), seconds=seconds / 5, device=device)
    rows = [
        one(device, backbone, size, precision, best[precision]["best"], seconds)
        for backbone in BACKBONES
        for size in sizes
        for precision in PRECISIONS
    ]
    imported = wall(["-c", "import torch"])
    commands = {f"{b}, {size} px": command(device, b, size) for b in BACKBONES for size in sizes}
    return {
        "device": named(device),
        "torch": torch.__version__,
        "rates": best,
        "evaluations": rows,
        "import torch": imported,
        "commands": commands,
    }


def one(
    device: str, backbone: str, size: int, precision: str, rate: float, seconds: float
) -> dict[str, Any]:
    """Return what an evaluation takes, over what its convolutions would take at a rate."""
    on_card = torch.device(device).type == "cuda"
    if on_card:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
    settings = {"size": size, "plan": f"{size}:20", "tile": 0, "precision": precision,
                "backbone": backbone, "device": device}  # fmt: skip
    found = evaluation(*PAIR, settings, seconds)
    return {
        "backbone": backbone,
        "size": size,
        "precision": precision,
        "seconds": found["seconds"],
        "ratio": found["seconds"]["median"] / (found["operations"] / rate),
        "peak": torch.cuda.max_memory_reserved(device) if on_card else found["peak"],
    }


def command(device: str, backbone: str, size: int) -> float:
    """Return the seconds of a whole command."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out.png")
        options = ["--device", device, "--backbone", backbone, "--size", str(size), "--quiet"]
        return wall(["-m", "impasto", "paint", *PAIR, *options, "-o", out])


def wall(arguments: list[str]) -> float:
    """Return the seconds that a fresh Python takes, after one that warms up the file cache."""
    for _ in range(2):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True)
        seconds = time.perf_counter() - began
    return seconds


def named(device: str) -> str:
    """Return what a device is called by its maker."""
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else device


def page(found: dict[str, Any]) -> str:
    """Return what was measured as Markdown."""
    best = ", ".join(
        f"{precision} {found['rates'][precision]['best'] / 1e12:.3g} Tflop/s"
        for precision in PRECISIONS
    )
    evaluations = table(
        ("network", "size", "precision", "an evaluation", "over the floor", "peak"),
        [
            (row["backbone"], row["size"], row["precision"],
             number(row["seconds"]["median"], "s"), ratio(row["ratio"]), mebibytes(row["peak"]))
            for row in found["evaluations"]
        ],
    )  # fmt: skip
    commands = table(
        ("command", "beyond the import of torch"),
        [
            (name, number(seconds - found["import torch"], "s"))
            for name, seconds in found["commands"].items()
        ],
    )
    head = f"{found['device']}, torch {found['torch']}; convolutions at best: {best}."
    return f"{head}\n\n{evaluations}\n{commands}"


def main() -> None:
    """Read the command line, measure, write the numbers and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/gpu.json"))
    options = parser.parse_args()
    quick = options.quick
    found = measure(options.device, QUICK_SIZES if quick else SIZES, 1.0 if quick else 5.0)
    options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(page(found))


if __name__ == "__main__":
    main()
