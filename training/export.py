"""Turn a checkpoint into the file that ships. `python -m training.export --help`.

The heads become projections. With `H` the head of a layer, a feature map `f` predicts the teacher's
coordinates `t = [f; 1] H`, and what the losses compare are distances between Gram matrices of `t`.
They do not change if `t` is turned by an orthonormal matrix, and hardly if directions without
energy are dropped. So a projection keeps the principal directions of the prediction: `R = H V`,
with `V` the first eigenvectors of `H' E[f f'] H`.

Large kernels are written with one byte for each number, like VGG-19's file, the others in float16.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from impasto.backbones.pocket import CONVOLUTIONS, PROJECTIONS, WEIGHTS, Pocket, read_pocket
from impasto.backbones.weights.formats.palette import CODEBOOK, CODES
from training.student import Student

GOLDEN = Path("tests/golden/pocket_features.json")
METADATA = {
    "name": "impasto pocket network",
    "version": "3",
    "input": "sRGB in [0, 1], RGB, NCHW; (x - 0.45) * 4 is applied inside",
    "network": "3x3 convolutions with zero padding, ReLU, 2x2 average pooling between blocks; "
    "reluX_Y are 1x1 projections of a block's maps, and their values may be negative",
    "licence": "MIT (the Impasto authors); distilled from VGG-19 weights, CC BY 4.0, Visual "
    "Geometry Group, University of Oxford; begun from version 1, whose deep layers had been taught "
    "by the collaborative-distillation encoder, MIT, Copyright (c) 2020 Huan Wang",
    "teachers": "VGG-19 to conv5_1, average pooling (Simonyan and Zisserman 2015)",
    "training data": "22 Kodak and 239 COCO photographs, 111 paintings in the public domain, "
    "pictures made by the training program, style transfers between them",
}


def probe(side: int = 64) -> Tensor:
    """Return a picture `(1, 3, side, side)` in [0, 1] that is the same on every machine."""
    axis = torch.arange(side, dtype=torch.float64) / side
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    waves = [
        torch.sin(2 * math.pi * (3 * x + 2 * y)) * torch.cos(2 * math.pi * y),
        torch.cos(2 * math.pi * (7 * x * y)),
        torch.sin(2 * math.pi * (x - y) * 11) * x,
    ]
    return (0.5 + 0.5 * torch.stack(waves)[None]).float()


LEAST_CODED = 2**13
"""Numbers of a kernel from which on each is written as one byte."""


def tensors(student: Student, moments: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors of the network, float32.

    Args:
        student: Trunk and heads.
        moments: `E[f f']` `(c + 1, c + 1)` of each layer, which says where precision
            counts.
    """
    out: dict[str, Tensor] = {}
    for name in CONVOLUTIONS:
        out[f"{name}.weight"] = student.convolutions[name].weight.detach()
        out[f"{name}.bias"] = student.convolutions[name].bias.detach()
    for layer, count in PROJECTIONS.items():
        head = student.heads[layer].detach().double()
        energy, vectors = torch.linalg.eigh(head.T @ moments[layer].double() @ head)
        # There are at most as many directions as coordinates; the rest of a wide one is zero.
        kept = vectors.flip(1)[:, :count]
        scale = energy.sum().rsqrt()  # so that a projection's mean energy is 1 in every layer
        R = torch.zeros(len(head), count, dtype=torch.float64)
        R[:, : kept.shape[1]] = head @ kept * scale
        out[f"{layer}.weight"] = R[:-1].T.reshape(count, -1, 1, 1)
        out[f"{layer}.bias"] = R[-1]
    return {name: tensor.float().contiguous() for name, tensor in out.items()}


def coded(kernel: Tensor, rounds: int = 100) -> tuple[Tensor, Tensor]:
    """Return the codes and the codebook of a kernel: the nearest of 256 values, by k-means.

    Args:
        kernel: Of any shape.
        rounds: Of Lloyd's algorithm. It begins with values as dense as the cube root of the
            density of the numbers, which is best for many values (Panter and Dite 1951).
    """
    numbers = kernel.double().flatten()
    ordered = numbers.sort().values[torch.linspace(0, len(numbers) - 1, 4097).long()]
    dense = ordered.diff() ** (2 / 3)  # a cell's width times the cube root of 1 / width
    shares = torch.arange(0.5, 256, dtype=torch.float64) / 256 * dense.sum()
    codebook = ordered[1:][torch.searchsorted(dense.cumsum(0), shares)]
    for _ in range(rounds):
        codes = torch.bucketize(numbers, (codebook[1:] + codebook[:-1]) / 2)
        counts = torch.bincount(codes, minlength=256)
        sums = torch.bincount(codes, weights=numbers, minlength=256)
        codebook = torch.where(counts > 0, sums / counts.clamp_min(1), codebook)
    codes = torch.bucketize(numbers, (codebook[1:] + codebook[:-1]) / 2)
    return codes.byte().view(kernel.shape), codebook.float()


def packed(found: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors of the file: large kernels coded, everything else in float16."""
    file: dict[str, Tensor] = {}
    for name, tensor in found.items():
        if tensor.numel() < LEAST_CODED:
            file[name] = tensor.half()
        else:
            kernel = name.removesuffix(".weight")
            file[kernel + CODES], file[kernel + CODEBOOK] = coded(tensor)
    return file


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(content)
    temporary.replace(path)


def golden() -> dict[str, list[float]]:
    """Return six numbers of each layer of the shipped network, seeing `probe`."""
    network = Pocket(read_pocket())
    features = network(probe(), network.layers)
    return {
        layer: [round(float(v), 5) for v in f.flatten()[:: max(1, f.numel() // 5)][:6]]
        for layer, f in features.items()
    }


def export(checkpoint: Path, target: Path = WEIGHTS) -> str:
    """Write weights, hash and golden features; return the hash."""
    state = torch.load(checkpoint, weights_only=True, map_location="cpu")
    student = Student()
    student.load_state_dict(state["average"])
    metadata = METADATA | {
        "made": f"{state['step']} steps, {state['seconds'] / 60:.0f} minutes, "
        f"seed {state['config']['seed']}"
    }
    file = packed(tensors(student, state["moments"][0]))
    # One entry: safetensors writes several in an order that changes from run to run.
    content = save(file, {"about": json.dumps(metadata)})
    digest = hashlib.sha256(content).hexdigest()
    write_atomically(target, content)
    line = f"{digest}  {target.name}\n"
    write_atomically(target.with_suffix(".sha256"), line.encode())
    if target == WEIGHTS:
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(GOLDEN, (json.dumps(golden(), indent=1) + "\n").encode())
    return digest


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description="Turn a checkpoint into the file that ships.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--target", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    print(export(options.checkpoint, options.target), options.target)


if __name__ == "__main__":
    main()
