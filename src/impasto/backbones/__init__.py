"""The networks whose feature maps are compared: their table, and the one call that loads a row.

Reading this table needs no torch: a row names its class, which is imported when it is used.
Adding a network is one file with a final subclass of `Backbone`, and one row here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.errors import SettingsError, UnknownName, did_you_mean, import_row, look_up

if TYPE_CHECKING:
    from impasto.backbones.backbone import Backbone

__all__ = [
    "BACKBONES",
    "POOLINGS",
    "RESCALINGS",
    "Architecture",
    "check_layers",
    "load_backbone",
    "minimum_side",
    "vgg_layers",
]

POOLINGS: dict[str, str] = {
    "avg": "the mean of each 2x2 square: smoother gradients, the choice of Gatys et al. (2015)",
    "max": "the largest of each 2x2 square: what VGG was trained with",
}

RESCALINGS: dict[str, str] = {
    "none": "the weights as they are",
    "unit": "every filter's mean activation over sample pictures becomes 1, as in the paper",
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
        convolutions: Of a VGG, the number of convolutions in each block.
        widths: Of a VGG, the number of channels in each block.
    """

    object: str
    title: str
    summary: str
    layers: tuple[str, ...]
    content_layers: tuple[tuple[str, float], ...]
    style_layers: tuple[tuple[str, float], ...]
    minimum_side: int
    convolutions: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()


def vgg_layers(convolutions: Sequence[int]) -> tuple[str, ...]:
    """Name the layers of a VGG, shallow to deep, from the convolutions in each block.

    The place of a name in the result is also the number ``N`` of ``features.N`` in torchvision.

    Example:
        >>> vgg_layers([1, 1])
        ('conv1_1', 'relu1_1', 'pool1', 'conv2_1', 'relu2_1', 'pool2')
    """
    names: list[str] = []
    for block, count in enumerate(convolutions, start=1):
        for number in range(1, count + 1):
            names += [f"conv{block}_{number}", f"relu{block}_{number}"]
        names.append(f"pool{block}")
    return tuple(names)


def _equal(*layers: str) -> tuple[tuple[str, float], ...]:
    return tuple((layer, 1.0) for layer in layers)


# Source: Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks"
# (CVPR 2016), section 3: content from conv4_2, style from conv1_1 to conv5_1, equal weights.
# Both are taken after the ReLU here, as in the authors' own code.
_CONTENT = (("relu4_2", 1.0),)
_STYLE = _equal("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
_WIDTHS = (64, 128, 256, 512, 512)


def _vgg(title: str, summary: str, convolutions: tuple[int, ...]) -> Architecture:
    return Architecture(
        object="impasto.backbones.vgg:VGG",
        title=title,
        summary=summary,
        layers=vgg_layers(convolutions),
        content_layers=_CONTENT,
        style_layers=_STYLE,
        minimum_side=2 ** len(convolutions),
        convolutions=convolutions,
        widths=_WIDTHS,
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
    "vgg19": _vgg(
        "VGG-19",
        "the network of Gatys et al.: best quality; its weights are fetched once, or given",
        (2, 2, 4, 4, 4),
    ),
    "vgg16": _vgg(
        "VGG-16",
        "VGG-19's shallower sister, usual in later papers; its weights are fetched once, or given",
        (2, 2, 3, 3, 3),
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


def minimum_side(layers: Iterable[str]) -> int:
    """Return the smallest height and width, in pixels, that reach all of ``layers``.

    Every pool before a layer halves the picture, and one pixel has to be left.

    Example:
        >>> minimum_side(["relu1_1", "relu5_1"])
        16
    """
    # "relu5_1" and "conv5_1" stand behind four pools, "pool5" behind five.
    pools = [int(layer[4]) - (not layer.startswith("pool")) for layer in layers]
    return 1 << max(pools, default=0)


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
