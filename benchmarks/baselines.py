"""What Impasto is compared with, written from the published formulas in plain PyTorch.

classic     neural-style-pt (ProGamerGov, after Johnson's neural-style) with its defaults: start
            from noise, 5 MSE(F, P) + 100 Σ MSE(F Fᵀ / (C M), A) + 1e-3 Σ |dx| + |dy|, L-BFGS with
            a history of 100, 1000 evaluations
gatys2016   Gatys's own PyTorch recipe: start from the photograph, MSE(F, P) +
            Σ 1e3 / C² MSE(F Fᵀ / M, A), L-BFGS as torch has it, 500 evaluations

Both: VGG-19 with maximum pooling, relu4_2 for content and relu1_1 to relu5_1 for style, images in
Caffe's space (blue, green, red from 0 to 255, minus the mean), float32, contiguous.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as nnf
from safetensors.torch import load_file
from torch import Tensor

from benchmarks.timing import peak_memory, summary

BLOCKS = (2, 2, 4, 4, 1)
"""Convolutions of each block down to conv5_1, the deepest layer that is compared."""

MEAN = torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)
CONTENT = "conv4_2"
STYLE = ("conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1")


def to_caffe(picture: Tensor) -> Tensor:
    """Turn sRGB in [0, 1] (1, 3, H, W) into what the network expects."""
    return picture.flip(1) * 255 - MEAN


def to_picture(image: Tensor) -> Tensor:
    """Turn an image of the network's space into sRGB, 0 to 1 where it can be shown."""
    return ((image + MEAN) / 255).flip(1)


def as_written(picture: Tensor) -> Tensor:
    """Return the picture that a file of 8 bits holds."""
    return (picture.clamp(0, 1) * 255).round() / 255


def network(weights: dict[str, Tensor], image: Tensor) -> dict[str, Tensor]:
    """Return the rectified features of the layers that are compared."""
    features, x = {}, image
    for block, count in enumerate(BLOCKS, start=1):
        for number in range(1, count + 1):
            name = f"conv{block}_{number}"
            x = nnf.conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], padding=1)
            x = nnf.relu(x, inplace=True)
            if name == CONTENT or name in STYLE:
                features[name] = x
            if name == STYLE[-1]:
                return features
        x = nnf.max_pool2d(x, 2)
    return features


@dataclass(frozen=True)
class Recipe:
    """One program's objective and defaults.

    Attributes:
        content: Weight of the content loss.
        style: Weight of a layer's style loss, given C.
        positions: What F Fᵀ is divided by, given C and M.
        variation: Weight of total variation.
        start: ``"noise"`` or ``"content"``.
        lbfgs: Arguments of torch's L-BFGS, given the number of evaluations.
    """

    content: float
    style: Callable[[int], float]
    positions: Callable[[int, int], int]
    variation: float
    start: str
    lbfgs: Callable[[int], dict[str, float]]


RECIPES = {
    "classic": Recipe(
        content=5.0,
        style=lambda C: 100.0,
        positions=lambda C, M: C * M,
        variation=1e-3,
        start="noise",
        lbfgs=lambda n: {
            "lr": 1.0,
            "max_iter": n,
            "tolerance_change": -1,
            "tolerance_grad": -1,
            "history_size": 100,
        },
    ),
    "gatys2016": Recipe(
        content=1.0,
        style=lambda C: 1e3 / C**2,
        positions=lambda C, M: M,
        variation=0.0,
        start="content",
        lbfgs=lambda n: {},
    ),
}


