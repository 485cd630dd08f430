"""From what is asked for to a `Job`: everything is read and checked, and what is open is chosen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from impasto.controls import Care, Controls
from impasto.job.estimate import extent_of
from impasto.job.given import Given, Pictures, identify
from impasto.job.job import Job
from impasto.job.load import load_measured, network_of, pick_tile, record_of, weight_file
from impasto.job.recipe import Recipe
from impasto.job.sizes import Sizes, shape_of
from impasto.job.style_terms import check_regions, check_tiles, style_losses
from impasto.machine import (
    Threads,
    choose_device,
    choose_precision,
    choose_threads,
    computing_with,
    considerate,
)
from impasto.plugins import used
from impasto.settings import ResolvedSettings, Settings, notes_on

COMPUTING = Threads("nothing can be painted with several threads", ", or paint with threads=1")
"""Of the processor, or the driver of a graphics card."""


@torch.inference_mode(False)  # what is loaded here must serve a gradient
def prepare(
    content: Any,
    style: Any,
    settings: Settings,
    last: Job | None = None,
    *,
    content_mask: Any = None,
    style_mask: Any = None,
    ranks: int = 1,
) -> Job:
    """Read and check everything, and make the choices left open; nothing expensive happens yet.

    Args:
        content: The photograph: a path, a PIL image, an array or a tensor. A `Canvas` if there is
            none, with a ``content_weight`` of 0.
        style: One painting, or a list or tuple of them; none with a ``style_weight`` of 0.
        settings: What to paint.
        last: A job whose network is taken over if this one needs the same.
        content_mask: Masks in place of the files that the settings name: one, or several.
        style_mask: Likewise.
        ranks: Among how many processes the picture is divided.

    Raises:
        UsageError: If anything is wrong.
    """
    given = Given.of(content, style, content_mask, style_mask, settings)
    pictures = Pictures.read(given, settings)
    care = Care() if given.canvas else Care.of(settings, pictures.content)
    chosen = on_this_machine(settings).replace(protect_faces=care.strength)
    if chosen.threads > 1 or chosen.device != "cpu":
        COMPUTING.use()
    with computing_with(chosen.threads), considerate(chosen.threads):
        return assemble(given, pictures, care, settings, chosen, last, ranks)


def assemble(
    given: Given,
    pictures: Pictures,
    care: Care,
    settings: Settings,
    chosen: ResolvedSettings,
    last: Job | None,
    ranks: int,
) -> Job:
    """Return the job of what has been read, with tiles if it needs them."""
    controls = Controls.read(
        *(chosen, pictures.content, pictures.styles),
        *(pictures.content_masks, pictures.style_masks, care),
    )
    if controls.regions:
        check_regions(style_losses(chosen))
    weights = weight_file(settings)
    backbone, cost = network_of(last, chosen, controls, weights) or load_measured(
        chosen, controls, weights
    )
    extent = extent_of(chosen, sizes_of(pictures, chosen), ranks)
    chosen = chosen.replace(tile=pick_tile(settings.tile, chosen, extent, backbone, cost))
    check_tiles(style_losses(chosen), chosen.tile if 0 < chosen.tile < chosen.size else 0)
    return Job(
        settings=chosen,
        content=pictures.content,
        styles=controls.recolored(pictures.content.over_white(), pictures.styles),
        init=pictures.start,
        backbone=backbone,
        cost=cost,
        controls=replace(controls, settings=chosen),
        recipe=recipe_of(chosen, given, pictures, weights),
        fine_style=pictures.fine_style,
        notes=(*notes_on(settings), *care.notes, *pictures.notes),
        ranks=ranks,
    )


def on_this_machine(settings: Settings) -> ResolvedSettings:
    """Return the settings with everything chosen; tiles wait until the network's cost is known."""
    device = choose_device(settings.device)
    return settings.resolved(
        device=device,
        precision=choose_precision(settings.precision, device),
        threads=choose_threads(settings.threads),
    )


def sizes_of(pictures: Pictures, settings: ResolvedSettings) -> Sizes:
    """Return the sizes that the painting and its style pictures have."""
    return Sizes(
        content=shape_of(pictures.content),
        styles=tuple(map(shape_of, pictures.styles)),
        style_scale=settings.style_scale,
    )


def recipe_of(
    settings: ResolvedSettings, given: Given, pictures: Pictures, weights: Path | None
) -> Recipe:
    """Return what the picture will carry, to be painted again."""
    start, fine, canvas = pictures.start, pictures.fine_style, given.canvas
    return Recipe(
        settings,
        content=None if canvas else identify(given.content, pictures.content),
        styles=tuple(map(identify, given.styles, pictures.styles)),
        init=identify(settings.init, start) if start is not None else None,
        fine_style=identify(settings.fine_style, fine) if fine is not None else None,
        content_masks=tuple(map(identify, given.content_masks, pictures.content_masks)),
        style_masks=tuple(map(identify, given.style_masks, pictures.style_masks)),
        weights=record_of(settings, weights),
        canvas=(canvas.width, canvas.height) if canvas else None,
        plugins=used(settings.to_dict()),
    )
