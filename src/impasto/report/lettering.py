"""Text on a picture, with the font that comes with Pillow."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def font(size: int) -> Font:
    """Return the font at a size in pixels."""
    return ImageFont.load_default(size)


def line_height(size: float) -> int:
    """Return the distance of two lines of a size, in pixels."""
    return round(1.25 * size)


def wrap(text: str, font: Font, width: float) -> list[str]:
    """Break a text into lines that are no wider than ``width`` pixels; long words are broken."""
    lines: list[str] = []
    line = ""
    for word in pieces(text):
        if line and font.getlength((line + word).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += word
        while font.getlength(line.rstrip()) > width and len(line) > 1:
            count = next(
                (n for n in range(len(line) - 1, 1, -1) if font.getlength(line[:n]) <= width), 1
            )
            lines.append(line[:count])
            line = line[count:]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def pieces(text: str) -> Sequence[str]:
    """Return the parts of a text between which a line may end: behind spaces and commas.

    Example:
        >>> pieces("relu1_1,relu2_1 and more")
        ['relu1_1,', 'relu2_1 ', 'and ', 'more']
    """
    found: list[str] = []
    start = 0
    for at, letter in enumerate(text, start=1):
        if letter in " ," or at == len(text):
            found.append(text[start:at])
            start = at
    return found
