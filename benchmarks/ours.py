"""Impasto, measured in a process of its own. The only module here that knows its inside."""

from __future__ import annotations

import copy
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.timing import peak_memory, repeat
from impasto.backbones.fused import disabled
from impasto.job import Job, make_inputs, make_objective, prepare
from impasto.job.style_terms import wanted_layers
from impasto.run import Result, run
from impasto.settings import Settings

CHOSEN = (
    *("size", "plan", "precision", "tile", "threads"),
    *("optimizer", "history", "pooling", "normalization"),
)
"""The settings that are worth reporting."""


def job_of(content: str, style: str, settings: dict[str, Any]) -> Job:
    """Return a painting before the work."""
    return prepare(content, [style], Settings(**settings))


def chosen(job: Job) -> dict[str, Any]:
    """Return the settings that were chosen."""
    found = job.settings.to_dict()
    return {name: found[name] for name in CHOSEN if name in found}


def evaluation(
    content: str, style: str, settings: dict[str, Any], seconds: float = 15.0, least: int = 5
) -> dict[str, Any]:
    """Time evaluations of the objective at the final size, and count what its convolutions do."""
    job = job_of(content, style, settings)
    inputs = make_inputs(job, job.settings.size)
    objective = make_objective(job, inputs)
    image = 0.9 * inputs.content + 0.05  # not the content image, whose content loss is zero
    tiled = bool(job.settings.tile) and max(image.shape[2:]) > job.settings.tile
    return {
        "seconds": repeat(
            lambda: objective(image), warmup=1 if tiled else 2, least=least, seconds=seconds
        ),
        "peak": peak_memory(),
        "operations": None if tiled else 2 * convolutions(job, image),
        "pixels": image.shape[2] * image.shape[3],
        "settings": chosen(job),
    }


@torch.no_grad()
def convolutions(job: Job, image: Tensor) -> int:
    """Return the floating-point operations of the convolutions in one forward pass.

    The gradient with respect to the input takes as many again, layer by layer.
    """
    # Torch counts its own operators only, not the fused ones, and on the meta device computes none.
    network = copy.deepcopy(job.backbone).to("meta")
    with disabled(), FlopCounterMode(display=False) as counter:
        network(image.to("meta"), wanted_layers(job.settings))
    return counter.get_total_flops()


def descent(
    content: str,
    style: str,
    settings: dict[str, Any],
    objective: str,
    weights: str,
    every: int = 5,
    enough: float = 0.0,
) -> dict[str, Any]:
    """Paint, keep the best image every few evaluations, and then ask a baseline for its losses.

    The clock runs as for the baselines: pictures and network are loaded, targets are not computed.

    Args:
        content: The photograph.
        style: The painting.
        settings: Impasto's.
        objective: The baseline.
        weights: Its network.
        every: After how many evaluations at the final size an image is kept.
        enough: A loss at which to stop early.

    Returns:
        ``curve``: evaluations, seconds, loss of the image and of the file that it would become;
        ``file``: the loss of the file that was written at the end.
    """
    from benchmarks.baselines import Objective, as_written, read

    before = time.perf_counter()
    job = job_of(content, style, settings)
    prepared = time.perf_counter() - before
    kept: list[tuple[int, float, Tensor]] = []
    began = time.perf_counter()
    for result in run(job):
        step, seconds = result.last, time.perf_counter() - began
        over = result.is_complete or (step.size == job.settings.size and step.total <= enough)
        due = over or step.iteration == 1 or step.iteration % every == 0
        if due and step.size == job.settings.size:
            kept.append((step.iteration, seconds, step.image.clone()))
        if over:
            break
    judge = Objective(objective, weights, read(content, step.size), read(style, step.size))
    curve = [
        (index, round(at, 4), judge.of_picture(image), judge.of_picture(as_written(image)))
        for index, at, image in kept
    ]
    last = f"{curve[-1][2]:.5g}, as a file {curve[-1][3]:.5g}, after {curve[-1][1]:.0f} s"
    print(f"  {step.size} px: {last}", file=sys.stderr, flush=True)
    return {
        "curve": curve,
        "file": judge.of_picture(saved(result)),
        "prepare": prepared,
        "shape": list(step.image.shape[2:]),
        "settings": chosen(job),
    }


def saved(result: Result) -> Tensor:
    """Write the painting to a file, and read that as a baseline reads pictures."""
    from benchmarks.baselines import read

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.png"
        result.save(path)
        return read(str(path), result.size)


def steady(
    content: str, style: str, settings: dict[str, Any], seconds: float, label: str
) -> dict[str, Any]:
    """Time evaluations in the middle of a painting: on the clock, and of all processors.

    ``label`` tells results in several surroundings apart.
    """
    job = job_of(content, style, settings)
    results = run(job)
    begun = time.perf_counter()
    while time.perf_counter() - begun < 1.5:  # until it is clear who else computes
        next(results)
    count, began, used = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds or count < 3:
        next(results)
        count += 1
    wall, processors = time.perf_counter() - began, time.process_time() - used
    return {
        "wall": wall / count,
        "processors": processors / count,
        "evaluations": count,
        "threads": job.settings.threads,
    }


def memory(content: str, style: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Paint a whole picture and return the peak memory of this process."""
    job = job_of(content, style, settings)
    (result,) = deque(run(job), maxlen=1)
    height, width = result.rgb.shape[:2]
    times = [step.seconds for step in result.history if step.size == job.settings.size]
    return {
        "peak": peak_memory(),
        "estimate": job.estimate.memory,
        "pixels": height * width,
        "evaluation": (times[-1] - times[0]) / max(len(times) - 1, 1),
        "settings": chosen(job),
    }


def nothing() -> dict[str, int]:
    """Return the peak memory of a process that has only imported everything."""
    return {"peak": peak_memory()}
