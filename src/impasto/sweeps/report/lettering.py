"""Text on a picture, with the font that comes with Pillow, or one of the system for its letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

SYSTEM_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "Arial Unicode.ttf", "arial.ttf")
"""Fonts with more letters than Pillow's own, which knows plain Latin only."""


def font(size: int, text: str = "") -> Font:
    """Return a font at a size in pixels, one of the system if the text is more than plain Latin."""
    for name in () if text.isascii() else SYSTEM_FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def readable(text: str, letters: Font) -> str:
    """Return a text in letters that a font has: without accents, or with question marks."""
    return "".join(
        letter if letter.isascii() or _has(letters, letter) else _plain(letter) for letter in text
    )


def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[0]
    return base if base.isascii() else "?"


def _has(letters: Font, letter: str) -> bool:
    """Tell whether a letter looks unlike one that is in no font."""
    return bytes(letters.getmask(letter)) != bytes(letters.getmask("\uffff"))


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
