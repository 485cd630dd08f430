"""Paint from one picture alone: its features turned back into a picture, or its style as a texture.

    content   from noise to a picture with the same features: what a layer still knows of it
    style     from noise to a picture with the same statistics, of any shape: a texture

Both are ordinary paintings, with a weight of 0 for the other half of the objective.

Source: Gatys et al. (2015), figure 1; Mahendran and Vedaldi (2015) for the inversion; Gatys, Ecker
and Bethge (2015), "Texture Synthesis Using Convolutional Neural Networks", for the texture.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from impasto.errors import SettingsError
from impasto.images import Canvas, as_picture
from impasto.settings import Settings, check_exclusive, expand

DEFAULTS: dict[str, Any] = {"init": "noise", "iterations": 200}
"""From noise, deep layers are still speckled after 100 evaluations."""

TV = 0.1
"""Default total variation under the relative normalization. Without any, what a layer does not see
stays noise; ten times as much blurs what relu1_1 and relu2_1 do see."""

SizeOrShape = int | tuple[int, int]


class Sources(NamedTuple):
    """What `prepare` takes."""

    content: Any
    styles: tuple[Any, ...]
    settings: Settings


def as_painting(
    image: Any, content_layers: Any, style_layers: Any, size: SizeOrShape | str | None, given: Any
) -> Sources:
    """Return the painting that a reconstruction is; see `impasto.reconstruct` for the arguments.

    Raises:
        UsageError: If an argument is wrong.
    """
    if (content_layers is None) == (style_layers is None):
        raise SettingsError(
            "a reconstruction needs either content layers or style layers: give one of the two."
        )
    check_exclusive(given)
    shape = None if size is None else parse_shape(size)
    if content_layers is not None:
        if isinstance(shape, tuple):
            raise SettingsError(
                f"size is '{shape[0]}x{shape[1]}': a picture made from content keeps its shape, "
                "so give the long side only."
            )
        return Sources(image, (), inversion(content_layers, {**given, "size": shape}))
    if not isinstance(shape, tuple):
        height, width = as_picture(image).rgb.shape[:2]
        return Sources(Canvas(width, height), (image,), texture(style_layers, given, shape))
    return Sources(Canvas(*shape), (image,), texture(style_layers, given, max(shape)))


def inversion(layers: Any, given: dict[str, Any]) -> Settings:
    """Return the settings that turn the features of ``layers`` back into a picture."""
    return _settings({**given, "content_layers": layers, "style_weight": 0})


def texture(layers: Any, given: dict[str, Any], size: int | None) -> Settings:
    """Return the settings that make a texture of the statistics of ``layers``."""
    chosen = {**given, "style_layers": layers, "content_weight": 0, "size": size}
    return _settings(chosen)


def _settings(given: dict[str, Any]) -> Settings:
    values = {name: value for name, value in given.items() if value is not None}
    values = {**DEFAULTS, **expand(values.pop("preset", None), values)}
    if values.get("normalization", "relative") == "relative":
        values = {"tv_weight": TV, **values}
    return Settings(**values)


def parse_shape(size: SizeOrShape | str) -> SizeOrShape:
    """Return a long side, or width and height.

    Raises:
        SettingsError: If it is neither.

    Example:
        >>> parse_shape("800x600"), parse_shape("512")
        ((800, 600), 512)
    """
    text = "x".join(map(str, size)) if isinstance(size, tuple) else str(size)
    numbers = re.fullmatch(r"\s*(\d{1,6})\s*(?:[x×]\s*(\d{1,6}))?\s*", text)
    if numbers is None:
        raise SettingsError(
            f"size is '{text}': it must be the long side in pixels like 512, or width and height "
            "like 800x600."
        )
    width, height = numbers[1], numbers[2]
    return int(width) if height is None else (int(width), int(height))
