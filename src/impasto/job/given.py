"""What a painting is made of: as it is given, and as pictures that were read from it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np

from impasto.errors import SettingsError, did_you_mean
from impasto.filesystem import is_regular
from impasto.images import Canvas, Picture, as_picture
from impasto.job.recipe import MOST_PICTURES
from impasto.job.source_file import SourceFile
from impasto.registry import INITIALIZERS
from impasto.settings import Settings


@dataclass(frozen=True, eq=False)
class Given:
    """Paths, PIL images, arrays or tensors, checked for their number; nothing is read yet.

    Attributes:
        content: The photograph, or a `Canvas` if there is none.
        styles: The style pictures.
        content_masks: Where each region is.
        style_masks: Likewise, in the style pictures.
    """

    content: Any
    styles: tuple[Any, ...]
    content_masks: tuple[Any, ...]
    style_masks: tuple[Any, ...]

    @classmethod
    def of(
        cls, content: Any, style: Any, content_mask: Any, style_mask: Any, settings: Settings
    ) -> Self:
        """Return what is given, see `impasto.job.prepare.prepare`; masks may be in the settings.

        Raises:
            SettingsError: If the settings ask for other pictures than there are.
        """
        styles = several(style)
        check_counts(styles, settings)
        content_masks = settings.content_mask if content_mask is None else several(content_mask)
        style_masks = settings.style_mask if style_mask is None else several(style_mask)
        check_number(styles, content_masks, style_masks)
        return cls(content, styles, content_masks, style_masks)

    @property
    def canvas(self) -> Canvas | None:
        """The blank canvas that is painted on where there is no photograph."""
        return self.content if isinstance(self.content, Canvas) else None


@dataclass(frozen=True, eq=False)
class Pictures:
    """The pictures of a painting, read: see `Given` and `Settings`.

    Attributes:
        content: The photograph; of a blank canvas, its picture.
        styles: The style pictures.
        start: The picture to start from, or None.
        fine_style: The picture whose fine strokes the style pictures take on, or None.
        content_masks: Where each region is.
        style_masks: Likewise, in the style pictures.
    """

    content: Picture
    styles: tuple[Picture, ...]
    start: Picture | None
    fine_style: Picture | None
    content_masks: tuple[Picture, ...]
    style_masks: tuple[Picture, ...]

    @classmethod
    def read(cls, given: Given, settings: Settings) -> Self:
        """Read all of them.

        Raises:
            UsageError: If one cannot be read, or a blank canvas is to keep something.
        """
        # Single precision is 8e-8 off, which a run in double would paint after.
        dtype = np.float64 if settings.precision == "float64" else np.float32
        read = partial(as_picture, dtype=dtype)
        start = None if settings.init in INITIALIZERS else read(check_start(settings.init))
        if given.canvas is not None:
            check_canvas(settings)
        return cls(
            content=read(given.content) if given.canvas is None else given.canvas.picture,
            styles=tuple(map(read, given.styles)),
            start=start,
            fine_style=None if settings.fine_style is None else read(settings.fine_style),
            content_masks=tuple(map(read, given.content_masks)),
            style_masks=tuple(map(read, given.style_masks)),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found in reading them, each note once."""
        masks = (*self.content_masks, *self.style_masks)
        of_all = (self.content, *self.styles, self.fine_style, self.start, *masks)
        return tuple(dict.fromkeys(note for each in of_all if each for note in each.notes))


def check_number(*groups: Sequence[Any]) -> None:
    """Raise SettingsError for more pictures of a kind than anybody means: memory holds them all."""
    for group in groups:
        if len(group) > MOST_PICTURES:
            raise SettingsError(
                f"{len(group)} pictures of a kind are given: a painting takes at most "
                f"{MOST_PICTURES} style pictures, and as many masks."
            )


def several(value: Any) -> tuple[Any, ...]:
    """Return one picture, or a list or tuple of them, as a tuple."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def check_counts(styles: Sequence[Any], settings: Settings) -> None:
    """Raise SettingsError unless there is a style, and a weight for each if there are any."""
    if not styles and (settings.style_weight != 0 or settings.init == "style"):
        raise SettingsError("no style picture is given: give one or more.")
    if settings.fine_style is not None and (not styles or settings.style_weight == 0):
        raise SettingsError(
            "fine_style is given but no style is painted: give a style picture and a style_weight, "
            "or leave out fine_style."
        )
    for name in () if styles else ("color", "photoreal", "photoreal_weight", "finish"):
        if getattr(settings, name) not in (None, getattr(DEFAULTS_RESOLVED, name)):
            raise SettingsError(
                f"{name} is {getattr(settings, name)!r} but no style is painted, whose colors it "
                f"could change: leave out {name}."
            )
    if settings.style_blend and len(settings.style_blend) != len(styles):
        raise SettingsError(
            f"style_blend has {len(settings.style_blend)} weights for {len(styles)} style "
            "pictures: give one weight for each."
        )
    if len(settings.style_scale) not in (1, len(styles)):
        raise SettingsError(
            f"style_scale has {len(settings.style_scale)} numbers for {len(styles)} style "
            "pictures: give one for all, or one for each."
        )


DEFAULTS_RESOLVED = Settings().completed()
"""What a setting is where nobody has chosen it."""

OF_THE_CONTENT = (
    *("color", "content_mask", "style_mask", "protect_faces", "protect_edges"),
    *("photoreal", "photoreal_weight", "finish"),
)
"""Settings that keep something of the photograph."""


def check_canvas(settings: Settings) -> None:
    """Raise SettingsError if a painting on a blank canvas would look at it."""
    if settings.content_weight != 0 or settings.init == "content":
        raise SettingsError(
            "a blank canvas has no content: content_weight must be 0, and init another than "
            "content, like noise."
        )
    for name in OF_THE_CONTENT:
        value = getattr(settings, name)
        if value and value != getattr(DEFAULTS_RESOLVED, name):
            raise SettingsError(
                f"{name} is {value!r} but a blank canvas has no photograph to keep something of: "
                f"leave out {name}."
            )


def check_start(path: str) -> str:
    """Return the path of the picture to start from, if it is one."""
    if not is_regular(path):
        raise SettingsError(
            f"init is '{path}': {did_you_mean(path, INITIALIZERS)}"
            f"It must be {', '.join(INITIALIZERS)}, or the path of a picture."
        )
    return path


def identify(source: Any, picture: Picture) -> SourceFile:
    """Return what a recipe records of an input."""
    if isinstance(source, str | os.PathLike):
        return SourceFile.of_file(Path(os.fsdecode(source)).absolute())
    return SourceFile.of_values(np.ascontiguousarray(picture.rgb).tobytes())
