"""Runs an architecture that is given as a table of layers, with weights from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from pathlib import Path
from typing import Self, cast, final

import torch
import torch.nn.functional as nnf
from torch import Tensor, nn

from impasto.backbones.backbone import Backbone
from impasto.backbones.fused import (
    AvgPool2x2,
    ConvReLU,
    MaxPool2x2,
    conv_relu,
    conv_relu_max_pool2x2,
)
from impasto.backbones.layers import (
    Branches,
    Convolution,
    Geometry,
    LayerSpec,
    Operation,
    Pool,
    ReLU,
    ResponseNorm,
    Window,
    geometry_of,
    minimum_side_of,
    positions_of,
)
from impasto.backbones.table import BACKBONES
from impasto.backbones.weights.conventions import Preprocessing
from impasto.backbones.weights.places import find_weights
from impasto.backbones.weights.plausibility import check_activations
from impasto.backbones.weights.reading import read_weights
from impasto.errors import UnknownName


@final
class Network(Backbone):
    """A network built from a table of layers, no deeper than it is needed.

    Args:
        table: The layers, from the first to the deepest one that is needed.
        tensors: ``conv1_1.weight`` (O, I, K, K), ``conv1_1.bias`` (O), ... in float32.
        preprocessing: What the weights expect of their input.
        pooling: "avg" or "max".
    """

    def __init__(
        self,
        table: Sequence[LayerSpec],
        tensors: Mapping[str, Tensor],
        preprocessing: Preprocessing,
        pooling: str = "avg",
    ) -> None:
        super().__init__()
        self.table = tuple(table)
        self.layers = tuple(layer.name for layer in table)
        self.relu_layers = tuple(layer.name for layer in table if layer.ends_in_relu)
        self.minimum_side = minimum_side_of(table)
        self.description = ""
        self.preprocessing = preprocessing
        self.operations = nn.ModuleDict(
            {layer.name: _chain(layer.chain, tensors, pooling) for layer in table}
        )
        self.requires_grad_(False).eval()

    def geometry(self, layer: str) -> Geometry:
        """Return which pixels a position of ``layer`` sees; see `Backbone.geometry`."""
        return geometry_of(self.table[: self.layers.index(layer) + 1])

    def positions(self, layer: str, length: int) -> int:
        """Return how many positions ``layer`` has; see `Backbone.positions`."""
        return positions_of(self.table[: self.layers.index(layer) + 1], length)

    @classmethod
    def load(cls, name: str, *, layers: Sequence[str], weights: Path | None, pooling: str) -> Self:
        """Read the convolutions that ``layers`` need; see `Backbone.load`."""
        row = BACKBONES[name]
        depth = max((row.layers.index(layer) + 1 for layer in layers), default=0)
        path = weights or find_weights(name)
        found = read_weights(path, name, row.layers[:depth])
        network = cls(row.table[:depth], found.convolutions, found.preprocessing, pooling)
        network.description = found.description
        if not found.verified:
            bounds = found.preprocessing.first_activation
            layer, mean = check_activations(network, network.relu_layers, str(path), bounds)
            checked = f"names, shapes and mean activation {mean:.3g} at {layer}"
            network.description += f"; {checked if layer else 'names and shapes'} checked"
        return network

    def forward(self, images: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Return the feature maps of ``layers``; see `Backbone.forward`."""
        wanted = set(layers)
        if unknown := wanted.difference(self.layers):
            raise UnknownName(
                f"layer '{min(unknown)}' is not in this network, which was loaded up to "
                f"{self.layers[-1] if self.layers else 'no layer'}: name it when loading."
            )
        features: dict[str, Tensor] = {}
        if not wanted:
            return features
        x = self.preprocessing(images).to(next(self.parameters()).dtype)  # (B, 3, H, W)
        for name, run in self._passes(wanted):
            x = run(x)  # (B, C, H', W')
            if name in wanted:
                # A ReLU overwrites what comes before it: half the memory, and faster.
                features[name] = x if name in self.relu_layers else x.clone()
                if len(features) == len(wanted):
                    break
        return features

    def _passes(self, wanted: Set[str]) -> Iterator[tuple[str, Callable[[Tensor], Tensor]]]:
        """Yield what to run, one after the other, with the name of the layer that it ends at.

        That is a layer, or two or three layers in one pass over memory. A pass never runs over a
        wanted layer, whose features have to be there: if ``relu1_2`` is wanted, its convolution
        and its ReLU are one pass and ``pool1`` is the next; if not, the three are one.
        """
        modules, at = list(self.operations.values()), 0
        while at < len(modules):
            # To the next wanted layer, and no more than three.
            run = [modules[at]]
            while len(run) < 3 and at + len(run) < len(modules):
                if self.layers[at + len(run) - 1] in wanted:
                    break
                run.append(modules[at + len(run)])
            count, fused = _fused(run)
            at += count
            yield self.layers[at - 1], fused


