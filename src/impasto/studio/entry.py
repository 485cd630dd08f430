"""What the history knows of a finished picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from impasto.job import Recipe

CURVE_POINTS = 200
"""Points that are kept of a loss curve."""

LISTS = ("styles", "content_masks", "style_masks")
"""Attributes of an entry that hold names."""

FORMERLY = {"photograph": "content", "paintings": "styles"}
"""What attributes of an entry were called in version 0.1.0, and are called now."""


@dataclass(frozen=True)
class Entry:
    """A finished picture.

    Attributes:
        name: Of its files.
        title: What to call it.
        content: Name of the `Input` that was painted.
        styles: Names of the inputs in whose style.
        width: In pixels.
        height: In pixels.
        evaluations: How many were made.
        seconds: How long that took.
        stopped: Whether it was stopped before its end.
        created: Seconds since 1970.
        curve: Loss by evaluation, thinned out.
        content_masks: Name of the content image's mask, if regions were painted.
        style_masks: Names of the style pictures' masks.
        starred: Whether somebody has marked it.
    """

    name: str
    title: str
    content: str
    styles: tuple[str, ...]
    width: int
    height: int
    evaluations: int
    seconds: float
    stopped: bool
    created: float
    curve: tuple[tuple[int, float], ...] = ()
    content_masks: tuple[str, ...] = ()
    style_masks: tuple[str, ...] = ()
    starred: bool = False

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Entry:
        """Return the entry of a JSON file; raises TypeError or ValueError if it is none."""
        values = {FORMERLY.get(key, key): value for key, value in values.items()}
        curve = tuple((int(index), float(total)) for index, total in values.pop("curve"))
        lists: dict[str, Any] = {name: tuple(values.pop(name, ())) for name in LISTS}
        return cls(**values, **lists, curve=curve)

    @classmethod
    def of_picture(cls, path: Path) -> Entry:
        """Return the entry of a picture of which nothing else is there.

        Raises:
            UsageError: If the file is damaged.
            OSError: If it cannot be read.
        """
        recipe = Recipe.of_picture(path)
        with Image.open(path) as picture:
            width, height = picture.size
        used = (recipe.content,) if recipe.content else ()
        lists = used, recipe.styles, recipe.content_masks, recipe.style_masks
        content, styles, content_masks, style_masks = (
            tuple(Path(one.path or "").stem for one in files) for files in lists
        )
        return cls(
            name=path.stem,
            title="a picture found again",
            content="".join(content),
            styles=styles,
            width=width,
            height=height,
            evaluations=recipe.settings.completed().iterations,
            seconds=0.0,
            stopped=False,
            created=path.stat().st_mtime,
            content_masks=content_masks,
            style_masks=style_masks,
        )


def thin(curve: list[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
    """Return at most about `CURVE_POINTS` points of a curve, the last one included.

    Example:
        >>> len(thin([(i, 1.0) for i in range(1000)]))
        201
    """
    step = -(-len(curve) // CURVE_POINTS) or 1
    kept = curve[::step]
    return tuple(kept if not curve or kept[-1] == curve[-1] else [*kept, curve[-1]])
