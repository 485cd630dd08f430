"""What one evaluation costs, beside VGG-19 down to relu5_1."""

from __future__ import annotations

import time
from collections.abc import Mapping

import torch
from torch import nn

from impasto.backbones import load_backbone
from impasto.losses import ContentLoss, GramLoss
from impasto.machine import keep_freed_memory
from impasto.normalization import NORMALIZATIONS
from impasto.objective import Kind, Objective, Term, whole
from impasto.statistics import gram

STYLE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
CONTENT = "relu4_2"


def seconds(network: nn.Module, side: int, repeats: int) -> float:
    """Return the fastest of a few evaluations of the package's own objective."""
    network.requires_grad_(False)
    scale = NORMALIZATIONS["relative"]
    with torch.no_grad():
        target = network(torch.rand(1, 3, side, side), (*STYLE, CONTENT))
    styles = [GramLoss(gram(target[layer]).mean, scale.style) for layer in STYLE]
    terms = [
        Term(layer, Kind.STYLE, 1.0, (layer,), loss)
        for layer, loss in zip(STYLE, styles, strict=True)
    ]
    content = ContentLoss(target[CONTENT], scale.content)
    terms.append(Term("content", Kind.CONTENT, 1.0, (CONTENT,), content))
    objective = Objective(terms, whole(network))
    best = float("inf")
    for _ in range(repeats):
        image = torch.rand(1, 3, side, side)
        start = time.perf_counter()
        objective(image)
        best = min(best, time.perf_counter() - start)
    return best


def cost(networks: Mapping[str, nn.Module], side: int, rounds: int = 5) -> dict[str, object]:
    """Return milliseconds per evaluation in float32, and how many times VGG-19 takes as long.

    The networks take turns, so that a change of the machine's pace meets all of them.
    """
    keep_freed_memory()  # as the program does
    vgg19 = load_backbone("vgg19", layers=(*STYLE, CONTENT)).to(memory_format=torch.channels_last)
    best = dict.fromkeys(("vgg19", *networks), float("inf"))
    for _ in range(rounds):
        for name, network in {"vgg19": vgg19, **networks}.items():
            best[name] = min(best[name], seconds(network, side, 2))
    return {
        "threads": torch.get_num_threads(),
        "milliseconds": {name: round(time * 1e3, 1) for name, time in best.items()},
        "vgg19_takes": {name: round(best["vgg19"] / best[name], 2) for name in networks},
    }
