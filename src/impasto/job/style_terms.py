"""Style terms: one for every layer and every style loss that was asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from impasto.backbones import Backbone
from impasto.errors import SettingsError
from impasto.losses.content import Loss
from impasto.losses.normalization import Scale
from impasto.objective.guidance import Area, Spread, spread
from impasto.objective.objective import Term
from impasto.objective.tiled import Wanted, collect_features, collect_statistics
from impasto.registry import STYLE_LOSSES
from impasto.statistics.gram import Statistic, blend

COARSE = 4
"""Layers whose positions lie at most this many pixels apart have the coarse variant of a loss, if
there is one: most positions are there."""


@dataclass(frozen=True)
class Choice:
    """One style term to be made.

    Attributes:
        name: Of the term.
        layer: The layer that it looks at.
        weight: Share of the layer times the weight of the loss.
        kind: The class of the loss.
    """

    name: str
    layer: str
    weight: float
    kind: Any


def choose(
    losses: Mapping[str, float], layers: Mapping[str, float], backbone: Backbone
) -> list[Choice]:
    """Return a choice for every layer and every loss that is for this layer.

    Args:
        losses: Weights of rows of `STYLE_LOSSES`.
        layers: Weights of the layers; without any there is nothing to choose.
        backbone: The network.

    Raises:
        SettingsError: If a loss is for none of the layers.
    """
    chosen = []
    for name, weight in losses.items() if layers else ():
        kind = STYLE_LOSSES[name].load()
        suffix = "" if tuple(losses) == ("gram",) else f" {name}"
        mine = [layer for layer in layers if _is_for(kind, layer, backbone)]
        if not mine:
            raise SettingsError(
                f"style_loss {name} looks at none of the style_layers {', '.join(layers)}: add one "
                f"whose positions lie {' or '.join(map(str, kind.strides))} pixels apart, like "
                "relu3_1 of a VGG."
            )
        for layer in mine:
            variant = _variant(kind, layer, layers, backbone)
            chosen.append(Choice(f"style {layer}{suffix}", layer, weight * layers[layer], variant))
    return chosen


def least_side(choices: Sequence[Choice], backbone: Backbone) -> int:
    """Return the smallest height and width, in pixels, that all chosen losses can look at."""
    side = backbone.minimum_side
    for choice in choices:
        while backbone.positions(choice.layer, side) < getattr(choice.kind, "least", 1):
            side += 1
    return side


def check_tiles(losses: Mapping[str, float], tile: int) -> None:
    """Raise SettingsError if a loss cannot be evaluated in tiles and there are any."""
    for name in losses:
        if tile and not is_additive(STYLE_LOSSES[name].load()):
            raise SettingsError(
                f"style_loss {name} needs the whole image at once, and tiles of {tile} pixels were "
                "chosen: use a smaller size, more memory, or another loss."
            )


def is_additive(kind: Any) -> bool:
    """Tell whether a style loss is a function of a sum over positions, see `GlobalLoss`."""
    return hasattr(kind, "statistic")


def check_regions(losses: Mapping[str, float]) -> None:
    """Raise SettingsError if a loss cannot tell regions apart."""
    for name in losses:
        if not is_additive(STYLE_LOSSES[name].load()):
            raise SettingsError(
                f"style_loss {name} compares whole pictures and regions are given: leave out masks "
                "and protect_faces, or choose another loss."
            )


def style_terms(
    backbone: Backbone,
    paintings: Sequence[Tensor],
    weights: Sequence[float],
    choices: Sequence[Choice],
    scale: Scale,
    side: int,
    area: Area,
    how: Spread,
) -> list[Term]:
    """Return the style terms of one area, against its parts of the paintings.

    # Differs from Gatys et al. (2017): an area counts by the share of the picture that it covers,
    # so that style and content are balanced alike in all areas, and as without masks.

    Args:
        backbone: The network.
        paintings: (1, 3, H, W) each.
        weights: One for each painting.
        choices: Of layers and losses.
        scale: Of a normalization.
        side: Of the tiles that statistics are collected in, or 0.
        area: What is painted with which paintings.
        how: How masks are spread.

    Source: Gatys et al. (2017), section 4, the guided Gram matrix.
    """
    found, maps = [], []
    layers = {choice.layer: None for choice in choices}
    whole = dict.fromkeys(choice.layer for choice in choices if not is_additive(choice.kind))
    for index, part in area.styles.items():
        masks = _masks(backbone, layers, part, how)
        wanted = {
            choice.name: Wanted(choice.layer, choice.kind.statistic, masks[choice.layer])
            for choice in choices
            if is_additive(choice.kind)
        }
        found.append(collect_statistics(backbone, paintings[index], wanted, side))
        maps.append(collect_features(backbone, paintings[index], whole, side))
    blended = [weights[index] for index in area.styles]

    def loss(choice: Choice) -> Loss:
        made: Loss
        if is_additive(choice.kind):
            statistics: list[Statistic] = [each[choice.name] for each in found]
            made = choice.kind(blend(statistics, blended), scale)
        else:
            features = [each[choice.layer] for each in maps]
            made = choice.kind.of_pictures(features, blended, scale)
        return made

    masks, share = _masks(backbone, layers, area.content, how), area.share
    return [
        Term(f"{c.name} {area.name}".rstrip(), c.weight * share, c.layer, loss(c), masks[c.layer])
        for c in choices
    ]


def _masks(
    backbone: Backbone, layers: Collection[str], part: Tensor | None, how: Spread
) -> dict[str, Tensor | None]:
    """Return the weights of each layer's positions from a mask (1, 1, H, W); None for all once."""
    if part is None:
        return dict.fromkeys(layers)
    masks: dict[str, Tensor | None] = {}
    for layer in layers:
        height, width = (backbone.positions(layer, length) for length in part.shape[2:])
        masks[layer] = spread(part, backbone.geometry(layer), (height, width), how)
    return masks


def _is_for(kind: Any, layer: str, backbone: Backbone) -> bool:
    strides = getattr(kind, "strides", None)
    return strides is None or backbone.stride([layer]) in strides


def _variant(kind: Any, layer: str, layers: Mapping[str, float], backbone: Backbone) -> Any:
    """Return the coarse variant for fine layers, where tiles leave its squares whole."""
    if not hasattr(kind, "coarse"):
        return kind
    stride = backbone.stride([layer])
    fine = stride <= COARSE and 2 * stride <= backbone.stride(layers)
    return kind.coarse if fine else kind
