"""A gigapixel on paper: what it takes by the constants of `impasto.gigapixel.forecast`.

python -m benchmarks.gigapixel            the table of docs/scaling.md
python -m benchmarks.gigapixel --measure  the constants, in seconds of the processor, so that
                                          a busy machine measures the same
"""

from __future__ import annotations

import sys
import time

import torch

from impasto.cluster.packing import Packed
from impasto.gigapixel.forecast import OWN, Forecast, best_forecast
from impasto.job.resources import BUFFERS, Cost
from impasto.losses import TotalVariation
from impasto.normalization import NORMALIZATIONS
from impasto.objective import IMAGE, Kind, Objective, Term, whole
from impasto.registry import OPTIMIZERS, VARIATIONS

POCKET = Cost(memory=1031, seconds=1.14e-5, targets=5.0, overhead=2500)
"""An evaluation of the pocket network in float32 with one thread, per pixel, as a run measures it
before it begins, on a processor without bfloat16."""

MARGIN, STRIDE = 69, 16

CORES, MEMORY = 8, 32e9
"""Of a machine: a worker on each core, with an equal share of the memory."""

EVALUATIONS = 50
"""At the last size."""

CASES = ((100e6, 1), (100e6, 4), (240e6, 20), (1e9, 20), (1e9, 100))
"""Pixels, and machines."""


def forecast(pixels: float, machines: int) -> Forecast:
    """Return what one evaluation of a square picture takes."""
    side = round(pixels**0.5)
    workers = machines * CORES
    budget = 0.7 * MEMORY / CORES
    return best_forecast((side, side), POCKET, MARGIN, STRIDE, 4, workers, budget)


def driver_bytes(pixels: float, history: int = 10) -> float:
    """Return the bytes of the process that keeps image and optimizer."""
    image = 3 * 4 * pixels
    return image * BUFFERS + image / 2 * 2 * history + POCKET.targets * pixels


def rows() -> list[tuple[str, ...]]:
    """Return the table: one row for each case."""
    found = []
    for pixels, machines in CASES:
        one = forecast(pixels, machines)
        seconds = {
            "workers": one.compute,
            "traffic": one.travel,
            "this process": OWN * pixels,
        }
        slowest = max(seconds, key=lambda name: seconds[name])
        found.append((
            f"{pixels / 1e6:.0f} MP", f"{machines}", f"{one.side} px", f"{one.memory / 1e9:.1f} GB",
            f"{driver_bytes(pixels) / 1e9:.0f} GB", f"{one.traffic / 1e9:.1f} GB",
            *(f"{each:.0f} s" for each in seconds.values()),
            f"{one.seconds * (1 + EVALUATIONS) / 3600:.1f} h", slowest, f"{one.most_workers}",
        ))  # fmt: skip
    return found


HEADINGS = (
    *("picture", "machines", "tiles", "a worker", "the driver", "traffic", "compute", "travel"),
    *("own", "50 evaluations", "slowest", "workers that pay"),
)


def own(side: int = 1024) -> float:
    """Measure the seconds of the process that steps, for each pixel and evaluation."""
    image = torch.rand((1, 3, side, side), device="cpu")
    norm = NORMALIZATIONS["relative"]
    variation = TotalVariation(VARIATIONS["squared"], norm.variation)
    term = Term("tv", Kind.REGULARIZER, 1.0, (IMAGE,), variation)
    objective, optimizer = (
        Objective([term], whole(lambda image, layers: {})),
        OPTIMIZERS["lbfgsb"].load()(1.0, 10),
    )
    for at in range(16):
        if at == 12:
            began = time.process_time()
        found = objective(image)
        image = optimizer.step(image, found.gradient, found.total)
    return (time.process_time() - began) / 4 / side**2


def travel(nbytes: int = 16_000_000) -> float:
    """Measure the seconds of packing and unpacking, for each byte; a network comes on top."""
    tensor = torch.rand(nbytes // 4, device="cpu")
    began = time.process_time()
    for _ in range(8):
        Packed.of(tensor).unpacked()
    return (time.process_time() - began) / 8 / nbytes


if __name__ == "__main__":
    if "--measure" in sys.argv:
        torch.set_num_threads(1)
        print(f"own {own():.2g} s a pixel, packing {travel():.2g} s a byte")
    else:
        for row in (HEADINGS, *rows()):
            print(" | ".join(row))
