"""Sheets about control: color, scale, regions, what stays, from photograph to photograph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from docs.pictures.sheets import sheet
from PIL import Image

from impasto import stylize
from impasto.samples import painting, photograph

COMMON = {
    "backbone": "pocket", "size": 384, "iterations": 60, "precision": "float32", "threads": 1
}  # fmt: skip

SMALLER = {"size": 256}
SMALLEST = {"size": 192, "iterations": 60}


def paint(content: str, style: Any, **settings: Any) -> Image.Image:
    """Return a sample photograph in the style of a picture."""
    return stylize(photograph(content), style, **{**COMMON, **settings}).image


def color() -> Image.Image:
    """Photograph and painting; the painting's colors, the photograph's, luminance only."""
    swirls = painting("swirls")
    modes = [{}, {"color": "content"}, {"color": "luminance"}]
    painted = [paint("coffee", swirls, **mode) for mode in modes]
    return sheet([photograph("coffee"), swirls, *painted], height=170)


def scale() -> Image.Image:
    """Strokes of half, once and twice the size; the fine strokes of another painting."""
    facets, dots = painting("facets"), painting("dots")
    sizes = [paint("cat", facets, style_scale=scale) for scale in (0.5, 1, 2)]
    mixed = paint("cat", facets, fine_style=dots)
    return sheet([facets, *sizes], [dots, mixed], height=170)


def cup() -> np.ndarray:
    """Return a mask of cup and saucer in the sample photograph, soft at its border."""
    y, x = np.mgrid[0:400, 0:600] / (400, 600)[0]
    outward = np.hypot((x - 0.70) / 0.52, (y - 0.53) / 0.48)
    return np.clip((1.02 - outward) / 0.04, 0, 1).astype(np.float32)


def two_colors(mask: np.ndarray) -> np.ndarray:
    """Return a color mask: red where a gray one is white, blue elsewhere."""
    return np.where(mask[..., None] > 0.5, (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)).astype(np.float32)


def regions() -> Image.Image:
    """A gray mask, what it paints, and its opposite; a color mask, and two paintings."""
    swirls, embers, mask = painting("swirls"), painting("embers"), cup()
    gray = Image.fromarray((mask * 255).astype(np.uint8))
    colored = Image.fromarray((two_colors(mask) * 255).astype(np.uint8))
    inside = paint("coffee", swirls, content_mask=mask, **SMALLER)
    outside = paint("coffee", embers, content_mask=1 - mask, **SMALLER)
    both = paint("coffee", [swirls, embers], content_mask=two_colors(mask), **SMALLER)
    return sheet([gray, inside, outside], [colored, both], height=200)


def stays() -> Image.Image:
    """A portrait: its face painted with none to most of the care; its edges protected."""
    swirls = painting("swirls")
    ways = [{"protect_faces": 0}, {"protect_faces": 0.25}, {"protect_faces": 0.5},
            {"protect_faces": 1}, {"protect_faces": 0, "protect_edges": 1.0}]  # fmt: skip
    return sheet(
        [photograph("astronaut"), *(paint("astronaut", swirls, **SMALLER, **way) for way in ways)]
    )


def photoreal() -> Image.Image:
    """Each photograph in the light of the other: plain, photoreal, and the finishes alone."""
    ways = [{}, {"photoreal": True}, {"finish": "poisson"}, {"finish": "guided"}]
    rows = []
    for content, style in (("coffee", "rocket"), ("rocket", "coffee")):
        painted = [paint(content, photograph(style), **SMALLEST, **way) for way in ways]
        rows.append([photograph(content), *painted])
    return sheet(*rows, height=128)


def horizon() -> np.ndarray:
    """Return a mask of the sky in the sample photograph of a rocket, soft at its border."""
    y = np.mgrid[0:427, 0:640][0] / 427
    return np.clip((0.89 - y) / 0.04, 0, 1).astype(np.float32)


def photoreal_regions() -> Image.Image:
    """From photograph to photograph by regions: a mask, without masks, and with them."""
    sky, table = two_colors(horizon()), two_colors(1 - cup())
    rows = []
    for content, style, mask, part in (
        ("coffee", "rocket", two_colors(cup()), sky),
        ("rocket", "coffee", sky, table),
    ):
        shown = Image.fromarray((mask * 255).astype(np.uint8))
        ways = [{}, {"content_mask": mask, "style_mask": part}]
        painted = [
            paint(content, photograph(style), photoreal=True, **SMALLER, **way) for way in ways
        ]
        rows.append([photograph(content), shown, *painted])
    return sheet(*rows, height=170)


def auto_sizes() -> Image.Image:
    """The same look at 256, 512, 1024 and 2048 pixels, all reduced to one size."""
    rows = [
        [
            paint(content, painting(style), auto=True, size=size, iterations=None)
            for size in (256, 512, 1024, 2048)
        ]
        for content, style in (("coffee", "swirls"), ("rocket", "embers"))
    ]
    return sheet(*rows, height=180)


SHEETS: dict[str, Callable[[], Image.Image]] = {
    "color": color,
    "scale": scale,
    "regions": regions,
    "stays": stays,
    "photoreal": photoreal,
    "photoreal-regions": photoreal_regions,
    "auto-sizes": auto_sizes,
}
