"""The pictures of the README, and the sheet by which VGG-19's defaults were chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docs.pictures.sheets import sheet
from PIL import Image, ImageOps

from impasto import stylize
from impasto.samples import PAINTINGS, painting, photograph

PAIRS = (
    ("astronaut", "swirls"),
    ("astronaut", "woodcut"),
    ("coffee", "facets"),
    ("cat", "ink"),
    ("coffee", "embers"),
)
"""Of the eight pairs of samples that were looked at, those on the sheet."""

COLUMNS: tuple[dict[str, Any], ...] = (
    {"style_weight": 10},
    {"style_weight": 20},
    {"style_weight": 30},
    {"style_weight": 100, "continuation": 0},
    {"style_weight": 30, "backbone": "pocket"},
)


def paint(content: str, style: str, **settings: Any) -> Image.Image:
    """Return a sample photograph in the style of a sample painting.

    On one thread, in float32: with more threads, or in 16 bits, the last digits differ, and in the
    end every stroke a little.
    """
    same: dict[str, Any] = {"threads": 1, "precision": "float32", **settings}
    return stylize(photograph(content), painting(style), **same).image


def hero() -> Image.Image:
    """The first picture: photograph, painting, and what `impasto demo` makes of them."""
    pair = photograph("cat"), painting("swirls")
    return sheet([*pair, paint("cat", "swirls")], height=320)


def before() -> Image.Image:
    """What the studio begins with: the photograph."""
    return ImageOps.contain(Image.open(photograph("cat")).convert("RGB"), (640, 640))


def after() -> Image.Image:
    """What the studio begins with: the same, painted."""
    return paint("cat", "swirls", size=640)


def gallery() -> Image.Image:
    """The paintings of the samples, and below each what it makes of two photographs."""
    rows = [
        [paint(name, style, size=320) for style in PAINTINGS] for name in ("astronaut", "coffee")
    ]
    styles = [Image.open(painting(name)) for name in PAINTINGS]
    squares = [[ImageOps.fit(each, (320, 320)) for each in row] for row in (styles, *rows)]
    return sheet(*squares, height=140)


def weights() -> Image.Image:
    """Pairs painted with several weights of the style, without care for faces."""
    rows = [
        [photograph(content), painting(style),
         *(paint(content, style, protect_faces=0, **column) for column in COLUMNS)]
        for content, style in PAIRS
    ]  # fmt: skip
    return sheet(*rows, height=110)


SHEETS: dict[str, Callable[[], Image.Image]] = {
    "hero": hero,
    "before": before,
    "after": after,
    "gallery": gallery,
    "vgg19-weights": weights,
}
