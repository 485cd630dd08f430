"""The network in training: the pocket network's trunk, and a linear head for each layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from impasto.backbones.pocket import CONVOLUTIONS, channels, new_convolutions, reads, trunk
from training.teacher import COORDINATES, LAYERS, Corner, quarter, rows

OUTPUTS = {name: outputs for name, (_, outputs) in CONVOLUTIONS.items()}
READS = {layer: reads(layer, CONVOLUTIONS) for layer in LAYERS}


class Student(nn.Module):
    """Predicts the teacher's coordinates as `[f; 1] H`, with `f` the maps of a block."""

    def __init__(self) -> None:
        """Start from random weights (He) and heads of zero."""
        super().__init__()
        self.convolutions = new_convolutions()
        for convolution in self.convolutions.values():
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
            nn.init.zeros_(convolution.bias)
        self.heads = nn.ParameterDict(
            {
                layer: nn.Parameter(torch.zeros(channels(layer, OUTPUTS) + 1, count))
                for layer, count in COORDINATES.items()
            }
        )
        self.to(memory_format=torch.channels_last)

    def forward(
        self,
        images: Tensor,
        wanted: Sequence[str] = LAYERS,
        corners: Sequence[Corner] | None = None,
    ) -> dict[str, Tensor]:
        """Return `(B, H' W', C + 1)`: the feature maps with a column of ones.

        Args:
            images: `(B, 3, H, W)` in [0, 1].
            wanted: The layers.
            corners: Of the quarter of each picture that relu1_1 is returned of; all without.
        """
        maps: dict[str, Tensor] = {}

        def keep(name: str, x: Tensor) -> Tensor:
            maps[name] = x
            return x

        trunk(self.convolutions, images, wanted, keep)
        # Layers of the same block read the same maps, so they are turned into rows once.
        once = {}
        for layer in wanted:
            if READS[layer] not in once:
                feature = torch.cat([maps[name] for name in READS[layer]], dim=1)
                if layer == "relu1_1" and corners is not None:
                    feature = quarter(feature, corners)
                once[READS[layer]] = with_one(rows(feature))
        return {layer: once[READS[layer]] for layer in wanted}

    @torch.no_grad()
    def inherit(self, tensors: Mapping[str, Tensor]) -> None:
        """Take over the trunk of a network whose convolutions may be narrower, wider, or fewer.

        Maps that are new are small at first, and nothing reads them; a convolution that is new
        passes its input on. So the features are those of the other network, as far as the widths
        allow.

        Args:
            tensors: `conv1_1.weight` `(O, I, 3, 3)`, `conv1_1.bias` `(O,)`, ...
        """
        for name, module in self.convolutions.items():
            convolution = cast(nn.Conv2d, module)
            convolution.weight *= 0.3
            if f"{name}.weight" in tensors:
                weight, bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
            else:
                weight, bias = nn.init.dirac_(torch.zeros_like(convolution.weight)), torch.zeros(0)
            outputs, inputs = (min(weight.shape[i], convolution.weight.shape[i]) for i in (0, 1))
            convolution.weight[:outputs] = 0
            convolution.weight[:outputs, :inputs] = weight[:outputs, :inputs]
            convolution.bias[: len(bias[:outputs])] = bias[:outputs]


def with_one(f: Tensor) -> Tensor:
    """Append a column of ones to `(B, N, C)`."""
    return torch.cat([f, f.new_ones(*f.shape[:2], 1)], dim=2)
