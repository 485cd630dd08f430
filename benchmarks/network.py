"""The weights and the pictures that both sides of a comparison use.

VGG-19 cannot be shipped. Where Oxford's weights have been fetched (`impasto models fetch
vgg19-caffe`), they are used. Elsewhere its place is taken by a network of the same shape: the real
conv1_1 to conv3_4 where ``shared/weights`` has them, and random filters in the deeper layers,
scaled after He et al. (2015) so that activations keep their mean square. An evaluation costs the
same, and the optimization behaves alike.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

SEED = 19
BLOCKS = ((2, 64), (2, 128), (4, 256), (4, 512), (1, 512))
"""Convolutions and channels of each block down to conv5_1, the deepest layer that is compared."""

REAL = "vgg19_conv1_1-conv3_4.safetensors"


def pictures(shared: Path) -> tuple[Path, Path]:
    """Return photograph and painting: Tübingen and The Starry Night, or samples of the package."""
    content = shared / "images" / "content" / "tubingen.jpg"
    style = shared / "images" / "styles" / "starry_night.jpg"
    if content.is_file() and style.is_file():
        return content, style
    from impasto import samples

    return samples.photograph("rocket"), samples.painting("swirls")


def write(shared: str, folder: str) -> dict[str, str]:
    """Write the network as a safetensors file, for both sides to load, unless it is there.

    Returns:
        Its ``path``, and ``what`` it is.
    """
    from safetensors.torch import save_file

    known, what = fetched() or real(Path(shared)) or ({}, "random filters throughout")
    kind = hashlib.sha256(f"{what} {SEED}".encode()).hexdigest()[:8]
    path = Path(folder) / f"vgg19_{kind}.safetensors"
    if not path.is_file():
        temporary = path.with_suffix(".tmp")
        save_file(complete(known), temporary, metadata={"name": what})
        temporary.replace(path)
    return {"path": str(path), "what": f"VGG-19 down to conv5_1: {what}"}


def fetched() -> tuple[dict[str, Tensor], str] | None:
    """Return the published weights if they are here, and expect what Caffe's networks expect."""
    from impasto.backbones import BACKBONES
    from impasto.backbones.weights.conventions import CAFFE
    from impasto.backbones.weights.published import find_weights
    from impasto.backbones.weights.reading import read_weights
    from impasto.errors import WeightsError

    layers = BACKBONES["vgg19"].layers
    try:
        found = read_weights(find_weights("vgg19"), "vgg19", layers[: layers.index("relu5_1")])
    except WeightsError:
        return None
    return (found.convolutions, "the published weights") if found.preprocessing == CAFFE else None


def real(shared: Path) -> tuple[dict[str, Tensor], str] | None:
    """Return the shallow half of Oxford's VGG-19 if it is here."""
    from safetensors.torch import load_file

    path = shared / "weights" / REAL
    if not path.is_file():
        return None
    return load_file(path), "Oxford's weights to conv3_4, random filters from conv4_1"


def complete(known: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return all convolutions, the unknown ones drawn with variance 2 / (9 C) and no bias.

    Source: He et al. (2015), "Delving Deep into Rectifiers", equation 10.
    """
    import torch

    generator = torch.Generator().manual_seed(SEED)
    tensors, inputs = {}, 3
    for block, (count, outputs) in enumerate(BLOCKS, start=1):
        for number in range(1, count + 1):
            name = f"conv{block}_{number}"
            drawn = torch.randn((outputs, inputs, 3, 3), generator=generator)
            weight = known.get(f"{name}.weight", drawn * (2 / (9 * inputs)) ** 0.5)
            bias = known.get(f"{name}.bias", torch.zeros(outputs))
            tensors |= {f"{name}.weight": weight.contiguous(), f"{name}.bias": bias.contiguous()}
            inputs = outputs
    return tensors
