"""Style terms: one for every layer and every style loss that was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from impasto.backbones import minimum_side
from impasto.backbones.backbone import Backbone
from impasto.errors import SettingsError
from impasto.losses import Loss
from impasto.normalization import Scale
from impasto.objective import Term
from impasto.statistics import Statistic, blend
from impasto.tables import STYLE_LOSSES
from impasto.tiles import Wanted, collect_features, collect_statistics, stride_of

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


def choose(losses: Mapping[str, float], layers: Mapping[str, float]) -> list[Choice]:
    """Return a choice for every layer and every loss that is for this layer.

    Args:
        losses: Weights of rows of `STYLE_LOSSES`.
        layers: Weights of the layers.

    Raises:
        SettingsError: If a loss is for none of the layers.
    """
    chosen = []
    for name, weight in losses.items():
        kind = STYLE_LOSSES[name].load()
        suffix = "" if tuple(losses) == ("gram",) else f" {name}"
        mine = [layer for layer in layers if _is_for(kind, layer)]
        if not mine:
            blocks = " or ".join(f"relu{block}_1" for block in kind.blocks)
            raise SettingsError(
                f"style_loss {name} looks at none of the style_layers {', '.join(layers)}: "
                f"add {blocks}."
            )
        for layer in mine:
            variant = _variant(kind, layer, layers)
            chosen.append(Choice(f"style {layer}{suffix}", layer, weight * layers[layer], variant))
    return chosen


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


def style_terms(
    backbone: Backbone,
    paintings: Sequence[Tensor],
    weights: Sequence[float],
    choices: Sequence[Choice],
    scale: Scale,
    side: int,
) -> list[Term]:
    """Return the style terms of one size, their targets taken from the paintings.

    Args:
        backbone: The network.
        paintings: (1, 3, H, W) each.
        weights: One for each painting.
        choices: Of layers and losses.
        scale: Of a normalization.
        side: Of the tiles that statistics are collected in, or 0.
    """
    wanted = {c.name: Wanted(c.layer, c.kind.statistic) for c in choices if is_additive(c.kind)}
    found = [collect_statistics(backbone, each, wanted, side) for each in paintings if wanted]
    whole = dict.fromkeys(choice.layer for choice in choices if not is_additive(choice.kind))
    maps = [collect_features(backbone, each, whole, side) for each in paintings if whole]

    def loss(choice: Choice) -> Loss:
        made: Loss
        if is_additive(choice.kind):
            statistics: list[Statistic] = [each[choice.name] for each in found]
            made = choice.kind(blend(statistics, weights), scale)
        else:
            features = [each[choice.layer] for each in maps]
            made = choice.kind.of_pictures(features, weights, scale)
        return made

    return [Term(each.name, each.weight, each.layer, loss(each)) for each in choices]


def _is_for(kind: Any, layer: str) -> bool:
    blocks = getattr(kind, "blocks", None)
    return blocks is None or int(layer[4]) in blocks


def _variant(kind: Any, layer: str, layers: Mapping[str, float]) -> Any:
    """Return the coarse variant for fine layers, where tiles leave its squares whole."""
    stride = stride_of(layer)
    fine = stride <= COARSE and 2 * stride <= minimum_side(layers)
    return getattr(kind, "coarse", kind) if fine else kind
