"""READ THIS FIRST: the whole method on one page.

    targets       what the photograph and the paintings look like to the network
    objective     α content + β style + γ total variation, each term with a name
    coarse to fine: at every size, start from the last result and minimize
    continuation: at first with α and γ larger, so that the style is found near the photograph

`stylize` paints; `stylize_steps` does the same one evaluation at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
import torch.nn.functional as nnf
from torch import Tensor

from impasto.backbones import Backbone
from impasto.controls.color import Rgb
from impasto.job.initializers import sprinkle
from impasto.job.job import Job
from impasto.job.prepare import prepare
from impasto.job.selection import active_layers, style_losses
from impasto.job.style_terms import choose, style_terms
from impasto.losses.content import ContentLoss, TotalVariation
from impasto.losses.laplacian import EdgeLoss
from impasto.losses.matting import MattingLoss
from impasto.losses.normalization import NORMALIZATIONS
from impasto.machine import allocator
from impasto.objective.balance import balanced, reweighed
from impasto.objective.guidance import Area
from impasto.objective.objective import IMAGE, Evaluation, Objective, Restricted, Term
from impasto.objective.tiled import AnyObjective, TiledObjective, collect_features
from impasto.optimize.continuation import eased, proceed_in_stages, stages
from impasto.optimize.lbfgs import Optimizer
from impasto.optimize.loop import State
from impasto.registry import INITIALIZERS, OPTIMIZERS, SPREADS, VARIATIONS
from impasto.run.auto import tuned
from impasto.run.fine_style import mixing_jobs
from impasto.run.result import Painted, Position, Progress
from impasto.settings.presets import apply
from impasto.settings.settings import Settings


def stylize(
    content: Any,
    style: Any,
    *,
    preset: str | None = None,
    progress: Callable[[Progress], object] | None = None,
    content_mask: Any = None,
    style_mask: Any = None,
    **settings: Any,
) -> Painted:
    """Paint a photograph in the style of one or several paintings.

    Args:
        content: The photograph: a path, a PIL image, an array (H, W, 3) or a tensor (3, H, W).
        style: The painting, or a sequence of paintings, likewise.
        preset: A row of `impasto.settings.presets.PRESETS` to start from.
        progress: Called after every evaluation.
        content_mask: Where to paint: a mask or a sequence of masks, see `impasto.controls.masks`.
        style_mask: With which part of the paintings, likewise.
        **settings: See `Settings`; for instance ``size=1024, style_weight=200``.

    Returns:
        The painted picture with its history, settings and timings.

    Raises:
        UsageError: If an argument is wrong; nothing expensive has been done then.

    Example:
        >>> from impasto.samples import painting, photograph
        >>> result = stylize(photograph("coffee"), painting("swirls"), size=64, iterations=2)
        >>> result.image.size
        (64, 43)
    """
    job = prepare(
        content, style, apply(preset, settings), content_mask=content_mask, style_mask=style_mask
    )
    painted = Painted(ready(job))
    for step in paint(painted.job):
        painted.add(step)
        if progress is not None:
            progress(step)
    return painted


def stylize_steps(
    content: Any,
    style: Any,
    *,
    preset: str | None = None,
    content_mask: Any = None,
    style_mask: Any = None,
    **settings: Any,
) -> Iterator[Progress]:
    """Return an iterator over the evaluations of `stylize`; stop at any with ``break``.

    Raises:
        UsageError: At once, if an argument is wrong.
    """
    job = prepare(
        content, style, apply(preset, settings), content_mask=content_mask, style_mask=style_mask
    )
    return paint(ready(job))


def finish(job: Job) -> Rgb:
    """Paint a job to its end, and return the picture."""
    return deque(paint(job), maxlen=1).pop().rgb


def ready(job: Job, finish: Callable[[Job], Rgb] = finish) -> Job:
    """Return the job with what other paintings have to give it first: fine strokes, a weight.

    Args:
        job: As it was prepared.
        finish: Paints such a job to its end.
    """
    job = job.with_styles([finish(mixing) for mixing in mixing_jobs(job)])
    return tuned(job, paint) if job.settings.auto else job


def paint(job: Job, position: Position | None = None) -> Iterator[Progress]:
    """Yield every evaluation of a prepared job, from the coarsest size to the finest.

    Args:
        job: What to paint.
        position: Where an earlier run was interrupted; by default it begins at the start.
    """
    settings = job.settings
    change: Tensor | None = None
    done, first = (position.before, position.level) if position else (0, 0)
    for index, level in list(enumerate(job.levels))[first:]:
        photograph, *paintings = job.pictures(level.size)
        areas, allowed = job.areas(level.size), job.allowed(level.size)
        objective = build(job.backbone, photograph, paintings, job.blend, settings, areas)
        base = base_image(job, level.size, photograph)
        if position is not None and index == first:
            state, objective = position.state, reweighed(objective, position.weights)
        else:
            if change is None:
                image = initialize(job, base, photograph, paintings)
            else:
                image = base + job.pad(enlarge(change, job.shape(level.size)))
            if allowed is not None:
                image = photograph + allowed(image - photograph)
            if settings.balance:
                objective = balanced(objective, image)
            state = State(image, make_optimizer(settings, level.evaluations))
        weights = {term.name: term.weight for term in objective.terms}
        function = partial(minimized, objective, allowed)
        course = stages(level.evaluations, continuation(job, index))
        for step in proceed_in_stages(function, state, course, settings.converge):
            yield Progress(job, index, step, done, state, weights)
        assert state.best is not None
        change = job.cut(state.best.image - base, level.size)
        done += state.index


def minimized(
    objective: AnyObjective, allowed: Callable[[Tensor], Tensor] | None, factor: float
) -> Callable[[Tensor], Evaluation]:
    """Return what one stage minimizes: the objective eased, and restricted to what may change."""
    each = eased(objective, factor)
    return each if allowed is None else Restricted(each, allowed)


def continuation(job: Job, level: int) -> int:
    """Return how many evaluations continuation takes at a level.

    At coarser sizes the first has none: there a style's large forms find their places.
    """
    coarsest = level == 0 and job.levels[0].size < job.settings.size
    return 0 if coarsest else job.settings.continuation


def build(
    backbone: Backbone,
    photograph: Tensor,
    paintings: Sequence[Tensor],
    weights: Sequence[float],
    settings: Settings,
    areas: Sequence[Area] = (),
) -> Objective | TiledObjective:
    """Return the objective of one size: targets are computed once, here.

    Without areas, everything is painted with everything.

    Source: Gatys et al. (2015), equations 1, 5 and 7.
    """
    norm = NORMALIZATIONS[settings.normalization]
    content_layers, style_layers = active_layers(settings)
    side = settings.tile or 0
    tiled = 0 < side < max(photograph.shape[2:])
    allocator.give_back_from(photograph.nbytes // 2 if tiled else None)
    content = collect_features(backbone, photograph, content_layers, side)
    terms = []
    for layer, share in shares(content_layers, norm.shares).items():
        loss = ContentLoss(content[layer], norm.content)
        terms.append(Term(f"content {layer}", settings.content_weight * share, layer, loss))
    pulls = {k: settings.style_weight * w for k, w in shares(style_layers, norm.shares).items()}
    choices = choose(style_losses(settings), pulls, backbone)
    how = SPREADS[settings.mask_spread or "simple"].load()
    for area in areas or [Area.whole(len(paintings))]:
        terms += style_terms(backbone, paintings, weights, choices, norm.style, side, area, how)
    variation = TotalVariation(VARIATIONS[settings.tv], norm.variation)
    terms.append(Term("tv", settings.tv_weight, IMAGE, variation))
    if settings.protect_edges:
        edges = EdgeLoss(photograph, norm.content)
        terms.append(Term("edges", settings.protect_edges, IMAGE, edges))
    if settings.photoreal_weight:
        terms.append(Term("photoreal", settings.photoreal_weight, IMAGE, MattingLoss(photograph)))
    if tiled:
        return TiledObjective(backbone, terms, side)
    return Objective(backbone, terms)


def shares(layers: dict[str, float], normalize: bool) -> dict[str, float]:
    """Return layer weights, divided by their sum if the normalization wants it."""
    total = sum(layers.values()) if normalize else 1.0
    return {layer: weight / total for layer, weight in layers.items()}


def base_image(job: Job, size: int, photograph: Tensor) -> Tensor:
    """Return what is changed at every size: the start picture, the photograph, or plain black."""
    if job.start is not None:
        return job.start_at(size)
    return photograph if job.settings.init == "content" else torch.zeros_like(photograph)


def initialize(job: Job, base: Tensor, photograph: Tensor, paintings: Sequence[Tensor]) -> Tensor:
    """Return the start image of the coarsest size."""
    generator = torch.Generator().manual_seed(job.settings.seed)
    image = base
    if job.start is None:
        image = INITIALIZERS[job.settings.init].load()(photograph, paintings, generator)
    return sprinkle(image, job.settings.init_noise, generator)


def enlarge(change: Tensor, shape: tuple[int, int]) -> Tensor:
    """Return what a coarser size has changed, at the height and width of a finer one.

    Enlarging only the change leaves the detail of the photograph sharp.
    """
    return nnf.interpolate(change, shape, mode="bicubic", align_corners=False)


def make_optimizer(settings: Settings, evaluations: int) -> Optimizer:
    """Return a fresh optimizer: curvature learned at one size does not hold at another."""
    make: Callable[[float, int], Optimizer] = OPTIMIZERS[settings.optimizer].load()
    return make(settings.learning_rate, min(settings.history, evaluations))
