"""Exact evaluation in tiles: an image of any size in the memory of one tile.

A feature depends on the pixels within a margin around it, no further; and every loss is either a
sum over positions or a function of sums over positions. So the loss and its gradient can be
collected tile by tile, and equal those of the whole image up to rounding:

1. Without gradients: sum the statistics over the inner parts of all tiles.
2. Once: the distances, and their derivatives with respect to the statistics.
3. Tile by tile: back-propagate those derivatives from the inner part into the padded tile, and add
   that to the gradient of the image. Padded tiles overlap; the sum over all of them is exact.

Source: the two passes are those of Galerne et al. (2024), "Scaling Painting Style Transfer".
# Differs from Galerne et al. (2024): adding up the gradients of overlapping tiles needs the margin
# once; they keep the inner part of each tile's gradient only, which needs it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import torch
from torch import Tensor

from impasto.backbones import FrozenNetwork, empty_features, memory_format
from impasto.losses import LocalLoss, StyleLoss
from impasto.objective.objective import IMAGE, Evaluator, Sums, Term, layers_of
from impasto.objective.tiling import Tile, tiles
from impasto.statistics import Statistic

Key = TypeVar("Key")
Piece = tuple[Tile, Tensor]

Map = Callable[..., Iterable[Any]]
"""Applies a function to every item, and gives the results in their order, like ``map``."""


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

    def of(self, features: Mapping[str, Tensor], tile: Tile, backbone: FrozenNetwork) -> Statistic:
        """Return the statistic of the inner part of a tile's feature maps."""
        inner, _, mask = _inner(self, features, tile, backbone)
        return self.statistic(inner, mask)


def _inner(
    one: Wanted | Term, features: Mapping[str, Tensor], tile: Tile, backbone: FrozenNetwork
) -> tuple[Any, tuple[slice, slice], Tensor | None]:
    """Return the inner part of what is seen in a tile, its place in the first layer, its mask."""
    strides = {layer: 1 if layer == IMAGE else backbone.stride([layer]) for layer in one.layers}
    inner = tuple(tile.inner(features[layer], stride) for layer, stride in strides.items())
    place = tile.place(strides[one.layers[0]])
    mask = None if one.mask is None else one.mask[..., *place]
    return inner if one.joint else inner[0], place, mask


