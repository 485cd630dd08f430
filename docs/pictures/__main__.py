"""Paint the pictures of the documentation: ``python -m docs.pictures [--check] [NAME ...]``.

With ``--check`` they are painted and compared with the files, which stay as they are.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from docs.pictures import control, findings, knobs, losses, readme, sound, studio, video
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
IMAGES, LANDING = ROOT / "docs" / "images", ROOT / "src" / "impasto" / "studio" / "landing"

Sheet = Image.Image | list[Image.Image]
"""A picture, or the frames of a film."""

SHEETS: dict[str, Callable[[], Sheet]] = {
    **knobs.SHEETS, **findings.SHEETS, **control.SHEETS, **losses.SHEETS,
    **readme.SHEETS, **sound.SHEETS, **studio.SHEETS, **video.SHEETS,
}  # fmt: skip
"""File name to the function that paints it."""

FRAME_MILLISECONDS, FILM_QUALITY = 83, 60
"""How long a frame of a film is shown, and how many bytes it may have, as WebP counts."""

QUALITIES, MOST_BYTES = (88, 84, 80, 76, 70), 300_000
"""A picture has the best of these qualities with which its file has at most so many bytes."""

SAME = 0.03
"""Mean difference of the numbers of two pictures, in [0, 1], up to which they are the same.

JPEG brings the hero 0.01; the defaults before the present ones, 0.04.
"""


def main(arguments: list[str]) -> int:
    """Paint all sheets, or those named, and return the exit code."""
    check, names = "--check" in arguments, [name for name in arguments if name != "--check"]
    stale = 0
    for name in names or SHEETS:
        file, sheet = place(name), SHEETS[name]()
        if not check:
            save(sheet, file)
        elif not alike(first_of(sheet), Image.open(file)):
            print(f"{file} is not what is painted now: make pictures", file=sys.stderr)
            stale += 1
            continue
        print(file)
    return min(stale, 1)


def place(name: str) -> Path:
    """Return the file of a sheet: in the docs, or in the studio, whose page shows it."""
    suffix = "webp" if name in video.SHEETS else "jpg"
    return (LANDING if name in studio.ON_THE_PAGE else IMAGES) / f"{name}.{suffix}"


def save(sheet: Sheet, file: Path) -> None:
    """Write a picture, or a film that plays on a page, over and over."""
    if isinstance(sheet, Image.Image):
        file.write_bytes(encoded(sheet))
        return
    first, *others = sheet
    first.save(file, save_all=True, append_images=others, duration=FRAME_MILLISECONDS, loop=0,
               quality=FILM_QUALITY, method=6)  # fmt: skip


def encoded(picture: Image.Image) -> bytes:
    """Return the JPEG file of a picture."""
    for quality in QUALITIES:
        file = io.BytesIO()
        picture.save(file, "jpeg", quality=quality, optimize=True)
        if file.tell() <= MOST_BYTES:
            return file.getvalue()
    raise ValueError(f"{picture.width} x {picture.height} pixels take more than {MOST_BYTES} bytes")


def first_of(sheet: Sheet) -> Image.Image:
    """Return a picture, or the first frame of a film."""
    return sheet if isinstance(sheet, Image.Image) else sheet[0]


def alike(one: Image.Image, other: Image.Image) -> bool:
    """Tell whether two pictures look the same.

    Example:
        >>> alike(Image.new("RGB", (8, 8), "white"), Image.new("RGB", (8, 8), "#f0f0f0"))
        False
    """
    if one.size != other.size:
        return False
    numbers = (np.asarray(each.convert("RGB"), np.float32) / 255 for each in (one, other))
    return float(np.abs(np.subtract(*numbers)).mean()) <= SAME


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
