"""A small picture made of letters, for terminals: two pixels in each, one above the other."""

from __future__ import annotations

from PIL import Image
from rich.color import Color
from rich.style import Style
from rich.text import Text

WIDE, HIGH = 64, 24
"""The most letters across and, unless less is asked for, down."""

LOW = 8
"""With fewer rows of letters nothing is recognized."""

UPPER_HALF = "▀"


def thumbnail(picture: Image.Image, high: int = HIGH) -> Text:
    """Return a picture in letters, at most `WIDE` by ``high``; a letter is twice as high as wide.

    Example:
        >>> thumbnail(Image.new("RGB", (640, 320))).plain.splitlines()[0]
        '▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀'
    """
    small = picture.convert("RGB")
    small.thumbnail((WIDE, 2 * high))
    pixels, text = small.load(), Text()
    assert pixels is not None
    for y in range(0, small.height - 1, 2):
        for x in range(small.width):
            above, below = (Color.from_rgb(*pixels[x, row]) for row in (y, y + 1))  # type: ignore[misc]
            text.append(UPPER_HALF, Style(color=above, bgcolor=below))
        text.append("\n")
    return text
