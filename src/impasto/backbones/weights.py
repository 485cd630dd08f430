"""Weight files: read them, see which network they hold, and say what was found.

Read are PyTorch's files (never running what is pickled in them) and safetensors, with the keys
of torchvision (``features.0.weight``) or of Gatys's code (``conv1_1.weight``), whole or cut off
after any convolution. Everything else in a file, such as the classifier, is ignored.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from impasto.backbones import BACKBONES, Architecture
from impasto.backbones.conventions import CONVENTIONS, Preprocessing, recognize
from impasto.backbones.published import PUBLISHED, Published
from impasto.errors import WeightsError

_CONVOLUTION = re.compile(r"(features\.\d+|conv\d+_\d+)\.(weight|bias)")


@dataclass(frozen=True)
class Weights:
    """The convolutions of one network, as asked for.

    Attributes:
        convolutions: ``conv1_1.weight`` (O, I, 3, 3), ``conv1_1.bias`` (O), ... in float32.
        preprocessing: What they expect of their input.
        description: What the file is; if it is not verified, the caller has to check and add.
        verified: Whether the file's SHA-256 is a published one.
    """

    convolutions: dict[str, Tensor]
    preprocessing: Preprocessing
    description: str
    verified: bool


def read_weights(path: Path, name: str, layers: Sequence[str]) -> Weights:
    """Read the convolutions among ``layers`` of architecture ``name``.

    Args:
        path: A weight file.
        name: A row of `BACKBONES` that has convolutions.
        layers: All stages that are needed, shallow to deep.

    Raises:
        WeightsError: If the file is missing, damaged, another network's, or not deep enough.
    """
    architecture = BACKBONES[name]
    tensors = _open(path)
    problem = mismatch(tensors, architecture)
    if problem:
        others = [row for row in BACKBONES if row != name and _fits(tensors, BACKBONES[row])]
        remedy = f"it fits backbone '{others[0]}'" if others else "give another file"
        raise WeightsError(f"'{path}' does not hold {architecture.title}: {problem}; {remedy}.")
    named = _by_layer(tensors, architecture)
    held = [layer for layer in architecture.layers if f"{layer}.weight" in named]
    extent = f"{held[0]} to {held[-1]}"
    missing = [layer for layer in layers if layer.startswith("conv") and layer not in held]
    if missing:
        raise WeightsError(
            f"'{path}' holds {extent} of {architecture.title}, and layer '{layers[-1]}' needs "
            f"{missing[0]}: choose layers up to {held[-1].replace('conv', 'relu')}, "
            f"or fetch the whole network with `impasto models fetch {name}`."
        )
    published = _published(path)
    if published:
        convention, reason = published.convention, ""
        verified = f"SHA-256 {published.sha256}… verified"
    else:
        convention, reason = _convention(path, name, tensors, named["conv1_1.weight"])
        verified = "no published hash"
    preprocessing = CONVENTIONS[convention]
    keys = [f"{layer}.{part}" for layer in layers if layer in held for part in ("weight", "bias")]
    return Weights(
        # A copy, so that neither the file nor the rest of its numbers stays open.
        convolutions={key: named[key].to(torch.float32, copy=True).contiguous() for key in keys},
        preprocessing=preprocessing,
        description=f"{architecture.title}, {preprocessing.name} convention{reason}, {extent}, "
        f"{verified}",
        verified=published is not None,
    )


def mismatch(tensors: Mapping[str, Tensor], architecture: Architecture) -> str:
    """Say in what the names and shapes differ from ``architecture``; empty if in nothing."""
    named = _by_layer(tensors, architecture)
    expected = _shapes(architecture)
    if not named:
        return "it has no convolution named like features.0.weight or conv1_1.weight"
    for key, tensor in named.items():
        if key not in expected:
            return f"it has {key}, which that network has not"
        if tuple(tensor.shape) != expected[key]:
            return f"{key} has shape {tuple(tensor.shape)} where {expected[key]} belongs"
        if not tensor.is_floating_point():
            return f"{key} holds {tensor.dtype}, not floating-point numbers"
    # A file may stop early, but not leave anything out before its end.
    keys = list(expected)
    last = max(keys.index(key) for key in named)
    gaps = [key for key in keys[: last // 2 * 2 + 2] if key not in named]
    return f"{gaps[0]} is missing" if gaps else ""


def _fits(tensors: Mapping[str, Tensor], architecture: Architecture) -> bool:
    return bool(architecture.convolutions) and not mismatch(tensors, architecture)


def _shapes(architecture: Architecture) -> dict[str, tuple[int, ...]]:
    """Return the shape that each weight and bias of a VGG has to have, in depth order."""
    shapes: dict[str, tuple[int, ...]] = {}
    inputs = 3
    for layer in architecture.layers:
        if layer.startswith("conv"):
            outputs = architecture.widths[int(layer[4]) - 1]
            shapes[f"{layer}.weight"] = (outputs, inputs, 3, 3)
            shapes[f"{layer}.bias"] = (outputs,)
            inputs = outputs
    return shapes


def _by_layer(tensors: Mapping[str, Tensor], architecture: Architecture) -> dict[str, Tensor]:
    """Rename ``features.5.weight`` to ``conv2_1.weight``: N counts the layers, pools too."""
    named = {}
    for key, tensor in tensors.items():
        stem, _, part = key.rpartition(".")
        number = int(stem.removeprefix("features.")) if stem.startswith("features.") else -1
        layer = architecture.layers[number] if 0 <= number < len(architecture.layers) else ""
        named[f"{layer}.{part}" if layer.startswith("conv") else key] = tensor
    return named


def _convention(
    path: Path, name: str, tensors: Mapping[str, Tensor], first_weight: Tensor
) -> tuple[str, str]:
    """Decide what weights without a published hash expect of their input, and say why."""
    if found := recognize(first_weight):
        if found[0] != name:
            raise WeightsError(
                f"'{path}' does not hold {BACKBONES[name].title}: its first filter is that of "
                f"{BACKBONES[found[0]].title}; it fits backbone '{found[0]}'."
            )
        return found[1], " (known by its first filter)"
    family = "torchvision" if "features.0.weight" in tensors else "caffe"
    return family, " (assumed from its key names)"


def _published(path: Path) -> Published | None:
    """Return the published file that ``path`` is; its name must not promise another hash."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    for row in PUBLISHED.values():
        if row.sha256 and digest.startswith(row.sha256):
            return row
        if row.sha256 and path.name == row.file_name:
            raise WeightsError(
                f"'{path}' is damaged: its SHA-256 starts with {digest[:8]}, and its name says "
                f"{row.sha256}; delete it and fetch it again, or rename it if it is another file."
            )
    return None


