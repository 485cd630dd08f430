"""The network in training: the pocket network's trunk, and a linear head for each layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from impasto.backbones.pocket import READS, channels, new_convolutions, trunk
from training.teachers import COORDINATES, LAYERS, Window, look, rows


class Student(nn.Module):
    """Predicts a teacher's coordinates as `[f; 1] H`, with `f` the maps of a block."""

    def __init__(self) -> None:
        """Start from random weights (He) and heads of zero."""
        super().__init__()
        self.convolutions = new_convolutions()
        for convolution in self.convolutions.values():
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
            nn.init.zeros_(convolution.bias)
        self.heads = nn.ParameterDict(
            {
                layer: nn.Parameter(torch.zeros(channels(layer) + 1, COORDINATES[layer]))
                for layer in LAYERS
            }
        )
        self.to(memory_format=torch.channels_last)

    def forward(
        self, images: Tensor, wanted: tuple[str, ...] = LAYERS, window: Window | None = None
    ) -> dict[str, Tensor]:
        """Return `(B, H' W', C + 1)` float32: the feature maps with a column of ones."""
        maps: dict[str, Tensor] = {}

        def keep(name: str, x: Tensor) -> Tensor:
            maps[name] = x
            return x

        with torch.autocast("cpu", torch.bfloat16):
            trunk(self.convolutions, images, wanted, keep)
        # Layers of the same block read the same maps, so they are turned into rows once.
        once = {}
        for layer in wanted:
            if READS[layer] not in once:
                feature = torch.cat([maps[name] for name in READS[layer]], dim=1)
                once[READS[layer]] = with_one(rows(look(feature, layer, window)).float())
        return {layer: once[READS[layer]] for layer in wanted}


def with_one(f: Tensor) -> Tensor:
    """Append a column of ones to `(B, N, C)`."""
    return torch.cat([f, f.new_ones(*f.shape[:2], 1)], dim=2)
