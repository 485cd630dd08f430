"""Which layers and losses the settings ask for, and the style terms made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from impasto.backbones import Backbone
from impasto.errors import SettingsError
from impasto.losses import StyleLoss
from impasto.normalization import Scale
from impasto.objective import (
    Kind,
    Map,
    Region,
    Spread,
    Term,
    Wanted,
    collect_features,
    collect_statistics,
    spread,
)
from impasto.registry import STYLE_LOSSES
from impasto.settings import CompleteSettings
from impasto.statistics import blend

COARSE = 4
"""Layers whose positions lie at most this many pixels apart have the coarse variant of a loss, if
there is one: most positions are there."""


@dataclass(frozen=True)
class Choice:
    """One style term to be made.

    Attributes:
        name: Of the term.
        layers: The layers that it looks at: one, or all of them at once.
        weight: Share of the layers times the weight of the loss.
        loss: The class of the loss.
    """

    name: str
    layers: tuple[str, ...]
    weight: float
    loss: type[StyleLoss]


def wanted_layers(settings: CompleteSettings) -> list[str]:
    """Return every layer that the losses look at."""
    return [layer for layers in active_layers(settings) for layer in layers]


def active_layers(settings: CompleteSettings) -> tuple[dict[str, float], dict[str, float]]:
    """Return the content and the style layers with their weights; those of weight 0 are left out.

    What has no weight is neither computed nor required.
    """
    content = dict(settings.content_layers) if settings.content_weight else {}
    style = dict(settings.style_layers) if settings.style_weight else {}
    return {k: w for k, w in content.items() if w}, {k: w for k, w in style.items() if w}


def style_losses(settings: CompleteSettings) -> dict[str, float]:
    """Return the style losses with their weights; those of weight 0 are left out."""
    if settings.style_weight == 0:
        return {}
    return {name: weight for name, weight in settings.style_loss if weight}


def choices_of(settings: CompleteSettings, backbone: Backbone) -> list[Choice]:
    """Return which style losses look at which layers."""
    return choose(style_losses(settings), active_layers(settings)[1], backbone)


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
        loss = style_loss(name)
        suffix = "" if tuple(losses) == ("gram",) else f" {name}"
        mine = [layer for layer in layers if _is_for(loss, layer, backbone)]
        if not mine:
            raise SettingsError(
                f"style_loss {name} looks at none of the style_layers {', '.join(layers)}: add one "
                f"whose positions lie {' or '.join(map(str, loss.strides or ()))} pixels apart, "
                "like relu3_1 of a VGG."
            )
        if loss.joint:
            total = sum(layers[layer] for layer in mine)
            chosen.append(Choice(f"style{suffix}", tuple(mine), weight * total, loss))
            continue
        for layer in mine:
            variant = _variant(loss, layer, layers, backbone)
            name_of_term = f"style {layer}{suffix}"
            chosen.append(Choice(name_of_term, (layer,), weight * layers[layer], variant))
    return chosen


def style_loss(name: str) -> type[StyleLoss]:
    """Return the class of a row of `STYLE_LOSSES`."""
    loss: type[StyleLoss] = STYLE_LOSSES[name].load()
    return loss


def minimum_side(choices: Sequence[Choice], backbone: Backbone) -> int:
    """Return the smallest height and width, in pixels, that all chosen losses can look at."""
    side = backbone.minimum_side
    for choice in choices:
        least = choice.loss.minimum_positions
        while min(backbone.positions(layer, side) for layer in choice.layers) < least:
            side += 1
    return side


def check_tiles(losses: Mapping[str, float], tile: int) -> None:
    """Raise SettingsError if a loss cannot be evaluated in tiles and there are any."""
    for name in losses:
        if tile and not style_loss(name).additive:
            raise SettingsError(
                f"style_loss {name} needs the whole image at once, and tiles of {tile} pixels were "
                "chosen: use a smaller size, more memory, or another loss."
            )


def check_regions(losses: Mapping[str, float]) -> None:
    """Raise SettingsError if a loss cannot tell regions apart."""
    for name in losses:
        if not style_loss(name).additive:
            raise SettingsError(
                f"style_loss {name} compares whole pictures and regions are given: leave out "
                "masks, or choose another loss."
            )


def style_terms(
    backbone: Backbone,
    styles: Sequence[Tensor],
    weights: Sequence[float],
    choices: Sequence[Choice],
    scale: Scale,
    side: int,
    region: Region,
    how: Spread,
    each: Map = map,
) -> list[Term]:
    """Return the style terms of one region, against its parts of the style pictures.

    # Differs from Gatys et al. (2017): a region counts by the share of the image that it covers, so
    # that style and content are balanced alike in all regions, and as without masks.

    Args:
        backbone: The network.
        styles: (1, 3, H, W) each.
        weights: One for each style picture.
        choices: Of layers and losses.
        scale: Of a normalization.
        side: Of the tiles that statistics are collected in, or 0.
        region: What is painted with which style pictures.
        how: How masks are spread.
        each: What applies a function to every tile.

    Source: Gatys et al. (2017), section 4, the guided Gram matrix.
    """
    layers = {layer: None for choice in choices for layer in choice.layers}
    additive = [choice for choice in choices if choice.loss.additive]
    whole = {layer for choice in choices if not choice.loss.additive for layer in choice.layers}
    statistics, maps = [], []
    for index, part in region.styles.items():
        masks = masks_of(backbone, layers, part, how)
        wanted = {
            choice.name: Wanted(
                choice.layers, choice.loss.statistic, masks[choice.layers[0]], choice.loss.joint
            )
            for choice in additive
        }
        statistics.append(collect_statistics(backbone, styles[index], wanted, side, each))
        maps.append(collect_features(backbone, styles[index], whole, side, each))
    blended = [weights[index] for index in region.styles]

    def loss(choice: Choice) -> StyleLoss:
        if choice.loss.additive:
            target = blend([each[choice.name] for each in statistics], blended)
            return choice.loss(target, scale)
        features = [tuple(each[layer] for layer in choice.layers) for each in maps]
        seen = features if choice.loss.joint else [one for (one,) in features]
        return choice.loss.from_features(seen, blended, scale)

    masks, share = masks_of(backbone, layers, region.content, how), region.share
    return [
        Term(
            name=f"{choice.name} {region.name}".rstrip(),
            kind=Kind.STYLE,
            weight=choice.weight * share,
            layers=choice.layers,
            loss=loss(choice),
            mask=masks[choice.layers[0]],
        )
        for choice in choices
    ]


def masks_of(
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


def _is_for(loss: type[StyleLoss], layer: str, backbone: Backbone) -> bool:
    return loss.strides is None or backbone.stride([layer]) in loss.strides


def _variant(
    loss: type[StyleLoss], layer: str, layers: Mapping[str, float], backbone: Backbone
) -> type[StyleLoss]:
    """Return the coarse variant for fine layers, where tiles leave its squares whole."""
    if loss.coarse is None:
        return loss
    stride = backbone.stride([layer])
    fine = stride <= COARSE and 2 * stride <= backbone.stride(layers)
    return loss.coarse if fine else loss
