"""Sheets about style losses: the same pair of pictures with each."""

from __future__ import annotations

from collections.abc import Callable

from docs.pictures.sheets import sheet
from PIL import Image

from impasto import stylize
from impasto.samples import painting, photograph

ROWS = (
    ("gram", "gram-shifted", "meanstd", "wasserstein"),
    ("histogram", "sliced", "patches", "gram:1,histogram:1"),
)
"""What the sheet shows, in the order of the words in docs/how-to-choose.md."""


def paint(loss: str) -> Image.Image:
    """Return the cat in the style of the swirls with one style loss, or several."""
    return stylize(
        photograph("cat"), painting("swirls"), size=192, iterations=60, style_loss=loss, threads=1
    ).image


def style_losses() -> Image.Image:
    """Every style loss, and the Gram matrix with the histogram."""
    return sheet(*([paint(loss) for loss in row] for row in ROWS), height=150)


SHEETS: dict[str, Callable[[], Image.Image]] = {"style-losses": style_losses}
