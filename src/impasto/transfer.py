"""READ THIS FIRST: the whole method on one page.

    targets       what the photograph and the paintings look like to the network
    objective     α content + β style + γ total variation, each term with a name
    coarse to fine: at every size, start from the last result and minimize

`stylize` paints; `stylize_steps` does the same one evaluation at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
import torch.nn.functional as nnf
from torch import Tensor

from impasto.auto import tuned
from impasto.backbones.backbone import Backbone
from impasto.balance import balanced
from impasto.job import Job, prepare
from impasto.losses import ContentLoss, TotalVariation
from impasto.minimize import minimize
from impasto.normalization import NORMALIZATIONS
from impasto.objective import IMAGE, Objective, Term
from impasto.optimizers import Optimizer
from impasto.painted import Painted, Progress
from impasto.settings import Settings
from impasto.styles import choose, style_terms
from impasto.tables import INITIALIZERS, OPTIMIZERS, VARIATIONS
from impasto.tiles import TiledObjective, collect_features


def stylize(
    content: Any,
    style: Any,
    *,
    progress: Callable[[Progress], object] | None = None,
    **settings: Any,
) -> Painted:
    """Paint a photograph in the style of one or several paintings.

    Args:
        content: The photograph: a path, a PIL image, an array (H, W, 3) or a tensor (3, H, W).
        style: The painting, or a sequence of paintings, likewise.
        progress: Called after every evaluation.
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
    painted = Painted(ready(prepare(content, style, Settings(**settings))))
    for step in paint(painted.job):
        painted.add(step)
        if progress is not None:
            progress(step)
    return painted


def stylize_steps(content: Any, style: Any, **settings: Any) -> Iterator[Progress]:
    """Return an iterator over the evaluations of `stylize`; stop at any with ``break``.

    Raises:
        UsageError: At once, if an argument is wrong.
    """
    return paint(ready(prepare(content, style, Settings(**settings))))


def ready(job: Job) -> Job:
    """Return the job with what short runs have to choose, if anything is left to them."""
    return tuned(job, paint) if job.settings.auto else job


def paint(job: Job) -> Iterator[Progress]:
    """Yield every evaluation of a prepared job, from the coarsest size to the finest."""
    settings = job.settings
    change: Tensor | None = None
    done = 0
    for index, level in enumerate(job.levels):
        photograph, *paintings = job.pictures(level.size)
        objective = build(job.backbone, photograph, paintings, job.blend, settings)
        base = base_image(job, level.size, photograph)
        if change is None:
            image = initialize(job, base, photograph, paintings)
        else:
            image = base + job.pad(enlarge(change, job.shape(level.size)))
        if settings.balance:
            objective = balanced(objective, image)
        optimizer, most = make_optimizer(settings), level.evaluations
        for step in minimize(objective, image, optimizer, most, settings.tolerance):
            yield Progress(job, index, step, before=done)
        change = job.cut(step.best - base, level.size)
        done += step.index


def build(
    backbone: Backbone,
    photograph: Tensor,
    paintings: Sequence[Tensor],
    weights: Sequence[float],
    settings: Settings,
) -> Objective | TiledObjective:
    """Return the objective of one size: targets are computed once, here.

    Source: Gatys et al. (2015), equations 1, 5 and 7.
    """
    norm = NORMALIZATIONS[settings.normalization]
    content_layers, style_layers = dict(settings.content_layers), dict(settings.style_layers)
    side = settings.tile or 0
    content = collect_features(backbone, photograph, content_layers, side)
    terms = []
    for layer, share in shares(content_layers, norm.shares).items():
        loss = ContentLoss(content[layer], norm.content)
        terms.append(Term(f"content {layer}", settings.content_weight * share, layer, loss))
    style_shares = {
        k: settings.style_weight * v for k, v in shares(style_layers, norm.shares).items()
    }
    choices = choose(dict(settings.style_loss), style_shares)
    terms += style_terms(backbone, paintings, weights, choices, norm.style, side)
    variation = TotalVariation(VARIATIONS[settings.tv], norm.variation)
    terms.append(Term("tv", settings.tv_weight, IMAGE, variation))
    if side and max(photograph.shape[2:]) > side:
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
    if job.start is not None:
        return base
    generator = torch.Generator().manual_seed(job.settings.seed)
    image: Tensor = INITIALIZERS[job.settings.init].load()(photograph, paintings, generator)
    return image


def enlarge(change: Tensor, shape: tuple[int, int]) -> Tensor:
    """Return what a coarser size has changed, at the height and width of a finer one.

    Enlarging only the change leaves the detail of the photograph sharp.
    """
    return nnf.interpolate(change, shape, mode="bicubic", align_corners=False)


def make_optimizer(settings: Settings) -> Optimizer:
    """Return a fresh optimizer: curvature learned at one size does not hold at another."""
    make: Callable[[float, int], Optimizer] = OPTIMIZERS[settings.optimizer].load()
    return make(settings.learning_rate, settings.history)
