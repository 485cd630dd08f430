"""A VGG of three convolutions, a row of the table while a test asks for `tiny_vgg`, and weights."""

import math
from pathlib import Path

import torch
from torch import Tensor

from impasto.backbones import BACKBONES, Architecture, load_backbone
from impasto.backbones.vgg import vgg

TABLE = vgg((2, 1), (8, 8))
LAYERS = tuple(
    layer.name for layer in TABLE
)  # conv1_1 relu1_1 conv1_2 relu1_2 pool1 conv2_1 relu2_1 pool2
TINY = Architecture.of(
    "tiny VGG",
    "for tests",
    TABLE,
    content=(),
    style=(),
    conventions=BACKBONES["vgg19"].conventions,
)


def convolutions(widths: dict[str, int], seed: int = 0) -> dict[str, Tensor]:
    """Random convolutions that keep the scale of their input, as trained ones about do."""
    generator = torch.Generator().manual_seed(seed)
    found, inputs = {}, 3
    for layer, outputs in widths.items():
        spread = math.sqrt(2 / (9 * inputs))
        weight = torch.randn(outputs, inputs, 3, 3, generator=generator) * spread
        found[f"{layer}.weight"] = weight
        found[f"{layer}.bias"] = torch.rand(outputs, generator=generator) * 0.1
        inputs = outputs
    return found


def tiny() -> dict[str, Tensor]:
    return convolutions({"conv1_1": 8, "conv1_2": 8, "conv2_1": 8})


def real_shapes() -> dict[str, Tensor]:
    """conv1_1 to conv2_2 in the shapes that VGG-16 and VGG-19 share."""
    return convolutions({"conv1_1": 64, "conv1_2": 64, "conv2_1": 128, "conv2_2": 128})


def numbered(tensors: dict[str, Tensor], layers: tuple[str, ...] = LAYERS) -> dict[str, Tensor]:
    """The same under torchvision's keys."""
    pairs = [(*key.split("."), tensor) for key, tensor in tensors.items()]
    return {f"features.{layers.index(layer)}.{part}": tensor for layer, part, tensor in pairs}


def load(path: Path, *layers: str, name: str = "tiny"):
    return load_backbone(name, layers=layers or ("relu2_1",), weights=path)
