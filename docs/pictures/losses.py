"""Sheets about style losses: the same pair of pictures with each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from docs.pictures.knobs import sweep
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
    quick = {"size": 192, "iterations": 60, "threads": 1, "precision": "float32"}
    pair = photograph("cat"), painting("swirls")
    return stylize(*pair, backbone="pocket", style_loss=loss, **quick).image


def style_losses() -> Image.Image:
    """Every style loss, and the Gram matrix with the histogram."""
    return sheet(*([paint(loss) for loss in row] for row in ROWS), height=150)


def pareto() -> Image.Image:
    """Four style losses at five weights: distance from the style, agreement with the content."""
    pair = photograph("cat"), painting("swirls")
    weights = "style_weight=1,3,10,30,100"
    losses = "style_loss=gram;gram:1,histogram:1;meanstd;wasserstein"
    with TemporaryDirectory() as folder:
        made = sweep(pair, Path(folder) / "sweep", losses, weights, size=192)
        return Image.open(made / "pareto.png").convert("RGB")


SHEETS: dict[str, Callable[[], Image.Image]] = {"style-losses": style_losses, "pareto": pareto}
