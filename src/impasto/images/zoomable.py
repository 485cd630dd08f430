"""A picture of any size as a folder that a browser opens: tiles, and a page that shows them.

The tiles are a Deep Zoom pyramid: level by level the picture is halved, down to one pixel, and cut
into squares. So whoever looks at a gigapixel reads a dozen small files, and needs no server.

Source: "Deep Zoom File Format Overview", Microsoft.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from string import Template
from typing import Final

import numpy as np
import pyvips

from impasto.errors import PictureError
from impasto.images.destination import naming
from impasto.images.picture import Rgb
from impasto.images.vips import LIBVIPS, srgb_profile
from impasto.images.writing import whole_numbers

ZOOM_TILE: Final = 512
"""Pixels of a tile's side."""

TILES, VIEWER = "tiles", "index.html"
"""What stands in the folder: ``tiles.dzi`` and ``tiles_files``, and the page."""


def check_zoomable(folder: Path) -> None:
    """Find out before the work starts whether `write_zoomable` may replace what is there.

    Raises:
        PictureError: If the folder holds something else, or there is a file of this name.
    """
    if not folder.exists():
        return
    ours = folder.is_dir() and {each.name for each in folder.iterdir()} <= {
        f"{TILES}.dzi", f"{TILES}_files", VIEWER,
    }  # fmt: skip
    if not ours:
        raise PictureError(
            f"'{folder}' is there and is no zoomable picture: choose another folder, which will be "
            "made."
        )


def write_zoomable(folder: Path, rgb: Rgb, title: str) -> None:
    """Write a picture as tiles, with a page that shows them; what was there is replaced as a whole.

    Args:
        folder: Where to; it must not hold anything else.
        rgb: (H, W, 3), sRGB in [0, 1].
        title: What the page says above it.

    Raises:
        PictureError: If it cannot be written.
    """
    check_zoomable(folder)
    LIBVIPS.use()
    with naming(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            new, old = beside / "new", beside / "old"
            new.mkdir(mode=0o755)
            _write_tiles(new / TILES, rgb)
            page = _page(rgb.shape[1], rgb.shape[0], title)
            (new / VIEWER).write_text(page, encoding="utf-8")
            if folder.exists():
                folder.rename(old)
            new.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def _write_tiles(path: Path, rgb: Rgb) -> None:
    image = pyvips.Image.new_from_array(whole_numbers(np.asarray(rgb), 8), interpretation="srgb")
    image = image.copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", srgb_profile())
    try:
        image.dzsave(str(path), suffix=".jpg[Q=90,keep=none]", tile_size=ZOOM_TILE, overlap=0)
    except pyvips.Error as error:
        reason = str(error.detail).strip().partition("\n")[0]
        raise PictureError(f"'{path.parent}' cannot be written ({reason}).") from error


def _page(width: int, height: int, title: str) -> str:
    """Return the viewer of a picture."""
    from html import escape

    text = Path(__file__).with_name("zoomable.html").read_text(encoding="utf-8")
    return Template(text).substitute(
        title=escape(title), width=width, height=height, tile=ZOOM_TILE, tiles=f"{TILES}_files"
    )