def _open(path: Path) -> dict[str, Tensor]:
    """Return the convolutions of a file under the file's own keys, without running anything."""
    if not path.exists():
        raise WeightsError(f"there is no weight file '{path}': check the path.")
    if not path.is_file():
        raise WeightsError(f"'{path}' is not a file: give a .pth or .safetensors file.")
    try:
        found = _from_safetensors(path) if _is_safetensors(path) else _from_pytorch(path)
    except WeightsError:
        raise
    except Exception as error:  # what a damaged file makes its reader raise is open-ended
        raise WeightsError(
            f"'{path}' cannot be read as weights ({type(error).__name__}): it must be an undamaged "
            ".safetensors file, or a .pth file that holds tensors by name and nothing else."
        ) from error
    return {key: tensor for key, tensor in found.items() if _CONVOLUTION.fullmatch(key)}


def _is_safetensors(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(9)[8:] == b"{"  # eight bytes of length, then a JSON object


def _from_safetensors(path: Path) -> dict[str, Tensor]:
    with safe_open(path, framework="pt") as file:
        keys = [key for key in file.keys() if _CONVOLUTION.fullmatch(key)]  # noqa: SIM118
        return {key: file.get_tensor(key) for key in keys}


def _from_pytorch(path: Path) -> dict[str, Tensor]:
    # Files from before torch 1.6, such as the published ones, are no zip files: no mapping them.
    mapped = zipfile.is_zipfile(path)
    found = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    if not isinstance(found, dict):
        raise WeightsError(f"'{path}' holds no tensors by name: give a saved state_dict.")
    return {str(key): value for key, value in found.items() if isinstance(value, Tensor)}
