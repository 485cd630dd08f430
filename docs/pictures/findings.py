"""Sheets about what others have found: sizes, several styles, exchanged roles."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from docs.pictures.knobs import CAT, sweep, swept
from docs.pictures.sheets import sheet
from PIL import Image

from impasto.samples import painting, photograph

SIZES = (128, 256, 512)
ABSOLUTE = "--levels 1 --normalization paper --style-weight 3e6"
"""At 256 pixels its balance is between the photograph and the painting."""


def sizes() -> Image.Image:
    """The same weights at three sizes: above with absolute losses, below with relative ones."""
    pair, axis = (photograph("coffee"), painting("swirls")), f"size={','.join(map(str, SIZES))}"
    with TemporaryDirectory() as folder:
        made = [sweep(pair, Path(folder) / str(len(m)), axis, more=m) for m in (ABSOLUTE, "")]
        return sheet(*([each / f"cells/size-{size}.png" for size in SIZES] for each in made))


def blends() -> Image.Image:
    """Two pairs of paintings, each from the one to the other."""
    astronaut, axis, rows = photograph("astronaut"), "style_blend=1,0;0.5,0.5;0,1", []
    with TemporaryDirectory() as folder:
        for one, two in (("swirls", "embers"), ("dots", "ink")):
            styles = painting(one), painting(two)
            made = sweep((astronaut, *styles), Path(folder) / one, axis, size=192)
            cells = [made / f"cells/style_blend-{name}.png" for name in ("1-0", "0.5-0.5", "0-1")]
            rows.append([styles[0], *cells, styles[1]])
        return sheet(*rows, height=170)


SHEETS: dict[str, Callable[[], Image.Image]] = {
    "finding-sizes": sizes,
    "finding-blends": blends,
    "finding-exchange": partial(swept, CAT, "exchange=no,yes", "style_weight=10,100"),
}
