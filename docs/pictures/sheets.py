"""Contact sheets: pictures side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

HEIGHT, GAP = 200, 6


def sheet(*rows: Sequence[Image.Image | Path], height: int = HEIGHT) -> Image.Image:
    """Return rows of pictures, all of one height, on white."""
    lines = [[fitted(each, height) for each in row] for row in rows]
    width = max(sum(each.width + GAP for each in line) - GAP for line in lines)
    paper = Image.new("RGB", (width, len(lines) * (height + GAP) - GAP), "white")
    for number, line in enumerate(lines):
        left = 0
        for each in line:
            paper.paste(each, (left, number * (height + GAP)))
            left += each.width + GAP
    return paper


def fitted(picture: Image.Image | Path, height: int) -> Image.Image:
    """Return a picture at a height."""
    opened = Image.open(picture) if isinstance(picture, Path) else picture
    width = round(opened.width * height / opened.height)
    return opened.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
