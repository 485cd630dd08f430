"""A backbone: two layers of random filters. Nothing to fetch, and enough for simple textures."""

import torch
from torch import nn

from impasto.backbones import check_layers
from impasto.backbones.backbone import Backbone
from impasto.backbones.layers import Geometry, Window
from impasto.plugins import register


@register.backbone(
    "random",
    "two layers of random filters",
    content_layers={"relu2_1": 1},
    style_layers={"relu1_1": 1, "relu2_1": 1},
)
class RandomNetwork(Backbone):
    """Convolutions of 3 x 3 pixels with a pool between them, on images less a middle gray."""

    layers = ("relu1_1", "relu2_1")
    minimum_side = 2
    description = "random filters, seed 0"

    def __init__(self, pooling):
        """Draw the filters."""
        super().__init__()
        draw = torch.Generator().manual_seed(0)
        self.first = nn.Parameter(torch.randn(32, 3, 3, 3, generator=draw))
        self.second = nn.Parameter(torch.randn(64, 32, 3, 3, generator=draw) / 17)
        self.pool = nn.AvgPool2d(2) if pooling == "avg" else nn.MaxPool2d(2)

    @classmethod
    def load(cls, name, *, layers, weights, pooling):
        """Return the network; a trained one would read its weights from the file here."""
        return cls(pooling)

    def forward(self, images, layers):
        """Return the feature maps of some layers for images (B, 3, H, W) in [0, 1]."""
        wanted = set(layers)
        check_layers("random", wanted)
        x = (images - 0.45).to(self.first.dtype)
        maps = {"relu1_1": nn.functional.conv2d(x, self.first, padding=1).relu()}
        if "relu2_1" in wanted:
            x = self.pool(maps["relu1_1"])
            maps["relu2_1"] = nn.functional.conv2d(x, self.second, padding=1).relu()
        return {layer: found for layer, found in maps.items() if layer in wanted}

    def geometry(self, layer):
        """Return which pixels a position sees, so that tiles and masks fit."""
        first = Geometry().through(Window(3, padding=1))
        pooled = first.through(Window(2, stride=2)).through(Window(3, padding=1))
        return first if layer == "relu1_1" else pooled

    def positions(self, layer, length):
        """Return how many positions there are along a side of so many pixels."""
        return length // self.geometry(layer).stride
