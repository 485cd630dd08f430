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

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar, final

import torch
from torch import Tensor

from impasto.backbones import FrozenNetwork, empty_features, memory_format
from impasto.losses import StyleLoss
from impasto.objective.objective import IMAGE, Evaluator, Sums, Term, layers_of
from impasto.objective.one_tile import (
    Piece,
    TilePlace,
    Wanted,
    features_of,
    gradient_of,
    statistics_of,
)
from impasto.objective.tiling import ONE_BAND, Band, Bands, Tile, tiles
from impasto.statistics import Statistic

Key = TypeVar("Key")

Map = Callable[..., Iterable[Any]]
"""Applies a function to every item, and gives the results in their order, like ``map``."""


@torch.no_grad()
def collect_features(
    backbone: FrozenNetwork,
    image: Tensor,
    layers: Collection[str],
    side: int,
    each: Map = map,
) -> dict[str, Tensor]:
    """Return feature maps of the whole image, computed in tiles, see `tiled`."""
    found: dict[str, Tensor] = {}
    cut = tiles(image.shape[2:], backbone, layers, side) if layers else []
    pieces = [Piece(TilePlace(tile, {}), tile.cut(image)) for tile in cut]
    look = partial(features_of, backbone, tuple(layers))
    for tile, parts in zip(cut, each(look, pieces), strict=True):
        for layer, part in parts.items():
            if layer not in found:
                size = (backbone.positions(layer, length) for length in image.shape[2:])
                found[layer] = empty_features((*part.shape[:2], *size), part, memory_format(part))
            found[layer][..., *tile.place(backbone.stride([layer]))] = part
    return found


@torch.no_grad()
def collect_statistics(
    backbone: FrozenNetwork,
    image: Tensor,
    wanted: Mapping[Key, Wanted],
    side: int,
    each: Map = map,
    bands: Bands = ONE_BAND,
) -> dict[Key, Statistic]:
    """Return statistics of the whole image, summed over tiles.

    Args:
        backbone: The network.
        image: (1, 3, H, W), or what ``bands`` knows to share.
        wanted: Statistics by any key; several may look at the same layer.
        side: Of a tile's inner part in pixels; 0 for the whole image at once.
        each: Applies a function to every tile, see `tiled`.
        bands: How the image is divided among processes.
    """
    if not wanted:
        return {}
    layers = {layer for one in wanted.values() for layer in one.layers} - {IMAGE}
    look = partial(statistics_of, backbone, _without_masks(wanted), 0)
    parts = []
    for band in bands.share(image):
        places = [TilePlace.of(tile, backbone, wanted)
                  for tile in tiles_of(band, backbone, layers, side)]  # fmt: skip
        parts.append(_summed(each(look, pieces_of(band, places))))
    return _summed(bands.gather(parts))


def tiles_of(band: Band, backbone: FrozenNetwork, layers: Collection[str], side: int) -> list[Tile]:
    """Return the tiles of a band."""
    shape = band.height, band.pixels.shape[3]
    return [tile for tile in tiles(shape, backbone, layers, side) if band.owns(tile)]


def pieces_of(band: Band, places: Iterable[TilePlace]) -> list[Piece]:
    """Return the tiles of a band with their pixels."""
    return [Piece(place, band.cut(place.tile)) for place in places]


def _without_masks(wanted: Mapping[Key, Wanted]) -> dict[Key, Wanted]:
    """Return statistics without the masks of the whole: every place has its part of them."""
    return {key: replace(one, mask=None) for key, one in wanted.items()}


def _summed(parts: Iterable[Mapping[Key, Statistic]]) -> dict[Key, Statistic]:
    """Return the sums of statistics, added in their order."""
    found: dict[Key, Statistic] = {}
    for each in parts:
        for key, part in each.items():
            found[key] = found[key] + part if key in found else part
    return found


def tiled(
    backbone: FrozenNetwork, side: int, each: Map = map, keep: int = 0, bands: Bands = ONE_BAND
) -> Evaluator:
    """Return what evaluates terms in tiles, in the memory of one.

    Args:
        backbone: The network.
        side: Of a tile's inner part, in pixels.
        each: Applies a function to every tile: ``map``, or one that hands the tiles to others and
            returns their answers in the same order. What it is given can be pickled.
        keep: For how many tiles whoever computes has the memory to keep the forward pass until the
            second round.
        bands: How the image is divided among processes, all of which evaluate at the same time.
    """
    return _Tiled(backbone, side, each, keep, bands)