@torch.no_grad()
def collect_features(
    backbone: FrozenNetwork, image: Tensor, layers: Collection[str], side: int
) -> dict[str, Tensor]:
    """Return feature maps of the whole image, computed in tiles."""
    found: dict[str, Tensor] = {}
    # Backwards, because the last tile tells how many positions there are in all.
    for tile in reversed(tiles(image, backbone, layers, side)) if layers else ():
        for layer, part in backbone(tile.cut(image), layers).items():
            stride = backbone.stride([layer])
            if layer not in found:
                starts = (tile.rows.outer_start, tile.columns.outer_start)
                size = [at // stride + n for at, n in zip(starts, part.shape[2:], strict=True)]
                found[layer] = empty_features((*part.shape[:2], *size), part, memory_format(part))
            found[layer][..., *tile.place(stride)] = tile.inner(part, stride)
    return found


@torch.no_grad()
def collect_statistics(
    backbone: FrozenNetwork,
    image: Tensor,
    wanted: Mapping[Key, Wanted],
    side: int,
    each: Map = map,
) -> dict[Key, Statistic]:
    """Return statistics of the whole image, summed over tiles.

    Args:
        backbone: The network.
        image: (1, 3, H, W).
        wanted: Statistics by any key; several may look at the same layer.
        side: Of a tile's inner part in pixels; 0 for the whole image at once.
        each: Applies a function to every tile, see `tiled`.
    """
    found: dict[Key, Statistic] = {}
    layers = {layer for one in wanted.values() for layer in one.layers} - {IMAGE}
    if wanted:
        pieces = _pieces(image, tiles(image, backbone, layers, side))
        for parts in each(partial(_statistics_of_tile, backbone, layers, wanted), pieces):
            for key, part in parts.items():
                found[key] = found[key] + part if key in found else part
    return found


def _pieces(image: Tensor, cut: Iterable[Tile]) -> Iterator[Piece]:
    """Yield tiles with their pixels, which are copied: a view would take the image along."""
    return ((tile, tile.cut(image).clone()) for tile in cut)


@torch.no_grad()
def _statistics_of_tile(
    backbone: FrozenNetwork,
    layers: Collection[str],
    wanted: Mapping[Key, Wanted],
    piece: Piece,
) -> dict[Key, Statistic]:
    """Return the statistics of the inner part of one tile."""
    tile, pixels = piece
    features = {IMAGE: pixels, **backbone(pixels, layers)}
    return {key: one.of(features, tile, backbone) for key, one in wanted.items()}


def tiled(backbone: FrozenNetwork, side: int, each: Map = map) -> Evaluator:
    """Return what evaluates terms in tiles, in the memory of one.

    Args:
        backbone: The network.
        side: Of a tile's inner part, in pixels.
        each: Applies a function to every tile: ``map``, or one that hands the tiles to others and
            returns their answers in the same order. What it is given can be pickled.
    """
    return partial(_evaluate_tiled, backbone, side, each)


def _evaluate_tiled(
    backbone: FrozenNetwork, side: int, each: Map, terms: Sequence[Term], image: Tensor
) -> Sums:
    image = image.detach()
    parts = {term.name: 0.0 for term in terms}
    gradient = torch.zeros_like(image)
    on_layers = [term for term in terms if term.layers != (IMAGE,)]
    for term in terms:
        if term.layers == (IMAGE,):
            gradient += _of_image(term, image, parts)
    layers = layers_of(on_layers)
    if layers:
        cotangents = _of_statistics(backbone, side, each, on_layers, image, parts)
        pull = partial(_of_tile, backbone, layers, on_layers, cotangents)
        cut = tiles(image, backbone, layers, side)
        for tile, (share, found) in zip(cut, each(pull, _pieces(image, cut)), strict=True):
            tile.cut(gradient).add_(share)
            for name, part in found.items():
                parts[name] += part
    return sum(parts.values()), parts, gradient


def _of_image(term: Term, image: Tensor, parts: dict[str, float]) -> Tensor:
    """Evaluate a term on the image itself, whole: it needs little memory."""
    leaf = image.clone().requires_grad_()
    with torch.enable_grad():
        value = term({IMAGE: leaf})
    parts[term.name] = value.item()
    return torch.autograd.grad(value, leaf)[0]


def _of_statistics(
    backbone: FrozenNetwork,
    side: int,
    each: Map,
    terms: Sequence[Term],
    image: Tensor,
    parts: dict[str, float],
) -> dict[str, Tensor]:
    """Return the derivative of each style term with respect to its summed statistic."""
    style = {term.name: (term, term.loss) for term in terms if isinstance(term.loss, StyleLoss)}
    wanted = {
        name: Wanted(term.layers, loss.statistic, term.mask, term.joint)
        for name, (term, loss) in style.items()
    }
    sums = collect_statistics(backbone, image, wanted, side, each)
    cotangents = {}
    for name, (term, loss) in style.items():
        total = sums[name].total.requires_grad_()
        with torch.enable_grad():
            value = term.weight * loss.distance(Statistic(total, sums[name].positions))
        (cotangents[name],) = torch.autograd.grad(value, total)
        parts[name] = value.item()
    return cotangents


def _of_tile(
    backbone: FrozenNetwork,
    layers: Collection[str],
    terms: Sequence[Term],
    cotangents: Mapping[str, Tensor],
    piece: Piece,
) -> tuple[Tensor, dict[str, float]]:
    """Return the gradient of the tile's inner features with respect to its padded pixels.

    Also return the losses of the inner part for those terms that are sums over positions.
    """
    tile, pixels = piece
    pixels = pixels.detach().requires_grad_()
    shares, parts = [], {}
    with torch.enable_grad():
        features = {IMAGE: pixels, **backbone(pixels, layers)}
        for term in terms:
            inner, place, mask = _inner(term, features, tile, backbone)
            if isinstance(term.loss, StyleLoss):
                statistic = term.loss.statistic(inner, mask)
                shares.append((cotangents[term.name] * statistic.total).sum())
            elif isinstance(term.loss, LocalLoss):
                value = term.weight * term.loss.part(inner, *place, mask)
                parts[term.name] = value.item()
                shares.append(value)
            else:
                raise TypeError(
                    f"{term.name} is no sum over positions: on layers of the network, tiles need a "
                    "StyleLoss or a LocalLoss"
                )
        gradient = torch.autograd.grad(torch.stack(shares).sum(), pixels)[0]
    return gradient, parts
