"""What an artist is told of the settings that are always in sight: words, pictures, dials."""

from __future__ import annotations

import base64
import functools
from dataclasses import dataclass
from pathlib import Path

LANDING = Path(__file__).parent / "landing"
"""Pictures of the page itself, by ``make pictures``."""


@functools.cache
def own_picture(name: str) -> str:
    """Return a picture of the page itself, as a data URI."""
    return (
        "data:image/jpeg;base64,"
        + base64.b64encode((LANDING / f"{name}.jpg").read_bytes()).decode()
    )


@dataclass(frozen=True)
class Mark:
    """A word on a dial.

    Attributes:
        value: Where it stands.
        word: What it is called.
        picture: One that shows it, or empty.
    """

    value: float
    word: str
    picture: str = ""


@dataclass(frozen=True)
class Dial:
    """A number on a logarithmic scale, with words at equal distances.

    Attributes:
        title: What it is called.
        unit: What stands behind the number.
        marks: From the smallest to the largest; each as many times the one before.
        step: What is chosen by hand is a multiple of it; 0 for two digits.
    """

    title: str
    unit: str
    marks: tuple[Mark, ...]
    step: int = 0

    @property
    def low(self) -> float:
        """The left end: half a distance before the first word."""
        return self.marks[0].value / self._half

    @property
    def high(self) -> float:
        """The right end: half a distance after the last."""
        return self.marks[-1].value * self._half

    @property
    def _half(self) -> float:
        return float((self.marks[1].value / self.marks[0].value) ** 0.5)


DIALS = {
    "style_weight": Dial(
        "Style", "×", (Mark(0.1, "Subtle"), Mark(1, "Balanced"), Mark(10, "Strong"))
    ),
    "style_scale": Dial(
        "Strokes", "×",
        (Mark(0.5, "Fine", "strokes-fine"), Mark(1, "Medium", "strokes-medium"),
         Mark(2, "Broad", "strokes-broad")),
    ),
    "size": Dial(
        "Size", "pixels",
        (Mark(256, "Small"), Mark(512, "Medium"), Mark(1024, "Large"), Mark(2048, "Huge")), 16,
    ),
}  # fmt: skip
"""Settings that are dials. The style weight counts in multiples of the usual one."""

TITLES = {"color": "Colors", "backbone": "Quality"}
"""What other settings that are always in sight are called."""

WORDS = {
    "style_weight": "how much of the painting",
    "style_scale": "how large they are",
    "size": "larger takes longer",
    "color": "whose the picture has",
    "backbone": "Quick takes seconds",
}
"""What is told of each."""

CHOICE_WORDS = {
    "color": {"style": "Style", "content": "Photograph", "luminance": "Brightness only"},
    "backbone": {"pocket": "Quick", "vgg19": "Fine"},
}
"""What choices are called there, in this order; the others keep their names, and stand behind."""

FIRST_SETTINGS = ("style_weight", "style_scale", "color", "size", "backbone")
"""What is always in sight, in this order, as far as there are such settings."""