@final
class _Tiled:
    """Evaluates terms in tiles, see `tiled`."""

    def __init__(
        self, backbone: FrozenNetwork, side: int, each: Map, keep: int, bands: Bands
    ) -> None:
        self.backbone, self.side, self.each, self.keep = backbone, side, each, keep
        self.bands = bands
        self.terms: Sequence[Term] = ()
        self.places: list[list[TilePlace]] = []
        self.shapes: list[torch.Size] | None = None

    def __call__(self, terms: Sequence[Term], image: Tensor) -> Sums:
        here = self.bands.share(image.detach())
        pairs = [(band, torch.zeros_like(band.pixels)) for band in here]
        parts = {term.name: 0.0 for term in terms}
        on_layers = [term for term in terms if term.layers != (IMAGE,)]
        for term in terms:
            if term.layers == (IMAGE,):
                found = [_add_image(term, band, gradient) for band, gradient in pairs]
                parts[term.name] = sum(self.bands.gather(found))
        if layers_of(on_layers):
            self._add_layers(on_layers, pairs, parts)
        return sum(parts.values()), parts, self.bands.collect([each for _, each in pairs])

    def _add_layers(
        self,
        terms: Sequence[Term],
        pairs: Sequence[tuple[Band, Tensor]],
        parts: dict[str, float],
    ) -> None:
        """Add the losses of terms on layers of the network, and their gradient."""
        wanted = _without_masks(_statistics(terms))
        bands = [band for band, _ in pairs]
        pieces = list(map(pieces_of, bands, self._places(terms, bands)))
        look = partial(statistics_of, self.backbone, wanted, self.keep)
        found = [_summed(self.each(look, some)) for some in pieces] if wanted else []
        sums = _summed(self.bands.gather(found))
        cotangents = {}
        for term in terms:
            if isinstance(term.loss, StyleLoss):
                value, cotangents[term.name] = _pull(term, term.loss, sums[term.name])
                parts[term.name] = value
        weights = {term.name: term.weight for term in terms if term.name not in cotangents}
        back = partial(gradient_of, self.backbone, wanted, cotangents, weights)
        losses = [
            _add_gradients(*pair, some, self.each(back, some))
            for pair, some in zip(pairs, pieces, strict=True)
        ]
        for loss in self.bands.gather(losses):
            for name, part in loss.items():
                parts[name] += part

    def _places(self, terms: Sequence[Term], bands: Sequence[Band]) -> list[list[TilePlace]]:
        """Return the places of the tiles: the last ones, if only weights have changed since.

        So what lies there travels once, where others compute.
        """
        same = len(self.terms) == len(terms) and all(map(_differ_in_weight, self.terms, terms))
        shapes = [band.pixels.shape for band in bands]
        if same and self.shapes == shapes:
            return self.places
        wanted = _statistics(terms)
        local = [term for term in terms if term.name not in wanted]
        self.places = [
            [TilePlace.of(tile, self.backbone, wanted, local)
             for tile in tiles_of(band, self.backbone, layers_of(terms), self.side)]
            for band in bands
        ]  # fmt: skip
        self.terms, self.shapes = terms, shapes
        return self.places


def _differ_in_weight(one: Term, other: Term) -> bool:
    """Tell whether two terms are the same but for their weights."""
    return one.name == other.name and one.loss is other.loss and one.mask is other.mask


def _statistics(terms: Sequence[Term]) -> dict[str, Wanted]:
    """Return the statistics that the style terms want, by the names of the terms."""
    return {
        term.name: Wanted(term.layers, term.loss.statistic, term.mask, term.joint)
        for term in terms
        if isinstance(term.loss, StyleLoss)
    }


def _add_gradients(
    band: Band,
    gradient: Tensor,
    pieces: Sequence[Piece],
    found: Iterable[tuple[Tensor, Mapping[str, float]]],
) -> dict[str, float]:
    """Add the tiles' gradients to that of their band; return the losses of the band by name."""
    losses: dict[str, float] = {}
    for piece, (share, parts) in zip(pieces, found, strict=True):
        band.cut(piece.place.tile, gradient).add_(share)
        for name, part in parts.items():
            losses[name] = losses.get(name, 0.0) + part
    return losses


def _add_image(term: Term, band: Band, gradient: Tensor) -> float:
    """Evaluate a term on the image itself, without tiles: it needs little memory."""
    leaf = band.pixels.clone().requires_grad_()
    with torch.enable_grad():
        if band.is_whole:
            value = term({IMAGE: leaf})
        else:
            value = term.weight * term.loss.of_rows(leaf, band.inner, band.height)
    gradient += torch.autograd.grad(value, leaf)[0]
    return value.item()


def _pull(term: Term, loss: StyleLoss, summed: Statistic) -> tuple[float, Tensor]:
    """Return a style term and its derivative with respect to its summed statistic."""
    total = summed.total.requires_grad_()
    with torch.enable_grad():
        value = term.weight * loss.distance(Statistic(total, summed.positions))
    return value.item(), torch.autograd.grad(value, total)[0]
