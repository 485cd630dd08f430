"""A small picture for terminals: in pixels where they can show them, else made of letters.

In letters there are two pixels in each, one above the other. In pixels the picture is sent apart
from the text, and characters that stand for its parts say where it is seen: they move, and are
written over, like any others.

Source: "Terminal graphics protocol" of the terminal kitty, section "Unicode placeholders".
"""

from __future__ import annotations

import io
import os
from base64 import standard_b64encode

from PIL import Image
from rich.color import Color
from rich.console import Console
from rich.control import Control
from rich.segment import ControlCode, ControlType, Segment, Segments
from rich.style import Style
from rich.text import Text

WIDE, HIGH = 64, 24
"""The most letters across and, unless less is asked for, down."""

LOW = 8
"""With fewer rows of letters nothing is recognized."""

UPPER_HALF = "▀"

PIXEL_TERMINALS = ("xterm-kitty", "xterm-ghostty")
"""What terminals call themselves that show pictures in the place of `PLACEHOLDER`."""

PLACEHOLDER = "\U0010eeee"
ROWS = [
    *("\u0305", "\u030d", "\u030e", "\u0310", "\u0312", "\u033d", "\u033e", "\u033f"),
    *("\u0346", "\u034a", "\u034b", "\u034c", "\u0350", "\u0351", "\u0352", "\u0357"),
    *("\u035b", "\u0363", "\u0364", "\u0365", "\u0366", "\u0367", "\u0368", "\u0369"),
]
"""The mark on a placeholder that says of which row of the picture it is, from 0 on."""

_SENT: ControlCode = (ControlType.BELL,)
"""Rich wants a kind for what it only passes on."""

CELL = 10, 20
"""Pixels of a letter's place: as many as a usual font takes."""

SENT_AT_ONCE = 4096
"""Letters of a picture's code that are sent at a time."""


def on_terminal(picture: Image.Image, high: int, console: Console) -> Segments:
    """Return a picture, rendered once for all the times that it is drawn.

    Args:
        picture: Of any size.
        high: Rows of letters that it may take.
        console: Where a picture in pixels is sent to.
    """
    if os.environ.get("TERM") in PIXEL_TERMINALS:
        small, number = fitted(picture, high), 1 + os.getpid() % 255
        columns, rows = small.width, max(small.height // 2, 1)
        sent = Control()
        sent.segment = Segment(transmission(picture, columns, rows, number), None, [_SENT])
        console.control(sent)
        text = placeholders(columns, rows, number)
    else:
        text = thumbnail(picture, high)
    return Segments(list(console.render(text)))


def fitted(picture: Image.Image, high: int) -> Image.Image:
    """Return a picture with two pixels for each letter, at most `WIDE` by ``high`` letters."""
    small = picture.convert("RGB")
    small.thumbnail((WIDE, 2 * high))
    return small


def thumbnail(picture: Image.Image, high: int = HIGH) -> Text:
    """Return a picture in letters, at most `WIDE` by ``high``; a letter is twice as high as wide.

    Example:
        >>> thumbnail(Image.new("RGB", (640, 320))).plain.splitlines()[0]
        '▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀'
    """
    small = fitted(picture, high)
    pixels, text = small.load(), Text()
    assert pixels is not None
    for y in range(0, max(small.height - 1, 1), 2):
        for x in range(small.width):
            rows = (y, min(y + 1, small.height - 1))
            above, below = (Color.from_rgb(*pixels[x, row]) for row in rows)  # type: ignore[misc]
            text.append(UPPER_HALF, Style(color=above, bgcolor=below))
        text.append("\n")
    return text


def transmission(picture: Image.Image, columns: int, rows: int, number: int) -> str:
    """Return the codes that send a picture, to be seen where its placeholders are.

    Args:
        picture: Of any size.
        columns: Letters across that it is stretched over.
        rows: Letters down, likewise.
        number: A name for it, 1 to 255: it takes the place of an earlier one of the same name.
    """
    small, file = picture.convert("RGB"), io.BytesIO()
    small.thumbnail((columns * CELL[0], rows * CELL[1]), Image.Resampling.BOX)
    small.save(file, "png", compress_level=1)
    data = standard_b64encode(file.getvalue()).decode()
    chunks = [data[at : at + SENT_AT_ONCE] for at in range(0, len(data), SENT_AT_ONCE)]
    keys = [f"a=T,U=1,q=2,f=100,i={number},c={columns},r={rows},m=1", *["m=1"] * len(chunks)]
    keys = [*keys[: len(chunks) - 1], keys[len(chunks) - 1].replace("m=1", "m=0")]
    return "".join(f"\x1b_G{key};{chunk}\x1b\\" for key, chunk in zip(keys, chunks, strict=True))


def placeholders(columns: int, rows: int, number: int) -> Text:
    """Return the letters in whose place a picture is seen; their color tells which picture."""
    style = Style(color=Color.from_ansi(number))
    lines = (PLACEHOLDER + row + PLACEHOLDER * (columns - 1) for row in ROWS[:rows])
    return Text("".join(f"{line}\n" for line in lines), style)
