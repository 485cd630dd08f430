"""What one size minimizes: the terms of the objective, with their targets.

    L = α L_content + β L_style + γ L_tv  (+ faces, + edges, + photorealism, + anchors)

Source: Gatys et al. (2015), equations 1, 5 and 7.
"""

from __future__ import annotations

from collections.abc import Iterator

from impasto.job.inputs import Inputs
from impasto.job.job import Job
from impasto.job.style_terms import active_layers, choose, masks_of, style_losses, style_terms
from impasto.losses import ContentLoss, EdgeLoss, Loss, MattingLoss, TotalVariation
from impasto.normalization import NORMALIZATIONS, Target
from impasto.objective import (
    IMAGE,
    Kind,
    Objective,
    Region,
    Term,
    collect_features,
    tiled,
    whole,
)
from impasto.registry import SPREADS, VARIATIONS


def make_objective(job: Job, inputs: Inputs) -> Objective:
    """Return the objective of a job at one size; its targets are computed here, once."""
    side = tile_side(job, inputs)
    in_tiles = tiled(job.backbone, side, job.each, job.keep)
    evaluate = in_tiles if side else whole(job.backbone)
    terms = [
        *content(job, inputs),
        *faces(job, inputs),
        *style(job, inputs),
        *regularizers(job, inputs),
        *anchors(job, inputs),
    ]
    return Objective(terms, evaluate, inputs.restrict)


def tile_side(job: Job, inputs: Inputs) -> int:
    """Return the side of the tiles that an image is evaluated in, or 0 if it is evaluated whole."""
    side = job.settings.tile
    return side if side < max(inputs.content.shape[2:]) else 0


def content(job: Job, inputs: Inputs) -> Iterator[Term]:
    """Yield a term for every content layer: ``α w_l L_content``."""
    norm = NORMALIZATIONS[job.settings.normalization]
    layers = shares(active_layers(job.settings)[0], norm.shares)
    features = collect_features(job.backbone, inputs.content, layers, job.settings.tile, job.each)
    for layer, share in layers.items():
        weight = job.settings.content_weight * share
        loss = ContentLoss(features[layer], norm.content)
        yield Term(f"content {layer}", Kind.CONTENT, weight, (layer,), loss)


def faces(job: Job, inputs: Inputs) -> Iterator[Term]:
    """Yield the content of faces, if they are painted with care: style counts as everywhere.

    It is compared at the middle one of the style layers, relu3_1 of a VGG: a content layer is too
    coarse for the eyes of a small face, and finer layers leave no room for strokes. By its kind it
    is a regularizer, so that what is called content is the same with and without faces.
    """
    if inputs.faces is None:
        return
    settings, scale = job.settings, NORMALIZATIONS[job.settings.normalization].content
    names = tuple(active_layers(settings)[1])
    layer = names[len(names) // 2]
    features = collect_features(job.backbone, inputs.content, [layer], settings.tile, job.each)
    mask = masks_of(job.backbone, [layer], inputs.faces, SPREADS["simple"].load())[layer]
    weight = settings.content_weight * job.controls.care.more_content
    loss = ContentLoss(features[layer], scale)
    yield Term(f"faces {layer}", Kind.REGULARIZER, weight, (layer,), loss, mask)


def style(job: Job, inputs: Inputs) -> Iterator[Term]:
    """Yield a term for every style layer, style loss and region: ``β w_l E_l``."""
    if inputs.style_terms is not None:
        yield from inputs.style_terms
        return
    settings, norm = job.settings, NORMALIZATIONS[job.settings.normalization]
    layers = shares(active_layers(settings)[1], norm.shares)
    weights = {layer: settings.style_weight * share for layer, share in layers.items()}
    choices = choose(style_losses(settings), weights, job.backbone)
    how = SPREADS[settings.mask_spread or "simple"].load()
    for region in inputs.regions or [Region.whole(len(inputs.styles))]:
        yield from style_terms(
            job.backbone, inputs.styles, job.blend, choices, norm.style, settings.tile,
            region, how, job.each,
        )  # fmt: skip


def regularizers(job: Job, inputs: Inputs) -> Iterator[Term]:
    """Yield the terms on the image itself: total variation, edges, photorealism."""
    settings, norm = job.settings, NORMALIZATIONS[job.settings.normalization]
    yield variation(job)
    if settings.protect_edges:
        yield on_image("edges", settings.protect_edges, EdgeLoss(inputs.content, norm.content))
    if settings.photoreal_weight:
        yield on_image("photoreal", settings.photoreal_weight, MattingLoss(inputs.content))


def variation(job: Job) -> Term:
    """Return the term of total variation."""
    settings, norm = job.settings, NORMALIZATIONS[job.settings.normalization]
    loss = TotalVariation(VARIATIONS[settings.tv], norm.variation)
    return on_image("tv", settings.tv_weight, loss)


def on_image(name: str, weight: float, loss: Loss) -> Term:
    """Return a term on the image itself."""
    return Term(name, Kind.REGULARIZER, weight, (IMAGE,), loss)


def anchors(job: Job, inputs: Inputs) -> Iterator[Term]:
    """Yield a term for every picture that the result is to stay near: ``γ 1/N Σ c (x - a)²``.

    Source: Ruder, Dosovitskiy and Brox (2016), "Artistic Style Transfer for Videos", section 4.2,
    where it is the frame before, moved to where it belongs.
    """
    for anchor, (target, mask) in zip(job.anchors, inputs.anchors, strict=True):
        loss = ContentLoss(target, mean)
        yield Term(anchor.name, Kind.REGULARIZER, anchor.weight, (IMAGE,), loss, mask)


def mean(target: Target) -> float:
    """Return the scale that makes a sum of squares their mean."""
    return 1 / target.elements


def shares(layers: dict[str, float], normalize: bool) -> dict[str, float]:
    """Return layer weights, divided by their sum if the normalization wants it."""
    total = sum(layers.values()) if normalize else 1.0
    return {layer: weight / total for layer, weight in layers.items()}
