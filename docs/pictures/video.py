"""The film about clips: the sample clip, painted frame by frame, and painted as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docs.pictures.sheets import sheet
from PIL import Image

from impasto import images, stylize, stylize_video
from impasto.images import Rgb
from impasto.samples import clip, painting
from impasto.video import flicker

SETTINGS: dict[str, Any] = {"size": 240, "backbone": "pocket", "iterations": 30, "threads": 1}


def side_by_side() -> list[Image.Image]:
    """Return the film: the clip, painted frame by frame, and painted as one."""
    photographs, as_one = {}, {}
    for each in stylize_video(clip("cup"), painting("swirls"), loop=True, **SETTINGS):
        photographs[each.index] = each.result.job.content.over_white()
        as_one[each.index] = each.result.rgb
    given = [photographs[index] for index in sorted(photographs)]
    return film(given, list(map(alone, given)), [as_one[index] for index in sorted(as_one)])


def alone(photograph: Rgb) -> Rgb:
    """Return a frame, painted as a picture of its own."""
    return stylize(photograph, painting("swirls"), protect_faces=0, **SETTINGS).rgb


def film(given: Sequence[Rgb], apart: Sequence[Rgb], as_one: Sequence[Rgb]) -> list[Image.Image]:
    """Return three clips side by side, and print how much each flickers."""
    for name, frames in (("clip", given), ("frame by frame", apart), ("as one", as_one)):
        print(f"{name}: flicker {flicker(given, frames):.3f}")
    height = given[0].shape[0]
    return [
        sheet([images.to_pil(each) for each in row], height=height)
        for row in zip(given, apart, as_one, strict=True)
    ]


SHEETS = {"video": side_by_side}
