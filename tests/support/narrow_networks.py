"""Networks with few channels and random weights, whose receptive fields are the real ones'."""

import dataclasses

import torch
from torch import Tensor

from impasto.backbones import BACKBONES
from impasto.backbones.layers import Branches, Convolution, LayerSpec, Operation, convolutions
from impasto.backbones.network import Network
from impasto.backbones.vgg import vgg
from impasto.backbones.weights.conventions import CONVENTIONS
from impasto.objective import Objective
from impasto.settings import Settings
from tests.support.objectives import is_tiled, objective_of

DEEP = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu4_2", "relu5_1"]
CONVOLUTIONS, WIDTHS = (2, 2, 4, 4, 1), (4, 6, 8, 8, 8)


def narrow_vgg19(pooling: str = "avg") -> Network:
    """VGG-19 down to relu5_1 with few channels: its receptive fields are those of the real one."""
    return drawn(vgg(CONVOLUTIONS, WIDTHS)[:-1], pooling)


def drawn(table: tuple[LayerSpec, ...], pooling: str = "avg") -> Network:
    """A network with random weights that keep the scale of its input, in float64."""
    generator = torch.Generator().manual_seed(5)
    weights = {}
    for row in convolutions(table):
        shape = row.shapes[f"{row.name}.weight"]
        draw = torch.randn(shape, generator=generator)
        weights[f"{row.name}.weight"] = draw * (2 / draw[0].numel()) ** 0.5
        weights[f"{row.name}.bias"] = 0.1 * torch.ones(row.outputs)
    return Network(table, weights, CONVENTIONS["torchvision"], pooling).double()


def picture(height: int, width: int, seed: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand((1, 3, height, width), generator=generator, dtype=torch.float64)


def narrow(name: str, pooling: str = "avg") -> Network:
    """A network of the table down to its deepest default layer, with few channels."""
    row = BACKBONES[name]
    deepest = max(row.layers.index(layer) for layer, _ in row.style_layers)
    return drawn(tuple(thin(stage) for stage in row.table[: deepest + 1]), pooling)


def thin(stage: LayerSpec) -> LayerSpec:
    return LayerSpec(stage.name, tuple(map(thinner, stage.chain)))


def thinner(part: Operation) -> Operation:
    """The same operation with an eighth of the channels."""
    if isinstance(part, Branches):
        return Branches(tuple(tuple(map(thinner, chain)) for chain in part.chains))
    if isinstance(part, Convolution):
        inputs = part.inputs if part.inputs == 3 else part.inputs // 8
        return dataclasses.replace(part, inputs=inputs, outputs=part.outputs // 8)
    return part


def both(backbone, height, width, side, **settings) -> tuple[Objective, Objective]:
    """The same objective, whole and in tiles."""
    pictures = (picture(height, width), [picture(90, 110, seed=2)])
    values = {"style_layers": DEEP[:4] + DEEP[5:], "tv_weight": 0.5, **settings}
    whole, tiled = (
        objective_of(backbone, *pictures, Settings(backbone="vgg19", tile=tile, **values))
        for tile in (0, side)
    )
    assert not is_tiled(whole)
    assert is_tiled(tiled)
    return whole, tiled
