"""Weight files: see which network they hold, and give its convolutions under their names.

Known are the names of torchvision (``features.0.weight``) and those of the literature, which Caffe,
MatConvNet and Gatys's code use (``conv1_1.weight``). A file may be cut off after any convolution.
Everything else in it, such as the classifier, is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from impasto.backbones.architecture import Architecture
from impasto.backbones.layers import convolutions
from impasto.backbones.table import BACKBONES
from impasto.backbones.weights.batch_norm import fold
from impasto.backbones.weights.conventions import CONVENTIONS, Preprocessing, recognize
from impasto.backbones.weights.formats import WEIGHT_FORMATS, read_tensors
from impasto.backbones.weights.published import PACKAGED, PUBLISHED, Digests, Published, sources
from impasto.errors import WeightsError

_TRUNK = re.compile(r"(features\.\d+|conv\d(?!\d)|fire\d|inception_?\d).*\.(weight|bias)")
"""Keys of convolutions in the part that is used; conv10 is SqueezeNet's classifier."""


@dataclass(frozen=True)
class Weights:
    """The convolutions of one network, as asked for.

    Attributes:
        convolutions: ``conv1_1.weight`` (O, I, 3, 3), ``conv1_1.bias`` (O), ... in float32.
        preprocessing: What they expect of their input.
        description: What the file is; if it is not verified, the caller has to check and add.
        verified: Whether the file's hash is a published one.
    """

    convolutions: dict[str, Tensor]
    preprocessing: Preprocessing
    description: str
    verified: bool


@dataclass(frozen=True)
class WeightFile:
    """What stands in a file.

    Attributes:
        path: The file.
        format: The row of `impasto.backbones.weights.formats.WEIGHT_FORMATS`.
        tensors: The convolutions by the file's own keys, batch normalization folded in.
    """

    path: Path
    format: str
    tensors: dict[str, Tensor]


@lru_cache(maxsize=1)
def _packaged() -> tuple[str, dict[str, Tensor]]:
    """Return what `PACKAGED` holds, which is decoded once in a process."""
    return read_tensors(PACKAGED)


def open_weights(path: Path) -> WeightFile:
    """Read the convolutions of a file.

    Raises:
        WeightsError: If the file is missing, damaged, or in no known format.
    """
    name, tensors = _packaged() if path == PACKAGED else read_tensors(path)
    trunk = {key: tensor for key, tensor in fold(tensors).items() if _TRUNK.fullmatch(key)}
    return WeightFile(path, name, upright(trunk) if name == "matconvnet" else trunk)


def read_weights(path: Path, name: str, layers: Sequence[str]) -> Weights:
    """Read the convolutions among ``layers`` of architecture ``name``.

    Args:
        path: A weight file.
        name: A row of `BACKBONES` that has a table.
        layers: All layers that are needed, shallow to deep.

    Raises:
        WeightsError: If the file is missing, damaged, another network's, or not deep enough.
    """
    architecture, file = BACKBONES[name], open_weights(path)
    if problem := mismatch(file, architecture):
        others = [row for row in fitting(file) if row != name]
        remedy = f"it fits backbone '{others[0]}'" if others else "give another file"
        raise WeightsError(f"'{path}' does not hold {architecture.title}: {problem}; {remedy}.")
    extent = _extent(file, name, layers)
    named = _by_layer(file, architecture)
    published = find_published(path)
    if published:
        convention, reason = published.convention, ""
    else:
        convention, reason = _convention(file, name, next(iter(named.values())))
    preprocessing = CONVENTIONS[convention]
    kept = [layer for layer in architecture.table if layer.name in layers]
    keys = [key for row in convolutions(kept) for key in row.shapes]
    return Weights(
        # A copy, so that neither the file nor the rest of its numbers stays open.
        convolutions={key: named[key].to(torch.float32, copy=True).contiguous() for key in keys},
        preprocessing=preprocessing,
        description=f"{architecture.title}, {preprocessing.name} convention{reason}, {extent}, "
        + (f"{published.digest} verified" if published else "no published hash"),
        verified=published is not None,
    )


def fitting(file: WeightFile) -> list[str]:
    """Return the backbones whose names and shapes a file has."""
    return [name for name, row in BACKBONES.items() if row.table and not mismatch(file, row)]


def mismatch(file: WeightFile, architecture: Architecture) -> str:
    """Say in what the names and shapes differ from ``architecture``; empty if in nothing."""
    named, expected = _by_layer(file, architecture), _shapes(architecture)
    if not named:
        return f"it has no convolution named like {_examples(architecture)}"
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


def matches(file: WeightFile, architecture: Architecture) -> int:
    """Return how many tensors have the name and shape that ``architecture`` expects."""
    named, expected = _by_layer(file, architecture), _shapes(architecture)
    return sum(tuple(tensor.shape) == expected.get(key) for key, tensor in named.items())


