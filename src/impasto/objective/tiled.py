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

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from impasto.backbones import Backbone, empty_features, memory_format
from impasto.losses.content import GlobalLoss, LocalLoss
from impasto.objective.objective import IMAGE, Evaluation, Objective, Term
from impasto.objective.tiling import Tile, stride_of, tiles
from impasto.statistics.gram import Statistic

Key = TypeVar("Key")


@dataclass(frozen=True)
class Wanted:
    """A statistic to collect.

    Attributes:
        layer: Of which layer.
        statistic: The sum over positions, of features and weights.
        mask: How much each position counts, (1, 1, H, W) of the whole layer; None for once.
    """

    layer: str
    statistic: Callable[[Tensor, Tensor | None], Statistic]
    mask: Tensor | None = None

    def of(self, features: Tensor, tile: Tile, stride: int) -> Statistic:
        """Return the statistic of the inner part of a tile's feature map."""
        mask = None if self.mask is None else self.mask[..., *tile.place(stride)]
        return self.statistic(tile.inner(features, stride), mask)


@torch.no_grad()
def collect_features(
    backbone: Backbone, image: Tensor, layers: Collection[str], side: int
) -> dict[str, Tensor]:
    """Return feature maps of the whole image, computed in tiles."""
    found: dict[str, Tensor] = {}
    # Backwards, because the last tile tells how many positions there are in all.
    for tile in reversed(tiles(image, backbone, layers, side)) if layers else ():
        for layer, part in backbone(tile.cut(image), layers).items():
            stride = stride_of(backbone, [layer], side)
            if layer not in found:
                starts = (tile.rows.outer_start, tile.columns.outer_start)
                size = [at // stride + n for at, n in zip(starts, part.shape[2:], strict=True)]
                found[layer] = empty_features((*part.shape[:2], *size), part, memory_format(part))
            found[layer][..., *tile.place(stride)] = tile.inner(part, stride)
    return found


@torch.no_grad()
def collect_statistics(
    backbone: Backbone,
    image: Tensor,
    wanted: Mapping[Key, Wanted],
    side: int,
) -> dict[Key, Statistic]:
    """Return statistics of the whole image, summed over tiles.

    Args:
        backbone: The network.
        image: (1, 3, H, W).
        wanted: Statistics by any key; several may look at the same layer.
        side: Of a tile's inner part in pixels; 0 for the whole image at once.
    """
    found: dict[Key, Statistic] = {}
    layers = {each.layer for each in wanted.values()}
    for tile in tiles(image, backbone, layers, side) if layers else ():
        features = backbone(tile.cut(image), layers)
        for key, each in wanted.items():
            part = each.of(features[each.layer], tile, stride_of(backbone, [each.layer], side))
            found[key] = found[key] + part if key in found else part
    return found


class TiledObjective:
    """The same function as `Objective`, in the memory of one tile."""

    def __init__(self, backbone: Backbone, terms: Sequence[Term], side: int) -> None:
        """Keep the terms; those of weight 0 are left out.

        Args:
            backbone: The network.
            terms: On layers, losses that are a `GlobalLoss` or a `LocalLoss`; any on the image.
            side: Of a tile's inner part, in pixels.
        """
        terms = [term for term in terms if term.weight != 0]
        self.backbone, self.side, self.terms = backbone, side, terms
        self.on_image = [term for term in terms if term.layer == IMAGE]
        self.on_layers = [term for term in terms if term.layer != IMAGE]

    def with_terms(self, terms: Sequence[Term]) -> TiledObjective:
        """Return the same with other terms."""
        return TiledObjective(self.backbone, terms, self.side)

    def __call__(self, image: Tensor) -> Evaluation:
        """Evaluate the loss and its gradient at ``image`` (1, 3, H, W), sRGB in [0, 1]."""
        image = image.detach()
        parts = {term.name: 0.0 for term in self.terms}
        gradient = self._of_image(image, parts)
        cotangents = self._of_statistics(image, parts)
        layers = {term.layer for term in self.on_layers}
        for tile in tiles(image, self.backbone, layers, self.side):
            tile.cut(gradient).add_(self._of_tile(image, tile, layers, cotangents, parts))
        return Evaluation(sum(parts.values()), parts, gradient)

    def _of_image(self, image: Tensor, parts: dict[str, float]) -> Tensor:
        """Evaluate the terms on the image itself, whole: they need little memory."""
        gradient = torch.zeros_like(image)
        for term in self.on_image:
            leaf = image.clone().requires_grad_()
            with torch.enable_grad():
                value = term(leaf)
            gradient += torch.autograd.grad(value, leaf)[0]
            parts[term.name] = value.item()
        return gradient

    def _of_statistics(self, image: Tensor, parts: dict[str, float]) -> dict[str, Tensor]:
        """Return the derivative of each global term with respect to its summed statistic."""
        terms = {t.name: (t, t.loss) for t in self.on_layers if isinstance(t.loss, GlobalLoss)}
        wanted = {n: Wanted(t.layer, loss.statistic, t.mask) for n, (t, loss) in terms.items()}
        sums = collect_statistics(self.backbone, image, wanted, self.side) if wanted else {}
        cotangents = {}
        for name, (term, loss) in terms.items():
            total = sums[name].total.requires_grad_()
            with torch.enable_grad():
                value = term.weight * loss.distance(Statistic(total, sums[name].positions))
            (cotangents[name],) = torch.autograd.grad(value, total)
            parts[name] = value.item()
        return cotangents

    def _of_tile(
        self,
        image: Tensor,
        tile: Tile,
        layers: Collection[str],
        cotangents: Mapping[str, Tensor],
        parts: dict[str, float],
    ) -> Tensor:
        """Return the gradient of the tile's inner features with respect to its padded pixels."""
        pixels = tile.cut(image).clone().requires_grad_()
        with torch.enable_grad():
            features = self.backbone(pixels, layers)
            shares = []
            for term in self.on_layers:
                stride, found = self.backbone.stride([term.layer]), features[term.layer]
                if isinstance(term.loss, GlobalLoss):
                    part = Wanted(term.layer, term.loss.statistic, term.mask).of(
                        found, tile, stride
                    )
                    shares.append((cotangents[term.name] * part.total).sum())
                elif isinstance(term.loss, LocalLoss):
                    inner = tile.inner(found, stride)
                    value = term.weight * term.loss.part(inner, *tile.place(stride))
                    parts[term.name] += value.item()
                    shares.append(value)
            return torch.autograd.grad(torch.stack(shares).sum(), pixels)[0]


AnyObjective = Objective | TiledObjective
