"""What one evaluation costs, beside the full-width VGG-19 down to relu5_1."""

from __future__ import annotations

import time
from collections.abc import Collection

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from impasto.backbones.pocket import Pocket
from impasto.losses import ContentLoss, GramLoss
from impasto.machine import keep_freed_memory
from impasto.normalization import NORMALIZATIONS
from impasto.objective import Kind, Objective, Term, whole
from impasto.statistics import gram

STYLE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
CONTENT = "relu4_2"


class FullVGG(nn.Module):
    """VGG-19 to relu5_1 with random weights: only its cost is of interest."""

    def __init__(self) -> None:
        """Draw the weights."""
        super().__init__()
        self.stages = nn.ModuleDict()
        inputs = 3
        for block, (depth, width) in enumerate(((2, 64), (2, 128), (4, 256), (4, 512), (1, 512))):
            for index in range(depth):
                name = f"relu{block + 1}_{index + 1}"
                self.stages[name] = nn.Conv2d(inputs, width, 3, padding=1)
                inputs = width

    def forward(self, images: Tensor, wanted: Collection[str]) -> dict[str, Tensor]:
        """Return the wanted feature maps."""
        features: dict[str, Tensor] = {}
        x, block = images.to(next(self.parameters()).dtype), "1"
        for name, convolution in self.stages.items():
            if name[4] != block:
                block = name[4]
                x = F.avg_pool2d(x, 2)
            x = F.relu(convolution(x), inplace=True)
            if name in wanted:
                features[name] = x
        return features


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


def cost(network: Pocket, side: int = 512, repeats: int = 7) -> dict[str, object]:
    """Return milliseconds per evaluation of both networks in float32 and bfloat16."""
    keep_freed_memory()  # as the program does
    table: dict[str, object] = {"side": side, "threads": torch.get_num_threads()}
    for dtype in (torch.float32, torch.bfloat16):
        name = str(dtype).removeprefix("torch.")
        full = FullVGG().to(memory_format=torch.channels_last).to(dtype)
        small = seconds(network.to(dtype), side, repeats) * 1e3
        large = seconds(full, side, repeats) * 1e3
        table[name] = {
            "pocket_ms": round(small, 1),
            "vgg19_ms": round(large, 1),
            "ratio": round(large / small, 2),
        }
    network.to(torch.float32)
    return table
