"""The teacher, VGG-19 as it comes with the package, and the fixed basis of its features."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from impasto.backbones import load_backbone

COORDINATES = {
    "relu1_1": 48,
    "relu2_1": 80,
    "relu3_1": 128,
    "relu3_3": 96,
    "relu4_1": 192,
    "relu4_2": 192,
    "relu5_1": 192,
}
"""How many principal directions of each layer are predicted."""

LAYERS = tuple(COORDINATES)

Corner = tuple[int, int]
"""Top and left of the quarter of a picture in which relu1_1 is compared."""


class Teacher(nn.Module):
    """VGG-19 with average pooling, its features in the coordinates of a fixed basis."""

    def __init__(self) -> None:
        """Load the network from the package."""
        super().__init__()
        network = load_backbone("vgg19", layers=LAYERS)
        self.network = network.to(memory_format=torch.channels_last)

    def raw(self, images: Tensor, wanted: Sequence[str] = LAYERS) -> dict[str, Tensor]:
        """Return VGG-19's own channels for `images` `(B, 3, H, W)` in [0, 1]."""
        return self.network(images.contiguous(memory_format=torch.channels_last), wanted)

    def forward(self, images: Tensor, wanted: Sequence[str] = LAYERS) -> dict[str, Tensor]:
        """Return the coordinates `(B, H' W', P)` of each wanted layer."""
        features = self.raw(images, wanted)
        return {name: rows(x) @ getattr(self, f"basis_{name}") for name, x in features.items()}

    @torch.no_grad()
    def fit(self, batches: list[Tensor]) -> dict[str, float]:
        """Find the basis: the principal directions of `E[t t']`, uncentered.

        Uncentered, so that a Gram matrix in the basis is a projection of the teacher's. Divided by
        one number per layer, so that a coordinate has variance 1 on average.

        Returns:
            The share of the second moment that the directions keep, for each layer.
        """
        moment = dict.fromkeys(LAYERS, torch.zeros(()))
        mean = dict.fromkeys(LAYERS, torch.zeros(()))
        for batch in batches:
            for layer, feature in self.raw(batch).items():
                t = rows(feature).flatten(0, 1)
                moment[layer] = moment[layer] + t.T @ t / len(t) / len(batches)
                mean[layer] = mean[layer] + t.mean(0) / len(batches)
        kept = {}
        for layer, count in COORDINATES.items():
            values, vectors = torch.linalg.eigh(moment[layer].double())
            basis = vectors[:, -count:].flip(1).float()
            kept[layer] = round(float(values[-count:].sum() / values.sum()), 5)
            variance = values[-count:].sum() - (mean[layer] @ basis).square().sum()
            self.register_buffer(f"basis_{layer}", basis / (variance / count).sqrt().float())
        return kept

    def basis(self) -> dict[str, Tensor]:
        """Return the basis of each layer, `(C, P)`."""
        return {layer: getattr(self, f"basis_{layer}") for layer in LAYERS}

    def set_basis(self, basis: dict[str, Tensor]) -> None:
        """Take over what `basis` returned."""
        for layer, directions in basis.items():
            self.register_buffer(f"basis_{layer}", directions)


def quarter(feature: Tensor, corners: Sequence[Corner]) -> Tensor:
    """Return half the height and width of `(B, C, H, W)`, at each picture's own corner."""
    side = feature.shape[-1] // 2
    pictures = zip(feature, corners, strict=True)
    return torch.stack([x[:, top : top + side, left : left + side] for x, (top, left) in pictures])


def rows(feature: Tensor) -> Tensor:
    """Return `(B, C, H, W)` as `(B, H W, C)`."""
    return feature.permute(0, 2, 3, 1).flatten(1, 2)
