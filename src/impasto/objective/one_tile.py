"""What is computed of one tile, by this process or another one.

A tile is seen twice: forward for its share of the statistics, and back for its share of the
gradient. `impasto.objective.tiled` says what happens in between.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakSet

import torch
from torch import Tensor

from impasto.backbones import FrozenNetwork
from impasto.losses import LocalLoss
from impasto.objective.objective import IMAGE, Term
from impasto.objective.tiling import Tile
from impasto.statistics import Statistic


@dataclass(frozen=True)
class Wanted:
    """A statistic to collect.

    Attributes:
        layers: Of which layers.
        statistic: The sum over positions, of features and weights.
        mask: How much each position counts, (1, 1, H, W) of the whole first layer; None for once.
        joint: Whether it sees a tuple of feature maps, not one.
    """

    layers: tuple[str, ...]
    statistic: Callable[[Any, Tensor | None], Statistic]
    mask: Tensor | None = None
    joint: bool = False


@dataclass(frozen=True, eq=False)
class TilePlace:
    """Where a tile lies, and what lies there of masks and targets: the same at every evaluation.

    Attributes:
        tile: The tile.
        masks: Those of the statistics by their keys, in the inner part.
        terms: Those that are sums over positions, in the inner part.
    """

    tile: Tile
    masks: Mapping[Any, Tensor | None]
    terms: tuple[Term, ...] = ()

    @classmethod
    def of(
        cls,
        tile: Tile,
        backbone: FrozenNetwork,
        wanted: Mapping[Any, Wanted],
        terms: Collection[Term] = (),
    ) -> TilePlace:
        """Return the place of a tile, with its parts of the masks and the targets of the whole.

        Raises:
            TypeError: If a term is no sum over positions.
        """

        def cut(mask: Tensor | None, one: Wanted | Term) -> Tensor | None:
            return None if mask is None else mask[..., *tile.place(strides(backbone, one)[0])]

        masks = {key: cut(one.mask, one) for key, one in wanted.items()}
        found = []
        for term in terms:
            if not isinstance(term.loss, LocalLoss):
                raise TypeError(
                    f"{term.name} is no sum over positions: on layers of the network, tiles need a "
                    "StyleLoss or a LocalLoss"
                )
            loss = term.loss.at(*tile.place(strides(backbone, term)[0]))
            found.append(replace(term, loss=loss, mask=cut(term.mask, term)))
        return cls(tile, masks, tuple(found))


@dataclass(eq=False)
class Piece:
    """A tile of an image at one evaluation.

    Attributes:
        place: Where it lies.
        pixels: The image there (1, 3, h, w), margins included.
        forward: What the network has seen in it, if that is kept for the way back.
    """

    place: TilePlace
    pixels: Tensor
    forward: Forward | None = None


@dataclass(frozen=True, eq=False)
class Forward:
    """What a network has seen in a tile, with the graph that leads back to the pixels."""

    pixels: Tensor
    features: Mapping[str, Tensor]
    statistics: Mapping[Any, Statistic]


_kept: WeakSet[Forward] = WeakSet()
"""What this process keeps for the way back."""


def strides(backbone: FrozenNetwork, one: Wanted | Term) -> list[int]:
    """Return the pixels between two positions of each layer that is looked at."""
    return [1 if layer == IMAGE else backbone.stride([layer]) for layer in one.layers]


@torch.no_grad()
def features_of(
    backbone: FrozenNetwork, layers: Collection[str], piece: Piece
) -> dict[str, Tensor]:
    """Return the feature maps of the inner part of a tile."""
    features, tile = backbone(piece.pixels, layers), piece.place.tile
    return {layer: tile.inner(each, backbone.stride([layer])) for layer, each in features.items()}


def statistics_of(
    backbone: FrozenNetwork, wanted: Mapping[Any, Wanted], keep: int, piece: Piece
) -> dict[Any, Statistic]:
    """Return the statistics of the inner part of a tile.

    Args:
        backbone: The network.
        wanted: The statistics, without masks: the tile has its own.
        keep: How many forward passes this process may keep for the way back.
        piece: The tile.
    """
    with torch.set_grad_enabled(keep > 0):
        forward = _forward(backbone, wanted, piece)
    if len(_kept) < keep:
        piece.forward = forward
        _kept.add(forward)
    found = forward.statistics.items()
    return {key: Statistic(each.total.detach(), each.positions) for key, each in found}


def gradient_of(
    backbone: FrozenNetwork,
    wanted: Mapping[Any, Wanted],
    cotangents: Mapping[Any, Tensor],
    weights: Mapping[str, float],
    piece: Piece,
) -> tuple[Tensor, dict[str, float]]:
    """Return the gradient of the tile's inner features with respect to its padded pixels.

    Also return the losses of the inner part for those terms that are sums over positions.

    Args:
        backbone: The network.
        wanted: The statistics, without masks.
        cotangents: The derivatives of the style terms with respect to the whole's statistics.
        weights: Of the terms that are sums over positions.
        piece: The tile.
    """
    with torch.enable_grad():
        forward, piece.forward = piece.forward or _forward(backbone, wanted, piece), None
        totals = ((key, each.total) for key, each in forward.statistics.items())
        shares = {key: (cotangents[key] * total).sum() for key, total in totals}
        parts = {}
        for term in piece.place.terms:
            assert isinstance(term.loss, LocalLoss)
            inner = _inner(term, forward.features, piece.place.tile, backbone)
            shares[term.name] = weights[term.name] * term.loss(inner, term.mask)
            parts[term.name] = shares[term.name].item()
        (gradient,) = torch.autograd.grad(torch.stack(list(shares.values())).sum(), forward.pixels)
    return gradient, parts


def _forward(backbone: FrozenNetwork, wanted: Mapping[Any, Wanted], piece: Piece) -> Forward:
    """Show a tile to the network."""
    place = piece.place
    seen: list[Wanted | Term] = [*wanted.values(), *place.terms]
    layers = {layer for one in seen for layer in one.layers} - {IMAGE}
    pixels = piece.pixels.detach().clone().requires_grad_()
    features = {IMAGE: pixels, **backbone(pixels, layers)}
    statistics = {
        key: one.statistic(_inner(one, features, place.tile, backbone), place.masks[key])
        for key, one in wanted.items()
    }
    return Forward(pixels, features, statistics)


def _inner(
    one: Wanted | Term, features: Mapping[str, Tensor], tile: Tile, backbone: FrozenNetwork
) -> Any:
    """Return the inner part of what is seen in a tile."""
    pairs = zip(one.layers, strides(backbone, one), strict=True)
    inner = tuple(tile.inner(features[layer], stride) for layer, stride in pairs)
    return inner if one.joint else inner[0]
