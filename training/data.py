"""Crops of the training pictures, and what is done to them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from training import procedural
from training.procedural import uniform

HELD_OUT_PAINTINGS = 20


def read(path: Path) -> Tensor:
    """Return a picture as uint8 `(3, H, W)`."""
    with Image.open(path) as image:
        return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).contiguous()


def split(images: Path, seed: int) -> dict[str, list[Path]]:
    """Return the files of each set; nothing that is validated on is trained on.

    Args:
        images: The folder that holds `train/photos` and `train/paintings`.
        seed: Chooses the paintings that are held out.
    """
    photos, paintings = images / "train" / "photos", images / "train" / "paintings"
    training = sorted(photos.glob("kodak_*.jpg")) + sorted(photos.glob("coco_*.jpg"))
    everything = sorted(paintings.glob("*.jpg"))
    order = torch.randperm(len(everything), generator=torch.Generator().manual_seed(seed)).tolist()
    held = sorted(order[:HELD_OUT_PAINTINGS])
    bsds = sorted(photos.glob("bsds_*.jpg"))
    return {
        "photos": training,
        "paintings": [everything[i] for i in sorted(order[HELD_OUT_PAINTINGS:])],
        "validation_photos": bsds[:: max(1, len(bsds) // 100)][:100],
        "validation_paintings": [everything[i] for i in held],
    }


class Crops:
    """An endless source of square training pictures, float32 in [0, 1]."""

    def __init__(self, files: dict[str, list[Path]], rng: torch.Generator) -> None:
        """Read all training pictures into memory."""
        self.photos = [read(path) for path in files["photos"]]
        self.paintings = [read(path) for path in files["paintings"]]
        self.rng = rng

    def crop(self, pictures: list[Tensor], size: int) -> Tensor:
        """Return a crop `(3, size, size)` of a random picture at a random scale, some flipped."""
        rng = self.rng
        picture = pictures[int(torch.randint(len(pictures), (), generator=rng))]
        height, width = picture.shape[1:]
        side = min(size / math.exp(uniform(rng, math.log(0.45), math.log(1.3))), height, width)
        high = min(int(side * uniform(rng, 0.9, 1.1)), height)
        wide = min(int(side), width)
        top = int(uniform(rng, 0, height - high + 1 - 1e-6))
        left = int(uniform(rng, 0, width - wide + 1 - 1e-6))
        patch = picture[None, :, top : top + high, left : left + wide].float() / 255
        patch = F.interpolate(patch, (size, size), mode="bilinear", antialias=True)[0]
        return patch.flip(2) if uniform(rng) < 0.5 else patch

    def natural(self, size: int) -> Tensor:
        """Return a crop of a photograph (six in ten) or of a painting."""
        return self.crop(self.photos if uniform(self.rng) < 0.6 else self.paintings, size)

    def one(self, size: int) -> Tensor:
        """Return a training picture `(3, size, size)`."""
        if uniform(self.rng) < 0.12:
            image = procedural.picture(size, self.rng)
        else:
            image = self.natural(size)
        return self.disturb(image) if uniform(self.rng) < 0.7 else image

    def batch(self, count: int, size: int) -> Tensor:
        """Return `count` training pictures."""
        return torch.stack([self.one(size) for _ in range(count)])

    def disturb(self, image: Tensor) -> Tensor:
        """Blend, recolor and roughen a picture, since iterates of a transfer look like no photo."""
        rng, size = self.rng, image.shape[1]
        if uniform(rng) < 0.3:
            other = self.crop(self.paintings, size)
            image = image.lerp(other, uniform(rng, 0.15, 0.7))
        if uniform(rng) < 0.4:
            gray = image.mean(0, keepdim=True)
            image = gray + (image - gray) * uniform(rng, 0, 3)
        if uniform(rng) < 0.3:
            image = (image - image.mean()) * uniform(rng, 0.3, 2.0) + uniform(rng, 0.2, 0.8)
        if uniform(rng) < 0.2:
            image = image[torch.randperm(3, generator=rng)]
        if uniform(rng) < 0.15:
            image = 1 - image
        if uniform(rng) < 0.4:
            image = image + self._roughness(size)
        return image.clamp(0, 1)

    def _roughness(self, size: int) -> Tensor:
        """Return noise of a random grain and a strength up to 0.25, gray or colored."""
        rng = self.rng
        grain = int(uniform(rng, 1, 5))
        channels = 1 if uniform(rng) < 0.3 else 3
        noise = torch.randn(1, channels, -(-size // grain), -(-size // grain), generator=rng)
        if grain > 1:
            noise = F.interpolate(noise, (size, size), mode="bilinear")
        return noise[0, :, :size, :size] * uniform(rng, 0, 0.25)
