"""From what is asked for to a `Job`: everything is read and checked, and what is open is chosen."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from impasto.controls import Care, Controls
from impasto.errors import SettingsError, did_you_mean
from impasto.filesystem import is_regular
from impasto.forks import Threads
from impasto.images import Canvas, Picture, as_picture
from impasto.job.estimate import extent_of
from impasto.job.job import Job
from impasto.job.load import load_measured, network_of, pick_tile, weight_file
from impasto.job.recipe import MOST_PICTURES, Recipe, SourceFile
from impasto.job.sizes import Sizes, shape_of
from impasto.job.style_terms import check_regions, check_tiles, style_losses
from impasto.machine import choose_device, choose_precision, choose_threads
from impasto.plugins import used
from impasto.registry import INITIALIZERS
from impasto.settings import ResolvedSettings, Settings

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

    Raises:
        UsageError: If anything is wrong.
    """
    styles = several(style)
    check_counts(styles, settings)
    masks = (settings.content_mask if content_mask is None else several(content_mask),
             settings.style_mask if style_mask is None else several(style_mask))  # fmt: skip
    check_number(styles, *masks)
    # Single precision is 8e-8 off, which a run in double would paint after.
    dtype = np.float64 if settings.precision == "float64" else np.float32
    to_picture = partial(as_picture, dtype=dtype)
    start = None if settings.init in INITIALIZERS else to_picture(check_start(settings.init))
    canvas = check_canvas(content, settings) if isinstance(content, Canvas) else None
    picture = to_picture(content) if canvas is None else canvas.picture
    pictures = tuple(to_picture(each) for each in styles)
    fine = None if settings.fine_style is None else to_picture(settings.fine_style)
    content_masks, style_masks = (tuple(map(to_picture, each)) for each in masks)
    pictures_of_all = (picture, *pictures, fine, start, *content_masks, *style_masks)
    care = Care() if canvas else Care.of(settings, picture)
    chosen = on_this_machine(settings).replace(protect_faces=care.strength)
    if chosen.threads > 1 or chosen.device != "cpu":
        COMPUTING.use()
    controls = Controls.read(chosen, picture, pictures, content_masks, style_masks, care)
    weights = weight_file(settings)
    if controls.regions:
        check_regions(style_losses(chosen))
    sizes = Sizes(
        content=shape_of(picture),
        styles=tuple(map(shape_of, pictures)),
        style_scale=chosen.style_scale,
    )
    extent = extent_of(chosen, sizes)
    backbone, cost = network_of(last, chosen, controls, weights) or load_measured(
        chosen, controls, weights
    )
    chosen = chosen.replace(tile=pick_tile(settings.tile, chosen, extent, backbone, cost))
    check_tiles(style_losses(chosen), chosen.tile if 0 < chosen.tile < chosen.size else 0)
    recipe = Recipe(
        chosen,
        content=None if canvas else identify(content, picture),
        styles=tuple(map(identify, styles, pictures)),
        init=identify(settings.init, start) if start is not None else None,
        fine_style=identify(settings.fine_style, fine) if fine is not None else None,
        content_masks=tuple(map(identify, masks[0], content_masks)),
        style_masks=tuple(map(identify, masks[1], style_masks)),
        weights=SourceFile.of_file(weights) if weights is not None else None,
        canvas=(canvas.width, canvas.height) if canvas else None,
        plugins=used(chosen.to_dict()),
    )
    controls = replace(controls, settings=chosen)
    return Job(
        settings=chosen,
        content=picture,
        styles=controls.recolored(picture.over_white(), pictures),
        init=start,
        backbone=backbone,
        cost=cost,
        controls=controls,
        recipe=recipe,
        fine_style=fine,
        notes=(*care.notes, *notes_on(filter(None, pictures_of_all))),
    )


def on_this_machine(settings: Settings) -> ResolvedSettings:
    """Return the settings with everything chosen; tiles wait until the network's cost is known."""
    device = choose_device(settings.device)
    return settings.resolved(
        device=device,
        precision=choose_precision(settings.precision, device),
        threads=choose_threads(settings.threads),
    )


def check_number(*groups: Sequence[Any]) -> None:
    """Raise SettingsError for more pictures of a kind than anybody means: memory holds them all."""
    for group in groups:
        if len(group) > MOST_PICTURES:
            raise SettingsError(
                f"{len(group)} pictures of a kind are given: a painting takes at most "
                f"{MOST_PICTURES} style pictures, and as many masks."
            )


def notes_on(pictures: Iterable[Picture]) -> tuple[str, ...]:
    """Return what was found in reading pictures, each note once."""
    return tuple(dict.fromkeys(note for picture in pictures for note in picture.notes))


def several(value: Any) -> tuple[Any, ...]:
    """Return one picture, or a list or tuple of them, as a tuple."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def check_counts(styles: Sequence[Any], settings: Settings) -> None:
    """Raise SettingsError unless there is a style, and a weight for each if there are any."""
    if not styles and (settings.style_weight != 0 or settings.init == "style"):
        raise SettingsError("no style picture is given: give one or more.")
    if settings.fine_style is not None and (not styles or settings.style_weight == 0):
        raise SettingsError(
            "fine_style is given but no style is painted: give a style picture and a style_weight, "
            "or leave out fine_style."
        )
    for name in () if styles else ("color", "photoreal", "photoreal_weight", "finish"):
        if getattr(settings, name) not in (None, getattr(DEFAULTS_RESOLVED, name)):
            raise SettingsError(
                f"{name} is {getattr(settings, name)!r} but no style is painted, whose colors it "
                f"could change: leave out {name}."
            )
    if settings.style_blend and len(settings.style_blend) != len(styles):
        raise SettingsError(
            f"style_blend has {len(settings.style_blend)} weights for {len(styles)} style "
            "pictures: give one weight for each."
        )
    if len(settings.style_scale) not in (1, len(styles)):
        raise SettingsError(
            f"style_scale has {len(settings.style_scale)} numbers for {len(styles)} style "
            "pictures: give one for all, or one for each."
        )


DEFAULTS_RESOLVED = Settings().completed()
"""What a setting is where nobody has chosen it."""

OF_THE_CONTENT = (
    *("color", "content_mask", "style_mask", "protect_faces", "protect_edges"),
    *("photoreal", "photoreal_weight", "finish"),
)
"""Settings that keep something of the photograph."""


def check_canvas(canvas: Canvas, settings: Settings) -> Canvas:
    """Raise SettingsError if a painting on a blank canvas would look at it."""
    if settings.content_weight != 0 or settings.init == "content":
        raise SettingsError(
            "a blank canvas has no content: content_weight must be 0, and init another than "
            "content, like noise."
        )
    for name in OF_THE_CONTENT:
        value = getattr(settings, name)
        if value and value != getattr(DEFAULTS_RESOLVED, name):
            raise SettingsError(
                f"{name} is {value!r} but a blank canvas has no photograph to keep something of: "
                f"leave out {name}."
            )
    return canvas


def check_start(path: str) -> str:
    """Return the path of the picture to start from, if it is one."""
    if not is_regular(path):
        raise SettingsError(
            f"init is '{path}': {did_you_mean(path, INITIALIZERS)}"
            f"It must be {', '.join(INITIALIZERS)}, or the path of a picture."
        )
    return path


def identify(source: Any, picture: Picture) -> SourceFile:
    """Return what a recipe records of an input."""
    if isinstance(source, str | os.PathLike):
        return SourceFile.of_file(Path(os.fsdecode(source)).absolute())
    return SourceFile.of_values(np.ascontiguousarray(picture.rgb).tobytes())
