"""A network that nobody trained: random filters at five sizes, with colors and edges.

It judges pictures that other networks painted: painting with one network satisfies that network
better than it satisfies the eye. At every octave of a pyramid it gives

    rectified answers of 11 x 11 random filters, the colors, and how steep the brightness is

and names them like the layers of VGG, relu1_1 to relu5_1, by how often the picture was halved.

Source: Ustyuzhaninov et al. (2016), "Texture Synthesis Using Shallow Convolutional Networks with
Random Filters".
# Differs from Ustyuzhaninov et al. (2016): one size of filters on a pyramid in place of eight sizes
# on the picture, which costs 30 times as much; colors and steepness beside the filters.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, conv2d, pad

COUNT, SIDE, SEED = 58, 11, 2016
"""How many filters, how wide, and drawn from which seed."""

OCTAVES = 5


class RandomFilters(nn.Module):
    """Features of five octaves, for `judge`; called like a backbone."""

    layers = tuple(f"relu{octave}_1" for octave in range(1, OCTAVES + 1))

    def __init__(self) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(SEED)
        filters = torch.rand(COUNT, 3, SIDE, SIDE, generator=draw) * 2 - 1
        # Without a mean: brightness and color are features of their own.
        filters -= filters.mean(dim=(2, 3), keepdim=True)
        filters /= filters.flatten(1).norm(dim=1)[:, None, None, None]
        self.filters = nn.Parameter(filters, requires_grad=False)

    def forward(self, images: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Return feature maps (B, 63, H / 2ⁿ, W / 2ⁿ) of pictures (B, 3, H, W) in [0, 1]."""
        wanted, found = set(layers), {}
        for layer in self.layers:
            if layer in wanted:
                found[layer] = self._features(images)
            if min(images.shape[2:]) < 2:
                break
            images = avg_pool2d(images, 2)
        return found

    def _features(self, images: Tensor) -> Tensor:
        around = pad(images, [SIDE // 2] * 4, mode="replicate")
        answers = conv2d(around, self.filters).relu()
        gray = pad(images.mean(dim=1, keepdim=True), [0, 1, 0, 1], mode="replicate")
        across = gray.diff(dim=3)[:, :, :-1].abs()
        down = gray.diff(dim=2)[:, :, :, :-1].abs()
        return torch.cat([answers, images, across, down], dim=1)
