"""The method on strips: as `impasto.transfer`, with sums that ranks complete.

Objective, optimizer, loop and schedule are the same ones. Every size is divided, also the coarse
ones, of which the first rank may have all rows: the others wait for its sums, and know the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import final

import torch
from torch import Tensor

from impasto.job import Job, active_layers, choices_of, shares, variation, wanted_layers
from impasto.losses import ContentLoss, LocalLoss
from impasto.machine import fit_allocator
from impasto.normalization import NORMALIZATIONS, Target
from impasto.objective import (
    Kind,
    Objective,
    Term,
    TilePlace,
    Wanted,
    collect_statistics,
    features_of,
    pieces_of,
    spans_for,
    tiled,
    tiles_of,
)
from impasto.optimize import Optimizer, State, Step, minimize, schedule
from impasto.pyramid import Level
from impasto.ranks.group import Ranks
from impasto.ranks.strips import Strips, enlarged
from impasto.registry import OPTIMIZERS
from impasto.statistics import accumulable, blend


def paint_in_strips(ranks: Ranks, job: Job, state: State) -> Iterator[Step]:
    """Yield every evaluation of a job, as `impasto.transfer.paint` does; images are strips.

    Args:
        ranks: The processes, all of which do this.
        job: What to paint.
        state: Where to go on from, with the strips of this rank.
    """
    coarse: tuple[Strips, Tensor] | None = None
    for level in job.levels_from(state.size):
        strips = strips_of(job, ranks, level.size)
        content = strips.read(job.content.over_white())
        fit_allocator(content.nbytes, tiled=True)
        objective = make_objective_of_strips(job, strips, content, level.size)
        if state.size != level.size:
            image = content if coarse is None else content + enlarged(coarse[1], coarse[0], strips)
            optimizer = optimizer_of(job, level, strips)
            state.begin(optimizer.project(image), optimizer, level.size, objective.weights)
        function = objective.with_weights(state.weights)
        stages = schedule(level.evaluations, job.continuation(level))
        yield from minimize(function, state, stages, job.settings.converge)
        assert state.best is not None
        coarse = strips, state.best.image - content


def strips_of(job: Job, ranks: Ranks, size: int) -> Strips:
    """Return how the picture is divided at one size."""
    return divided(job, ranks, job.sizes.shape(size), wanted_layers(job.settings))


def divided(job: Job, ranks: Ranks, shape: tuple[int, int], layers: list[str]) -> Strips:
    """Return how a picture is divided whose feature maps are wanted."""
    spans = spans_for(shape[0], job.backbone, layers, side_of(job, shape))
    dtype = torch.float64 if job.settings.precision == "float64" else torch.float32
    return Strips(ranks, shape, spans, dtype)


def side_of(job: Job, shape: tuple[int, int]) -> int:
    """Return the side of the tiles of a picture, or 0 if it is one itself."""
    return job.settings.tile if job.settings.tile < max(shape) else 0


def optimizer_of(job: Job, level: Level, strips: Strips) -> Optimizer:
    """Return a fresh optimizer for the strip of this rank."""
    make: Callable[..., Optimizer] = OPTIMIZERS[job.settings.optimizer].load()
    history = min(job.settings.history, level.evaluations)
    return make(job.settings.learning_rate, history, strips)


def make_objective_of_strips(job: Job, strips: Strips, content: Tensor, size: int) -> Objective:
    """Return the objective of a size; its targets are computed here, by all ranks together."""
    side = side_of(job, strips.shape)
    keep = 1 if len(strips.spans) == 1 and side == 0 else 0
    evaluate = tiled(job.backbone, side, keep=keep, bands=strips)
    terms = [*content_terms(job, strips, content), *style_terms_of(job, strips.ranks, size)]
    return Objective([*terms, variation(job)], evaluate)


@final
class ContentOfStrip(LocalLoss):
    """The content loss of the bands that a rank has.

    Attributes:
        losses: That of each band, by the first row of the layer in it.
    """

    def __init__(self, losses: dict[int, ContentLoss]) -> None:
        self.losses = losses

    def part(
        self, features: Tensor, rows: slice, columns: slice, mask: Tensor | None = None
    ) -> Tensor:
        """Return the share of features that lie in these rows and columns of a band."""
        return self.at(rows, columns)(features, mask)

    def at(self, rows: slice, columns: slice) -> ContentLoss:
        """Return the loss of these columns of the band that has these rows."""
        return self.losses[rows.start].at(slice(None), columns)


def content_terms(job: Job, strips: Strips, content: Tensor) -> Iterator[Term]:
    """Yield a term for every content layer, as `impasto.job` does."""
    norm = NORMALIZATIONS[job.settings.normalization]
    layers = shares(active_layers(job.settings)[0], norm.shares)
    found = features_of_strip(job, strips, content, layers) if layers else []
    sums = [{name: sum_of_squares(f) for name, f in features.items()} for _, features in found]
    everywhere = strips.gather(sums)
    for layer, share in layers.items():
        stride = job.backbone.stride([layer])
        energy = sum(each[layer][0] for each in everywhere)
        channels, elements = everywhere[0][layer][1], sum(each[layer][2] for each in everywhere)
        scale = norm.content(Target(energy, channels, elements))
        losses = {
            start // stride: ContentLoss(features[layer], partial(constant, scale))
            for start, features in found
        }
        weight = job.settings.content_weight * share
        yield Term(f"content {layer}", Kind.CONTENT, weight, (layer,), ContentOfStrip(losses))


def features_of_strip(
    job: Job, strips: Strips, image: Tensor, layers: dict[str, float]
) -> list[tuple[int, dict[str, Tensor]]]:
    """Return the first pixel row of each band that this rank has, and its feature maps."""
    found = []
    wanted, side = wanted_layers(job.settings), side_of(job, strips.shape)
    for band in strips.share(image):
        tiles = tiles_of(band, job.backbone, wanted, side)
        pieces = pieces_of(band, [TilePlace(tile, {}) for tile in tiles])
        parts = [features_of(job.backbone, tuple(layers), piece) for piece in pieces]
        maps = {layer: torch.cat([each[layer] for each in parts], dim=3) for layer in layers}
        found.append((band.rows.start, maps))
    return found


def sum_of_squares(features: Tensor) -> tuple[float, int, int]:
    """Return the energy of a feature map (1, C, h, W), its channels, and how many values it has."""
    energy = float(accumulable(features).square().sum())
    return energy, features.shape[1], features.numel()


def constant(scale: float, target: Target) -> float:
    """Return a scale, whatever the target: that of the whole picture is known."""
    return scale


def style_terms_of(job: Job, ranks: Ranks, size: int) -> list[Term]:
    """Return the style terms; the statistics of the style pictures are collected by all ranks."""
    settings, norm = job.settings, NORMALIZATIONS[job.settings.normalization]
    choices = choices_of(settings, job.backbone)
    wanted = {each.name: Wanted(each.layers, each.loss.statistic, None, each.loss.joint)
              for each in choices}  # fmt: skip
    statistics = []
    for style, shape in zip(job.styles, job.sizes.style_shapes(size), strict=True):
        strips = divided(job, ranks, shape, [name for each in choices for name in each.layers])
        image, side = strips.read(style.over_white()), side_of(job, shape)
        statistics.append(collect_statistics(job.backbone, image, wanted, side, bands=strips))
    total = sum(active_layers(settings)[1].values()) if norm.shares else 1.0
    return [
        Term(
            name=each.name,
            kind=Kind.STYLE,
            weight=settings.style_weight * each.weight / total,
            layers=each.layers,
            loss=each.loss(
                blend([found[each.name] for found in statistics], job.blend), norm.style
            ),
        )
        for each in choices
    ]
