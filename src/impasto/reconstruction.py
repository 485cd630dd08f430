"""Paint from one picture alone: its features turned back into a picture, or its style as a texture.

    content   from noise to a picture with the same features: what a layer still knows of it
    style     from noise to a picture with the same statistics, of any shape: a texture

Both are ordinary paintings, with a weight of 0 for the other half of the objective.

Source: Gatys et al. (2015), figure 1; Mahendran and Vedaldi (2015) for the inversion; Gatys, Ecker
and Bethge (2015), "Texture Synthesis Using Convolutional Neural Networks", for the texture.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from impasto.errors import SettingsError
from impasto.images import Canvas, as_picture
from impasto.run.result import Painted, Progress
from impasto.job.prepare import prepare
from impasto.settings.presets import expand
from impasto.settings.settings import Settings
from impasto.transfer import paint, ready

DEFAULTS: dict[str, Any] = {"init": "noise", "iterations": 200}
"""From noise, deep layers are still speckled after 100 evaluations."""

TV = 0.1
"""Default total variation under the relative normalization. Without any, what a layer does not see
stays noise; ten times as much blurs what relu1_1 and relu2_1 do see."""

Shape = int | tuple[int, int]


class Sources(NamedTuple):
    """What `prepare` takes."""

    content: Any
    styles: tuple[Any, ...]
    settings: Settings


def reconstruct(
    image: Any,
    *,
    content_layers: Any = None,
    style_layers: Any = None,
    size: Shape | str | None = None,
    progress: Callable[[Progress], object] | None = None,
    **settings: Any,
) -> Painted:
    """Invert the features of a picture, or make a texture of its style.

    Args:
        image: A path, a PIL image, an array (H, W, 3) or a tensor (3, H, W).
        content_layers: Layers to invert, as in `Settings`; or
        style_layers: layers whose statistics become a texture. One of the two.
        size: Long side of the result in pixels; a texture may have any shape, like ``(800, 600)``
            or ``"800x600"``, width first.
        progress: Called after every evaluation.
        **settings: See `Settings`. The start is noise, with 200 iterations, unless given.

    Raises:
        UsageError: If an argument is wrong; nothing expensive has been done then.

    Example:
        >>> from impasto.samples import painting
        >>> texture = reconstruct(
        ...     painting("dots"), style_layers="relu1_1,relu2_1", size=(48, 32), iterations=2
        ... )
        >>> texture.image.size
        (48, 32)
    """
    sources = as_painting(image, content_layers, style_layers, size, settings)
    painted = Painted(ready(prepare(sources.content, sources.styles, sources.settings)))
    for step in paint(painted.job):
        painted.add(step)
        if progress is not None:
            progress(step)
    return painted


def as_painting(
    image: Any, content_layers: Any, style_layers: Any, size: Shape | str | None, given: Any
) -> Sources:
    """Return the painting that a reconstruction is; see `reconstruct` for the arguments.

    Raises:
        UsageError: If an argument is wrong.
    """
    if (content_layers is None) == (style_layers is None):
        raise SettingsError(
            "a reconstruction needs either content layers or style layers: give one of the two."
        )
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


def parse_shape(size: Shape | str) -> Shape:
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
