"""The network that the settings ask for: found, loaded, and measured for what it costs."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from impasto import images, samples
from impasto.backbones import BACKBONES, Backbone, Network, load_backbone, rescale
from impasto.backbones.weights import POCKET, find_weights, locate
from impasto.controls import Controls
from impasto.job import resources as memory
from impasto.job.job import Job
from impasto.job.resources import Cost, Extent
from impasto.job.sizes import scaled
from impasto.job.source_file import SourceFile
from impasto.job.style_terms import active_layers, choices_of, style_terms, wanted_layers
from impasto.machine import dtype_of, give_back_free
from impasto.normalization import NORMALIZATIONS
from impasto.objective import Region, Term
from impasto.registry import SPREADS
from impasto.settings import ResolvedSettings, Settings


def load_measured(
    settings: ResolvedSettings, controls: Controls, weights: Path | None
) -> tuple[Backbone, Cost]:
    """Return the network, and what one evaluation costs."""
    backbone = load(settings, weights)
    return backbone, measure(settings, backbone, len(controls.regions))


def network_of(
    job: Job | None, settings: ResolvedSettings, controls: Controls, weights: Path | None
) -> tuple[Backbone, Cost] | None:
    """Return the network of another job, with its cost, if these settings need the same one."""
    if job is None or len(job.controls.regions) != len(controls.regions):
        return None
    layers, others = ([set(each) for each in active_layers(s)] for s in (settings, job.settings))
    if layers != others:
        return None
    for name in ("backbone", "pooling", "rescale", "style_loss", "device", "precision", "threads"):
        if getattr(job.settings, name) != getattr(settings, name):
            return None
    if job.recipe.weights != record_of(settings, weights):
        return None
    return job.backbone, job.cost


def weight_file(settings: Settings) -> Path | None:
    """Return the weight file given or at hand; None for a network that reads its own."""
    if settings.weights is not None:
        return locate(settings.weights)
    return find_weights(settings.backbone) if BACKBONES[settings.backbone].table else None


def record_of(settings: Settings, weights: Path | None) -> SourceFile | None:
    """Return what a recipe says of the weights, from what `weight_file` has returned."""
    file = POCKET if weights is None and settings.backbone == "pocket" else weights
    return None if file is None else SourceFile.of_file(file)


def load(settings: ResolvedSettings, weights: Path | None) -> Backbone:
    """Return the network on its device, in its precision."""
    backbone = load_backbone(
        settings.backbone,
        layers=wanted_layers(settings),
        weights=weights,
        pooling=settings.pooling,
    )
    if settings.rescale == "unit":
        normalize(backbone)
    dtype = dtype_of(settings.precision)
    backbone.to(device=settings.device, dtype=dtype)
    return backbone.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def measure(settings: ResolvedSettings, backbone: Backbone, regions: int) -> Cost:
    """Return what an evaluation costs with the chosen losses, once for each region.

    Raises:
        SettingsError: If a style loss is for none of the layers.
    """
    choices = choices_of(settings, backbone)
    scale, how = NORMALIZATIONS[settings.normalization].style, SPREADS["simple"].load()

    def style(image: Tensor) -> list[Term]:
        everywhere = torch.ones_like(image[:, :1])
        all_of_it = [Region(str(k), everywhere, {0: None}) for k in range(regions)]
        made = [
            style_terms(backbone, [image], [1.0], choices, scale, 0, region, how)
            for region in all_of_it or [Region.whole(1)]
        ]
        return [term for terms in made for term in terms]

    return memory.measure(backbone, active_layers(settings)[0], style)


def pick_tile(
    wanted: int | None, settings: ResolvedSettings, extent: Extent, backbone: Backbone, cost: Cost
) -> int:
    """Return the tile asked for, or the largest that fits into the memory allowed or free."""
    give_back_free()
    if wanted is not None:
        return wanted
    if settings.memory is None:
        budget = memory.SPARE * memory.free_memory(settings.device)
    else:
        allowed = memory.WITHIN * settings.memory * memory.GIB
        budget = allowed - memory.taken(settings.device)
    layers = wanted_layers(settings)
    stride = backbone.stride(layers)
    return memory.choose_tile(extent, cost, backbone.margin(layers), stride, budget)


SAMPLE_SIDE = 256
"""Long side of the sample pictures that a network is rescaled with."""


def normalize(backbone: Backbone) -> None:
    """Rescale a VGG to a mean activation of 1 per filter over the pictures of the package.

    The paintings are among them because four photographs have too few colors: from the means over
    40 others, those of VGG-19's conv1_1 are 2.3 times off with the photographs, and 1.5 with both.
    """
    assert isinstance(backbone, Network)
    paths = [
        *map(samples.photograph, samples.PHOTOGRAPHS),
        *map(samples.painting, samples.PAINTINGS),
    ]
    rgbs = [scaled(images.read(path).rgb, SAMPLE_SIDE) for path in paths]
    changed = rescale(backbone, [torch.from_numpy(rgb).permute(2, 0, 1)[None] for rgb in rgbs])
    if changed:
        backbone.description += "; rescaled to a mean activation of 1 per filter"
