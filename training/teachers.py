"""The two teachers, and the fixed basis in which their features are predicted."""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

Window = tuple[slice, slice]
VGG_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu3_3")
DEEP_LAYERS = ("relu4_1", "relu4_2", "relu5_1")
LAYERS = VGG_LAYERS + DEEP_LAYERS
MEAN = (103.939, 116.779, 123.68)
"""Of blue, green and red, in 0 to 255."""
COORDINATES = {
    "relu1_1": 48,
    "relu2_1": 80,
    "relu3_1": 128,
    "relu3_3": 128,
    "relu4_1": 128,
    "relu4_2": 96,
    "relu5_1": 128,
}
"""How many principal directions of each teacher layer are predicted."""


class VGG(nn.Module):
    """VGG-19, conv1_1 to conv3_4, original weights, zero padding, average pooling."""

    def __init__(self, path: Path) -> None:
        """Load the weights from a safetensors file."""
        super().__init__()
        for name, tensor in load_file(path).items():
            self.register_buffer(name.replace(".", "_"), _channels_last(tensor))
        self.layers = VGG_LAYERS

    def forward(self, images: Tensor, wanted: tuple[str, ...] = VGG_LAYERS) -> dict[str, Tensor]:
        """Return features of `images` `(B, 3, H, W)` in [0, 1], down to the deepest wanted."""
        features: dict[str, Tensor] = {}
        x = images.flip(1) * 255 - torch.tensor(MEAN).view(1, 3, 1, 1)
        x = x.to(self.conv1_1_weight.dtype)
        for block, depth in enumerate((2, 2, 4), start=1):
            for index in range(1, depth + 1):
                key = f"conv{block}_{index}"
                weight, bias = getattr(self, f"{key}_weight"), getattr(self, f"{key}_bias")
                x = F.relu(F.conv2d(x, weight, bias, padding=1))
                layer = f"relu{block}_{index}"
                if layer in wanted:
                    features[layer] = x
                    if len(features) == len(wanted):
                        return features
            x = F.avg_pool2d(x, 2)
        return features


class Encoder5SE(nn.Module):
    """The encoder of collaborative distillation, for relu4_1, relu4_2 and relu5_1.

    It was trained with maximum pooling, whose gradient is ragged: it reaches one pixel in four.
    With `pooling="avg"` each average is multiplied by a constant per channel, the ratio of the two
    poolings' mean values on training pictures (`calibrate`), so that the layers behind see
    activations as large as they were trained on.
    """

    def __init__(self, path: Path, pooling: str) -> None:
        """Load the weights from a safetensors file; `pooling` is `"avg"` or `"max"`."""
        super().__init__()
        for name, tensor in load_file(path).items():
            self.register_buffer(name.replace(".", "_"), _channels_last(tensor))
        self.pooling = pooling
        for block, width in ((1, 16), (2, 32), (3, 64), (4, 128)):
            self.register_buffer(f"gain{block}", torch.ones(1, width, 1, 1))
        self.layers = DEEP_LAYERS

    def _convolve(self, x: Tensor, key: str) -> Tensor:
        weight, bias = getattr(self, f"{key}_weight"), getattr(self, f"{key}_bias")
        if weight.shape[-1] == 3:
            x = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return F.conv2d(x, weight, bias)

    def _pool(self, x: Tensor, block: int) -> Tensor:
        if self.pooling == "max":
            return F.max_pool2d(x, 2)
        return F.avg_pool2d(x, 2) * getattr(self, f"gain{block}")

    def forward(self, images: Tensor, wanted: tuple[str, ...] = DEEP_LAYERS) -> dict[str, Tensor]:
        """Return relu4_1 and relu5_1 at VGG's width, relu4_2 at the encoder's own."""
        features: dict[str, Tensor] = {}
        x = self._convolve(images.to(self.conv0_weight.dtype), "conv0")
        for block, depth in enumerate((2, 2, 4, 4, 1), start=1):
            for index in range(1, depth + 1):
                x = F.relu(self._convolve(x, f"conv{block}{index}"))
                layer = f"relu{block}_{index}"
                if layer in wanted:
                    own = layer == "relu4_2"
                    features[layer] = x if own else F.relu(self._convolve(x, f"conv{block}1_aux"))
                    if len(features) == len(wanted):
                        return features
            x = self._pool(x, block)
        return features

    @torch.no_grad()
    def calibrate(self, images: Tensor) -> None:
        """Set the gains of average pooling from `images` `(B, 3, H, W)`; nothing for maximum."""
        if self.pooling == "max":
            return
        x = self._convolve(images.to(self.conv0_weight.dtype), "conv0")
        for block, depth in enumerate((2, 2, 4, 4), start=1):
            for index in range(1, depth + 1):
                x = F.relu(self._convolve(x, f"conv{block}{index}"))
            largest, mean = F.max_pool2d(x, 2), F.avg_pool2d(x, 2)
            gain = largest.mean((0, 2, 3)) / mean.mean((0, 2, 3)).clamp_min(1e-6)
            getattr(self, f"gain{block}").copy_(gain.clamp(1, 3).view(1, -1, 1, 1))
            x = largest