class Objective:
    """The loss of an image in the network's space."""

    def __init__(self, name: str, weights: str, content: Tensor, style: Tensor) -> None:
        """Load the network and compute the targets from pictures in [0, 1]."""
        self.recipe, self.weights = RECIPES[name], load_file(weights)
        with torch.no_grad():
            self.P = network(self.weights, to_caffe(content))[CONTENT]
            features = network(self.weights, to_caffe(style))
            self.A = {layer: self.gram(features[layer]) for layer in STYLE}

    def gram(self, features: Tensor) -> Tensor:
        """Return ``F Fᵀ``, divided as the recipe wants it."""
        F = features[0].flatten(1)
        return torch.mm(F, F.t()) / self.recipe.positions(*F.shape)

    def __call__(self, image: Tensor) -> Tensor:
        """Return the loss of ``image`` (1, 3, H, W)."""
        recipe, features = self.recipe, network(self.weights, image)
        loss = recipe.content * nnf.mse_loss(features[CONTENT], self.P)
        for layer in STYLE:
            G = self.gram(features[layer])
            loss = loss + recipe.style(len(G)) * nnf.mse_loss(G, self.A[layer])
        if recipe.variation:
            dy, dx = image.diff(dim=2), image.diff(dim=3)
            loss = loss + recipe.variation * (dx.abs().sum() + dy.abs().sum())
        return loss

    @torch.no_grad()
    def of_picture(self, picture: Tensor) -> float:
        """Return the loss of a picture (1, 3, H, W) in sRGB."""
        return float(self(to_caffe(picture.float().contiguous())))


def read(path: str, size: int) -> Tensor:
    """Read a picture at a long side of ``size``, (1, 3, H, W) in [0, 1], as Impasto does."""
    from impasto.images import as_picture, fit, resize

    rgb = as_picture(path).over_white()
    width, height = fit(rgb.shape[1], rgb.shape[0], size)
    return torch.from_numpy(resize(rgb, width, height)).permute(2, 0, 1)[None].contiguous()


def run(
    name: str, content: str, style: str, weights: str, size: int, evaluations: int
) -> dict[str, Any]:
    """Paint by a recipe; the clock runs from the targets to the last evaluation.

    Returns:
        ``curve``: seconds and loss of every evaluation; ``file``: the loss of the picture that is
        written; ``evaluation``: seconds of one; ``peak`` memory and the ``shape``.
    """
    photograph, painting = read(content, size), read(style, size)
    began = time.perf_counter()
    objective = Objective(name, weights, photograph, painting)
    image = to_caffe(photograph).contiguous()
    if objective.recipe.start == "noise":
        image = torch.randn(image.shape, generator=torch.Generator().manual_seed(0)) * 0.001
    curve: list[tuple[float, float]] = []
    descend(objective, image.requires_grad_(), evaluations, curve, began)
    peak = peak_memory()
    times = [seconds for seconds, _ in curve]
    return {
        "curve": curve,
        "file": objective.of_picture(as_written(to_picture(image.detach()))),
        "evaluation": summary([b - a for a, b in pairwise(times)] or times),
        "peak": peak,
        "shape": list(image.shape[2:]),
    }


def descend(
    objective: Objective,
    image: Tensor,
    evaluations: int,
    curve: list[tuple[float, float]],
    began: float,
) -> None:
    """Change ``image`` by L-BFGS, and add seconds and loss of every evaluation to ``curve``."""
    optimizer = torch.optim.LBFGS([image], **objective.recipe.lbfgs(evaluations))

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = objective(image)
        loss.backward()
        curve.append((round(time.perf_counter() - began, 4), loss.item()))
        if len(curve) % 50 == 0:
            progress = f"  evaluation {len(curve)} of {evaluations}: {curve[-1][1]:.5g}"
            print(f"{progress} after {curve[-1][0]:.0f} s", file=sys.stderr, flush=True)
        return loss

    group, at_once = optimizer.param_groups[0], optimizer.param_groups[0]["max_iter"]
    while len(curve) < evaluations:
        before = len(curve)
        group["max_iter"] = wanted = min(at_once, evaluations - before)
        optimizer.step(closure)
        if wanted > 1 and len(curve) == before + 1:  # its tolerances say that it is done
            break
