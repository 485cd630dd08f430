"""A network that nobody trained: random filters at five sizes, with colors and edges.

It measures images that other networks have stylized: an image satisfies the network that made it
better than it satisfies the eye. At every octave of an image pyramid its feature map holds

    the ReLU of 11 x 11 random filters, the colors, and the absolute differences of the brightness

The layers are named like those of VGG, relu1_1 to relu5_1, by how often the image was halved.

Source: Ustyuzhaninov et al. (2016), "Texture Synthesis Using Shallow Convolutional Networks with
Random Filters".
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, conv2d, pad

# Differs from Ustyuzhaninov et al. (2016): one size of filters on a pyramid in place of eight sizes
# on the image, which costs 30 times as much; colors and differences beside the filters.
COUNT, KERNEL, SEED = 58, 11, 2016
"""How many filters, the side of each, and the seed that they are drawn from."""

LEVELS = 5
"""Octaves of the pyramid."""


class RandomFilters(nn.Module):
    """Features of five octaves, to evaluate with; called like a `Backbone`."""

    layers = tuple(f"relu{octave}_1" for octave in range(1, LEVELS + 1))

    def __init__(self) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(SEED)
        filters = torch.rand(COUNT, 3, KERNEL, KERNEL, generator=draw, device="cpu") * 2 - 1
        # Without a mean: brightness and color are features of their own.
        filters -= filters.mean(dim=(2, 3), keepdim=True)
        filters /= filters.flatten(1).norm(dim=1)[:, None, None, None]
        self.filters = nn.Parameter(filters, requires_grad=False)

    def forward(self, images: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Return feature maps (B, 63, H / 2ⁿ, W / 2ⁿ) of images (B, 3, H, W) in [0, 1]."""
        wanted, found = set(layers), {}
        for layer in self.layers:
            if layer in wanted:
                found[layer] = self._features(images)
            if min(images.shape[2:]) < 2:
                break
            images = avg_pool2d(images, 2)
        return found

    def _features(self, images: Tensor) -> Tensor:
        around = pad(images, [KERNEL // 2] * 4, mode="replicate")
        filtered = conv2d(around, self.filters).relu()
        gray = pad(images.mean(dim=1, keepdim=True), [0, 1, 0, 1], mode="replicate")
        across = gray.diff(dim=3)[:, :, :-1].abs()
        down = gray.diff(dim=2)[:, :, :, :-1].abs()
        return torch.cat([filtered, images, across, down], dim=1)
