"""VGG-16 and VGG-19: 3x3 convolutions, ReLUs, and a 2x2 pool after each block.

Source: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
Recognition" (2015), table 1, columns D and E. The classifier is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self, final

import torch
from torch import Tensor, nn

from impasto.backbones import BACKBONES, minimum_side
from impasto.backbones.backbone import Backbone, vgg_margin
from impasto.backbones.conventions import Preprocessing
from impasto.backbones.plausibility import check_activations
from impasto.backbones.published import find_weights
from impasto.backbones.weights import read_weights
from impasto.errors import UnknownName

_POOLS: dict[str, type[nn.AvgPool2d] | type[nn.MaxPool2d]] = {
    # Differs from Simonyan and Zisserman (2015): they pool by the maximum; Gatys et al. (2015)
    # replace it by the mean, "which improves the gradient flow".
    "avg": nn.AvgPool2d,
    "max": nn.MaxPool2d,
}


@final
class VGG(Backbone):
    """A VGG, built no deeper than it is needed.

    Args:
        layers: The names of its stages, from conv1_1 to the deepest one.
        convolutions: ``conv1_1.weight`` (O, I, 3, 3), ``conv1_1.bias`` (O), ... in float32.
        preprocessing: What the weights expect of their input.
        pooling: "avg" or "max".
    """

    def __init__(
        self,
        layers: Sequence[str],
        convolutions: Mapping[str, Tensor],
        preprocessing: Preprocessing,
        pooling: str = "avg",
    ) -> None:
        super().__init__()
        self.layers = tuple(layers)
        self.minimum_side = minimum_side(layers)
        self.description = ""
        self.preprocessing = preprocessing
        self.stages = nn.ModuleDict()
        for name in layers:
            if name.startswith("conv"):
                self.stages[name] = _convolution(
                    convolutions[f"{name}.weight"], convolutions[f"{name}.bias"]
                )
            elif name.startswith("relu"):
                self.stages[name] = nn.ReLU(inplace=True)
            else:
                self.stages[name] = _POOLS[pooling](kernel_size=2, stride=2)
        self.requires_grad_(False).eval()

    def margin(self, layers: Iterable[str]) -> int:
        """Return how far the deepest of ``layers`` sees; see `Backbone.margin`."""
        depth = max((self.layers.index(layer) + 1 for layer in layers), default=0)
        return vgg_margin(name for name in self.layers[:depth] if name.startswith("conv"))

    @classmethod
    def load(cls, name: str, *, layers: Sequence[str], weights: Path | None, pooling: str) -> Self:
        """Read the convolutions that ``layers`` need; see `Backbone.load`."""
        every = BACKBONES[name].layers
        depth = max((every.index(layer) + 1 for layer in layers), default=0)
        path = weights or find_weights(name)
        found = read_weights(path, name, every[:depth])
        network = cls(every[:depth], found.convolutions, found.preprocessing, pooling)
        network.description = found.description
        if not found.verified:
            bounds = found.preprocessing.first_activation
            layer, mean = check_activations(network, str(path), bounds)
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
        for name, stage in self.stages.items():
            x = stage(x)  # (B, C, H / 2^pools, W / 2^pools)
            if name in wanted:
                # A ReLU overwrites the convolution before it: half the memory, and faster.
                features[name] = x.clone() if name.startswith("conv") else x
                if len(features) == len(wanted):
                    break
        return features


def _convolution(weight: Tensor, bias: Tensor) -> nn.Conv2d:
    """Wrap given numbers; without the meta device, torch would first draw random ones."""
    outputs, inputs = weight.shape[:2]
    convolution = nn.Conv2d(inputs, outputs, kernel_size=3, padding=1, device=torch.device("meta"))
    convolution.load_state_dict({"weight": weight, "bias": bias}, assign=True)
    return convolution
