"""The table of networks, and the one call that loads a row.

Reading this table needs no torch: a row names its class, which is imported when it is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.backbones.alexnet import alexnet, caffenet
from impasto.backbones.architecture import Architecture, Effort, LayerWeights
from impasto.backbones.googlenet import googlenet, googlenet_caffe
from impasto.backbones.squeezenet import squeezenet1_0, squeezenet1_1
from impasto.backbones.vgg import vgg
from impasto.errors import SettingsError, UnknownName, did_you_mean, import_row, look_up

if TYPE_CHECKING:
    from impasto.backbones.backbone import Backbone

POOLINGS: dict[str, str] = {
    "avg": "the mean of each square: smoother gradients, the choice of Gatys et al. (2015)",
    "max": "the largest of each square: what the published networks were trained with",
}

RESCALINGS: dict[str, str] = {
    "none": "the weights as they are",
    "unit": "every filter's mean activation over sample pictures becomes 1, as in the paper",
}


def _equal(*layers: str) -> LayerWeights:
    return tuple((layer, 1.0) for layer in layers)


# Source: Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks"
# (CVPR 2016), section 3: content from conv4_2, style from conv1_1 to conv5_1, equal weights.
# Both are taken after the ReLU here, as in the authors' own code.
_CONTENT = _equal("relu4_2")
_STYLE = _equal("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
# Chosen by looking: deeper content layers lose the content, deeper style layers add large
# structures and take away strokes.
_SQUEEZENET_CONTENT = _equal("fire4")
_SQUEEZENET_STYLE = _equal("relu1", "fire2", "fire3", "fire4", "fire5")
# Not looked at, for want of weights: the layers of Liu's program, taken after their ReLUs.
# It gives conv2/3x3 a share of 2e-4 of the content; that is left out.
_INCEPTION_CONTENT = _equal("inception3a")
_INCEPTION_STYLE = _equal("relu1", "relu2", "inception3a", "inception4a", "inception5a")
_ALEXNET_CONTENT = _equal("relu4")
_ALEXNET_STYLE = _equal("relu1", "relu2", "relu3", "relu4", "relu5")
_VGG = {"torchvision": "torchvision", "caffe": "caffe", "matconvnet": "caffe-rgb"}
# Chosen by looking at sixteen pairs, see docs/models.md: with more weight faces and near towers go;
# with more evaluations the look is the same.
_VGG_EFFORT = Effort(style_weight=20, evaluations=25, most=100, growth=2)
_SQUEEZENET = {"torchvision": "torchvision", "caffe": "caffe-squeezenet"}


BACKBONES: dict[str, Architecture] = {
    "vgg19": Architecture.of(
        "VGG-19",
        "the network of Gatys et al., in the package: paints best",
        vgg((2, 2, 4, 4, 4)),
        content=_CONTENT,
        style=_STYLE,
        conventions=_VGG,
        effort=_VGG_EFFORT,
    ),
    "pocket": Architecture(
        object="impasto.backbones.pocket:Pocket",
        title="pocket network",
        summary="the quick one, for previews: distilled to answer like VGG-19, in the package",
        layers=("relu1_1", "relu2_1", "relu3_1", "relu3_3", "relu4_1", "relu4_2", "relu5_1"),
        content_layers=_CONTENT,
        style_layers=_STYLE,
        minimum_side=16,
        effort=Effort(style_weight=30, evaluations=35, most=60, growth=1.5),
    ),
    "vgg16": Architecture.of(
        "VGG-16",
        "VGG-19's shallower sister, usual in later papers; its weights are fetched once, or given",
        vgg((2, 2, 3, 3, 3)),
        content=_CONTENT,
        style=_STYLE,
        conventions=_VGG,
        effort=_VGG_EFFORT,
    ),
    "squeezenet1_0": Architecture.of(
        "SqueezeNet 1.0",
        "5 MB of weights: fine strokes, and the content's outlines stay",
        squeezenet1_0(),
        content=_SQUEEZENET_CONTENT,
        style=_SQUEEZENET_STYLE,
        conventions=_SQUEEZENET,
    ),
    "squeezenet1_1": Architecture.of(
        "SqueezeNet 1.1",
        "5 MB of weights: smaller filters in front and earlier pools than 1.0, so less work",
        squeezenet1_1(),
        content=_SQUEEZENET_CONTENT,
        style=_SQUEEZENET_STYLE,
        conventions=_SQUEEZENET,
    ),
    "googlenet": Architecture.of(
        "GoogLeNet (torchvision)",
        "inception modules, batch normalization; tried here with random weights only",
        googlenet(),
        content=_INCEPTION_CONTENT,
        style=_INCEPTION_STYLE,
        conventions={"torchvision": "tensorflow"},
    ),
    "googlenet_caffe": Architecture.of(
        "GoogLeNet (Caffe)",
        "inception modules, as in Caffe's model zoo; tried here with random weights only",
        googlenet_caffe(),
        content=_INCEPTION_CONTENT,
        style=_INCEPTION_STYLE,
        conventions={"caffe": "caffe-bvlc"},
    ),
    "alexnet": Architecture.of(
        "AlexNet (torchvision)",
        "the oldest, with large first filters; tried here with random weights only",
        alexnet(),
        content=_ALEXNET_CONTENT,
        style=_ALEXNET_STYLE,
        conventions={"torchvision": "torchvision"},
    ),
    "caffenet": Architecture.of(
        "CaffeNet",
        "AlexNet of 2012 as trained with Caffe; tried here with random weights only",
        caffenet(),
        content=_ALEXNET_CONTENT,
        style=_ALEXNET_STYLE,
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

    Nothing is downloaded: see `impasto.backbones.weights`. Move the result with
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
