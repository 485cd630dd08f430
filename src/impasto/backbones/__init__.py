"""The networks whose feature maps are compared: their table, and the one call that loads a row.

Reading this table needs no torch: a row names its class, which is imported when it is used.
Adding a network is one file with a final subclass of `Backbone`, and one row here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.backbones import stages
from impasto.backbones.alexnet import alexnet, caffenet
from impasto.backbones.googlenet import googlenet, googlenet_caffe
from impasto.backbones.squeezenet import squeezenet1_0, squeezenet1_1
from impasto.backbones.stages import Stage
from impasto.backbones.vgg import vgg
from impasto.errors import SettingsError, UnknownName, did_you_mean, import_row, look_up

if TYPE_CHECKING:
    from impasto.backbones.backbone import Backbone

__all__ = [
    "BACKBONES",
    "POOLINGS",
    "Architecture",
    "check_layers",
    "load_backbone",
]

POOLINGS: dict[str, str] = {
    "avg": "the mean of each square: smoother gradients, the choice of Gatys et al. (2015)",
    "max": "the largest of each square: what the published networks were trained with",
}


@dataclass(frozen=True)
class Architecture:
    """One row of `BACKBONES`: what is known of a network before its weights are read.

    Attributes:
        object: The class as ``"module:object"``; its ``load`` is called by `load_backbone`.
        title: The name in the literature.
        summary: One line for ``--help`` and the documentation.
        layers: Every layer that can be asked for, shallow to deep.
        content_layers: The default content layers, each with its weight.
        style_layers: The default style layers, each with its weight.
        minimum_side: The smallest height and width, in pixels, that reaches the deepest layer.
        stages: What the network is made of; empty where its class knows.
        conventions: What weights expect of their input (a row of
            `impasto.backbones.conventions.CONVENTIONS`) by the habits of their file: with the keys
            of ``torchvision``, with Caffe's names (``caffe``), or in a file of ``matconvnet``.
    """

    object: str
    title: str
    summary: str
    layers: tuple[str, ...]
    content_layers: tuple[tuple[str, float], ...]
    style_layers: tuple[tuple[str, float], ...]
    minimum_side: int
    stages: tuple[Stage, ...] = ()
    conventions: Mapping[str, str] = field(default_factory=dict)


Layers = tuple[tuple[str, float], ...]


def _equal(*layers: str) -> Layers:
    return tuple((layer, 1.0) for layer in layers)


# Source: Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks"
# (CVPR 2016), section 3: content from conv4_2, style from conv1_1 to conv5_1, equal weights.
# Both are taken after the ReLU here, as in the authors' own code.
_CONTENT = _equal("relu4_2")
_STYLE = _equal("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
_VGG = {"torchvision": "torchvision", "caffe": "caffe", "matconvnet": "caffe-rgb"}
_SQUEEZENET = {"torchvision": "torchvision", "caffe": "caffe-squeezenet"}


def network(
    title: str,
    summary: str,
    parts: tuple[Stage, ...],
    *,
    content: Layers,
    style: Layers,
    conventions: Mapping[str, str],
) -> Architecture:
    """Return the row of a network that is a table of stages.

    Example:
        >>> network("tiny", "", vgg([1]), content=(), style=(), conventions={}).layers
        ('conv1_1', 'relu1_1', 'pool1')
    """
    return Architecture(
        object="impasto.backbones.network:Network",
        title=title,
        summary=summary,
        layers=tuple(stage.layer for stage in parts),
        content_layers=content,
        style_layers=style,
        minimum_side=stages.minimum_side(parts),
        stages=parts,
        conventions=conventions,
    )


BACKBONES: dict[str, Architecture] = {
    "pocket": Architecture(
        object="impasto.backbones.pocket:Pocket",
        title="pocket network",
        summary="small, comes with the package: distilled to answer like VGG-19; no download",
        layers=("relu1_1", "relu2_1", "relu3_1", "relu3_3", "relu4_1", "relu4_2", "relu5_1"),
        content_layers=_CONTENT,
        style_layers=_STYLE,
        minimum_side=16,
    ),
    "vgg19": network(
        "VGG-19",
        "the network of Gatys et al.: best quality; its weights are fetched once, or given",
        vgg((2, 2, 4, 4, 4)),
        content=_CONTENT,
        style=_STYLE,
        conventions=_VGG,
    ),
    "vgg16": network(
        "VGG-16",
        "VGG-19's shallower sister, usual in later papers; its weights are fetched once, or given",
        vgg((2, 2, 3, 3, 3)),
        content=_CONTENT,
        style=_STYLE,
        conventions=_VGG,
    ),
    "squeezenet1_0": network(
        "SqueezeNet 1.0",
        "small and fast: 5 MB of weights, coarser texture",
        squeezenet1_0(),
        content=_equal("fire5"),
        style=_equal("relu1", "fire3", "fire5", "fire7", "fire9"),
        conventions=_SQUEEZENET,
    ),
    "squeezenet1_1": network(
        "SqueezeNet 1.1",
        "the fastest: 1.0 with smaller filters in front and earlier pools",
        squeezenet1_1(),
        content=_equal("fire5"),
        style=_equal("relu1", "fire3", "fire5", "fire7", "fire9"),
        conventions=_SQUEEZENET,
    ),
    "googlenet": network(
        "GoogLeNet (torchvision)",
        "inception modules, in torchvision's variant with batch normalization",
        googlenet(),
        content=_equal("inception3a"),
        style=_equal("relu1", "relu2", "inception3a", "inception4a", "inception5a"),
        conventions={"torchvision": "tensorflow"},
    ),
    "googlenet_caffe": network(
        "GoogLeNet (Caffe)",
        "inception modules, as in the paper and in Caffe's model zoo",
        googlenet_caffe(),
        content=_equal("inception3a"),
        style=_equal("relu1", "relu2", "inception3a", "inception4a", "inception5a"),
        conventions={"caffe": "caffe-bvlc"},
    ),
    "alexnet": network(
        "AlexNet (torchvision)",
        "the oldest: large first filters, abstract pictures",
        alexnet(),
        content=_equal("relu4"),
        style=_equal("relu1", "relu2", "relu3", "relu4", "relu5"),
        conventions={"torchvision": "torchvision"},
    ),
    "caffenet": network(
        "CaffeNet",
        "AlexNet of 2012 as trained with Caffe: two groups, local response normalization",
        caffenet(),
        content=_equal("relu4"),
        style=_equal("relu1", "relu2", "relu3", "relu4", "relu5"),
        conventions={"caffe": "caffe-bvlc"},
    ),
}


def check_layers(name: str, layers: Iterable[str]) -> None:
    """Check that backbone ``name`` has each of ``layers``.

    Raises:
        UnknownName: If there is no such backbone, or it lacks a layer; the message suggests the
            nearest layer and lists all.
    """
    known = look_up(BACKBONES, name, "backbone").layers
    for layer in layers:
        if layer not in known:
            raise UnknownName(
                f"unknown layer '{layer}' of backbone '{name}': {did_you_mean(layer, known)}"
                f"Its layers are {', '.join(known)}."
            )


def load_backbone(
    name: str,
    *,
    layers: Iterable[str],
    weights: Path | str | None = None,
    pooling: str = "avg",
) -> Backbone:
    """Load a network: float32, on the processor, frozen, no deeper than ``layers`` need.

    Nothing is downloaded: see `impasto.backbones.fetch`. Move the result with
    ``backbone.to(device, dtype)``.

    Args:
        name: A row of `BACKBONES`.
        layers: Every layer that will be asked for.
        weights: The weight file; without it, the one in the package or a fetched one.
        pooling: A row of `POOLINGS`.

    Raises:
        UnknownName: If there is no such backbone or layer.
        SettingsError: If there is no such pooling.
        WeightsError: If the weights are missing, damaged, or of another network.
    """
    architecture = look_up(BACKBONES, name, "backbone")
    wanted = tuple(layers)
    check_layers(name, wanted)
    if pooling not in POOLINGS:
        raise SettingsError(f"pooling is '{pooling}': it must be one of {', '.join(POOLINGS)}.")
    path = None if weights is None else Path(weights).expanduser()
    backbone: Backbone = import_row(architecture.object).load(
        name, layers=wanted, weights=path, pooling=pooling
    )
    return backbone.requires_grad_(False).eval()