def held_layers(file: WeightFile, architecture: Architecture) -> list[str]:
    """Return the layers that can be computed with the convolutions of a file that fits."""
    named, held = _by_layer(file, architecture), []
    for layer in architecture.table:
        if any(key not in named for row in convolutions([layer]) for key in row.shapes):
            break
        held.append(layer.name)
    return held


def find_published(path: Path) -> Published | None:
    """Return the published file that ``path`` is.

    Raises:
        WeightsError: If it is none, but has the name of one whose hash is known.
    """
    digests = Digests.of(path)
    for row in PUBLISHED.values():
        if row.is_known and digests.are_of(row):
            return row
        if row.is_known and path.name == row.file_name:
            remedy = "delete it and fetch it again, or rename it if it is another file"
            if path == PACKAGED:
                remedy = "reinstall the package"
            raise WeightsError(
                f"'{path}' is damaged: its {digests.shown(row)}, and {row.digest} was published; "
                f"{remedy}."
            )
    return None


def upright(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return kernels whose rows are rows: some MatConvNet files are turned, as a VGG's tell."""
    first = tensors.get("conv1_1.weight")
    if first is None or recognize(first) or not recognize(first.mT):
        return tensors
    return {key: tensor.mT if tensor.ndim == 4 else tensor for key, tensor in tensors.items()}


def _extent(file: WeightFile, name: str, layers: Sequence[str]) -> str:
    """Return from where to where a file reaches, which must be as far as ``layers`` do."""
    table, held = BACKBONES[name].table, held_layers(file, BACKBONES[name])
    convolved = [layer.name for layer in table if any(convolutions([layer]))]
    here = [layer for layer in convolved if layer in held]
    extent = f"{here[0]} to {here[-1]}" if here else "a part of the first layer"
    missing = [layer for layer in convolved if layer in layers and layer not in held]
    if missing:
        usable = [layer.name for layer in table if layer.ends_in_relu and layer.name in held]
        choose = f"choose layers up to {usable[-1]}, or " if usable else ""
        raise WeightsError(
            f"'{file.path}' holds {extent} of {BACKBONES[name].title}, and layer '{layers[-1]}' "
            f"needs {missing[0]}: {choose}give a file that reaches further with --weights, like "
            f"{_deeper(name)}."
        )
    return extent


def _deeper(name: str) -> str:
    """Say which published weights of a network reach its end."""
    source = next((source for source, row in sources(name).items() if row.url), None)
    return f"{source}, after `impasto models fetch {source}`" if source else "another"


def _shapes(architecture: Architecture) -> dict[str, tuple[int, ...]]:
    """Return the shape that each weight and bias has to have, in depth order."""
    rows = convolutions(architecture.table)
    return {key: shape for row in rows for key, shape in row.shapes.items()}


def _examples(architecture: Architecture) -> str:
    """Return how the first convolution may be called."""
    first = next(convolutions(architecture.table))
    names = dict.fromkeys(name for name in (first.hub, first.name) if name)
    return " or ".join(f"{name}.weight" for name in names)


def _hub_names(architecture: Architecture) -> dict[str, str]:
    return {row.hub: row.name for row in convolutions(architecture.table) if row.hub}


def _by_layer(file: WeightFile, architecture: Architecture) -> dict[str, Tensor]:
    """Rename torchvision's keys, such as ``features.5.weight`` to ``conv2_1.weight``.

    Weights and biases come in depth order, unknown ones behind them.
    """
    names, order = _hub_names(architecture), list(_shapes(architecture))
    named = {}
    for key, tensor in file.tensors.items():
        stem, _, part = key.rpartition(".")
        named[f"{names.get(stem, stem)}.{part}"] = tensor
    known = {key: named.pop(key) for key in order if key in named}
    return known | named


def _convention(file: WeightFile, name: str, first: Tensor) -> tuple[str, str]:
    """Decide what weights without a published hash expect of their input, and say why."""
    architecture = BACKBONES[name]
    if first.shape[2:] == (3, 3) and (found := recognize(first)):
        if found[0] != name:
            raise WeightsError(
                f"'{file.path}' does not hold {architecture.title}: its first filter is that of "
                f"{BACKBONES[found[0]].title}; it fits backbone '{found[0]}'."
            )
        return found[1], " (known by its first filter)"
    family = "caffe"
    if file.format == "matconvnet":
        family = "matconvnet"
    elif any(key.rpartition(".")[0] in _hub_names(architecture) for key in file.tensors):
        family = "torchvision"
    conventions = architecture.conventions
    if family in conventions:
        return conventions[family], " (assumed from its key names)"
    if family == "matconvnet" or len(conventions) > 1:
        raise WeightsError(
            f"'{file.path}' is a {WEIGHT_FORMATS[file.format].title} file, and in such a file what "
            f"{architecture.title} expects of its input is not known: give a file in another."
        )
    return next(iter(conventions.values())), " (the only one of this network)"