class Teachers(nn.Module):
    """Both teachers behind one call, with features in the coordinates of a fixed basis."""

    def __init__(
        self, folder: Path, pooling: str = "avg", dtype: torch.dtype = torch.bfloat16
    ) -> None:
        """Load both networks from `folder`; `pooling` is that of the deep teacher."""
        super().__init__()
        self.vgg = VGG(folder / "vgg19_conv1_1-conv3_4.safetensors")
        self.deep = Encoder5SE(folder / "collaborative_distillation_5se.safetensors", pooling)
        self.to(dtype)

    def raw(self, images: Tensor, wanted: tuple[str, ...] = LAYERS) -> dict[str, Tensor]:
        """Return the teachers' own channels."""
        features: dict[str, Tensor] = {}
        for teacher in (self.vgg, self.deep):
            here = tuple(layer for layer in teacher.layers if layer in wanted)
            if here:
                features.update(teacher(images, here))
        return features

    def forward(
        self, images: Tensor, wanted: tuple[str, ...] = LAYERS, window: Window | None = None
    ) -> dict[str, Tensor]:
        """Return `(B, H' W', P)` float32 coordinates of each wanted layer.

        Args:
            images: `(B, 3, H, W)`.
            wanted: The layers.
            window: The part of relu1_1 that is returned; all of it if None.
        """
        return {
            layer: rows(look(feature, layer, window)).float() @ getattr(self, f"basis_{layer}")
            for layer, feature in self.raw(images, wanted).items()
        }

    @torch.no_grad()
    def fit(self, batches: list[Tensor]) -> dict[str, float]:
        """Calibrate, and find the basis: the principal directions of `E[t t']`, uncentered.

        Uncentered, so that a Gram matrix in the basis is a projection of the teacher's. Divided by
        one number per layer, so that a coordinate has variance 1 on average.

        Returns:
            The share of the second moment that the directions keep, for each layer.
        """
        self.deep.calibrate(torch.cat(batches[:4]))
        moment = dict.fromkeys(LAYERS, torch.zeros(()))
        mean = dict.fromkeys(LAYERS, torch.zeros(()))
        for batch in batches:
            for layer, feature in self.raw(batch).items():
                t = rows(feature).float().flatten(0, 1)
                moment[layer] = moment[layer] + t.T @ t / len(t) / len(batches)
                mean[layer] = mean[layer] + t.mean(0) / len(batches)
        kept = {}
        for layer in LAYERS:
            values, vectors = torch.linalg.eigh(moment[layer])
            count = COORDINATES[layer]
            basis = vectors[:, -count:].flip(1)
            kept[layer] = float(values[-count:].sum() / values.sum())
            variance = values[-count:].sum() - (mean[layer] @ basis).square().sum()
            self.register_buffer(f"basis_{layer}", basis / (variance / count).sqrt())
        return kept


def look(feature: Tensor, layer: str, window: Window | None) -> Tensor:
    """Return a part of relu1_1, whose full resolution is dear, and all of any other layer."""
    return feature if window is None or layer != "relu1_1" else feature[..., window[0], window[1]]


def rows(feature: Tensor) -> Tensor:
    """Return `(B, C, H, W)` as `(B, H W, C)`."""
    return feature.permute(0, 2, 3, 1).flatten(1, 2)


def _channels_last(tensor: Tensor) -> Tensor:
    return tensor.contiguous(memory_format=torch.channels_last) if tensor.ndim == 4 else tensor