def _fused(run: Sequence[nn.Module]) -> tuple[int, Callable[[Tensor], Tensor]]:
    """Return how many of the first of successive layers have a pass in common, and that pass."""
    match run:
        case nn.Conv2d() as convolution, nn.ReLU(), MaxPool2x2():
            return 3, partial(conv_relu_max_pool2x2, convolution)
        case nn.Conv2d() as convolution, nn.ReLU(), *_:
            return 2, partial(conv_relu, convolution)
    return 1, run[0]


def _chain(chain: Sequence[Operation], tensors: Mapping[str, Tensor], pooling: str) -> nn.Module:
    """Return the module of a chain."""
    modules: list[nn.Module] = []
    for operation in chain:
        module, before = _module(operation, tensors, pooling), modules[-1] if modules else None
        if isinstance(module, nn.ReLU) and isinstance(before, nn.Conv2d):
            modules[-1] = ConvReLU(before)
        else:
            modules.append(module)
    return modules[0] if len(modules) == 1 else nn.Sequential(*modules)


def _module(operation: Operation, tensors: Mapping[str, Tensor], pooling: str) -> nn.Module:
    match operation:
        case Convolution():
            return _convolution(operation, tensors)
        case ReLU():
            return nn.ReLU(inplace=True)
        case Pool(window):
            return _pool(window, pooling)
        case ResponseNorm(size, alpha, beta):
            return LocalResponseNorm(size, alpha, beta)
        case Branches(chains):
            return Concatenation([_chain(chain, tensors, pooling) for chain in chains])


def _convolution(row: Convolution, tensors: Mapping[str, Tensor]) -> nn.Conv2d:
    """Wrap given numbers; without the meta device, torch would first draw random ones."""
    window = row.window
    convolution = nn.Conv2d(
        row.inputs,
        row.outputs,
        window.kernel,
        window.stride,
        window.padding,
        groups=row.groups,
        device=torch.device("meta"),
    )
    state = {part: tensors[f"{row.name}.{part}"] for part in ("weight", "bias")}
    convolution.load_state_dict(state, assign=True)
    return convolution


def _pool(window: Window, pooling: str) -> nn.Module:
    # Differs from the papers: they pool by the maximum; Gatys et al. (2015) replace it by the
    # mean, "which improves the gradient flow". A mean counts only what is inside of the picture.
    place = (window.kernel, window.stride, window.padding)
    if window == Window(2, stride=2):
        return MaxPool2x2() if pooling == "max" else AvgPool2x2()
    if pooling == "max":
        return nn.MaxPool2d(*place, ceil_mode=window.ceil)
    return nn.AvgPool2d(*place, ceil_mode=window.ceil, count_include_pad=False)


class Concatenation(nn.Module):
    """Chains on the same input, their outputs concatenated along the channels."""

    def __init__(self, chains: Sequence[nn.Module]) -> None:
        super().__init__()
        self.chains = nn.ModuleList(chains)

    def forward(self, x: Tensor) -> Tensor:
        """Return the concatenated outputs for ``x`` (B, C, H, W)."""
        return torch.cat([cast(Tensor, chain(x)) for chain in self.chains], dim=1)


class LocalResponseNorm(nn.Module):
    """Local response normalization, see `impasto.backbones.layers.ResponseNorm`."""

    def __init__(self, size: int, alpha: float, beta: float) -> None:
        super().__init__()
        self.size, self.alpha, self.beta = size, alpha, beta

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x`` (B, C, H, W) divided by its neighbors in the channels."""
        channels, around = x.shape[1], self.size // 2
        # In 16 bits, squares of activations of a few hundred would keep three digits.
        wide = x.float() if x.dtype == torch.bfloat16 else x
        squares = nnf.pad(wide.square(), (0, 0, 0, 0, around, around))
        total = torch.stack([squares[:, i : i + channels] for i in range(self.size)]).sum(dim=0)
        divided: Tensor = wide * (1 + self.alpha / self.size * total).pow(-self.beta)
        return divided.to(x.dtype)
