"""Sheets about single knobs: contact sheets of `impasto sweep`, painted from the samples."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docs.pictures.sheets import sheet
from PIL import Image

from impasto import stylize
from impasto.backbones.weights.imported import files_of
from impasto.cli import cli
from impasto.samples import painting, photograph

CAT = photograph("cat"), painting("swirls")
COFFEE = photograph("coffee"), painting("embers")

SAME_EVERYWHERE = "--threads 1 --precision float32 --quiet"
"""With more threads, or in 16 bits where they are native, strokes differ slightly."""


def sweep(
    pictures: tuple[Path, ...], folder: Path, *vary: str, size: int = 224, more: str = ""
) -> Path:
    """Paint a sweep of a photograph and its paintings into a folder, and return the folder."""
    axes = [word for axis in vary for word in ("--vary", axis)]
    words = [*map(str, pictures), *axes, *f"{SAME_EVERYWHERE} {more}".split(), "-o", str(folder)]
    if not any(axis.startswith("backbone=") for axis in vary):
        words += ["--backbone", "pocket"]
    if not any(axis.startswith("size=") for axis in vary):
        words += ["--size", str(size)]
    with redirect_stdout(StringIO()):  # It tells the path of a report that is thrown away.
        cli.main(["sweep", *words], standalone_mode=False)
    return folder


def swept(pictures: tuple[Path, ...], *vary: str, size: int = 224, more: str = "") -> Image.Image:
    """Return the contact sheet of a sweep."""
    with TemporaryDirectory() as folder:
        made = sweep(pictures, Path(folder) / "sweep", *vary, size=size, more=more)
        return Image.open(made / "contact-sheet.png").convert("RGB")


def networks() -> Image.Image:
    """Every network whose weights are here, at its own layers."""
    here = dict.fromkeys(["vgg19", "pocket", *(name for name, _ in files_of())])
    return swept(CAT, f"backbone={','.join(here)}", "style_weight=10,100")


def sizes() -> Image.Image:
    """The same settings at three sizes: all reduced to one; below, as many pixels of each."""
    with TemporaryDirectory() as folder:
        made = sweep(COFFEE, Path(folder) / "sweep", "size=128,256,512")
        painted = [Image.open(made / f"cells/size-{size}.png") for size in (128, 256, 512)]
        return sheet(painted, [each.crop((0, 0, *painted[0].size)) for each in painted])


def paint(content: str, style: str, **settings: Any) -> Image.Image:
    """Return a sample photograph in the style of a sample painting."""
    quick = {"size": 224, "threads": 1, "precision": "float32", "backbone": "pocket"}
    return stylize(photograph(content), painting(style), **quick, **settings).image


def weaknesses() -> Image.Image:
    """A face, a painting with one red sun, strong colors, a poor match; below, what helps."""
    above = [
        paint("astronaut", "swirls", protect_faces=0),
        paint("rocket", "ink"),
        paint("rocket", "embers"),
        paint("coffee", "woodcut"),
    ]
    below = [
        paint("astronaut", "swirls", content_layers="relu2_1,relu4_2", style_weight=20),
        paint("rocket", "ink", style_layers="relu1_1,relu2_1,relu3_1"),
        paint("rocket", "embers", style_layers="relu1_1:0.2,relu2_1:0.5,relu3_1,relu4_1,relu5_1",
              style_weight=20),
        paint("coffee", "facets"),
    ]  # fmt: skip
    return sheet(above, below)


SHEETS: dict[str, Callable[[], Image.Image]] = {
    "knob-style-weight": partial(swept, CAT, "style_weight=3,10,30,100,300,1000"),
    "knob-layers": partial(
        swept, CAT, "content_layers=relu2_1;relu4_2;relu5_1", "style_layers=1,2,3,4,5"
    ),
    "knob-iterations": partial(
        swept, CAT, "init=content,noise", "iterations=5,10,25,50,100,400", more="--levels 1"
    ),
    "knob-pooling": partial(swept, CAT, f"style={painting('woodcut')}", "pooling=avg,max"),
    "knob-starts": partial(swept, COFFEE, "init=content,style,blend,noise,gray,white"),
    "knob-networks": networks,
    "knob-sizes": sizes,
    "weaknesses": weaknesses,
    "knob-tv": partial(swept, CAT, "tv_weight=0,0.5,2,8,30,100"),
}
