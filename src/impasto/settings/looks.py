"""Looks: what a painter would say of a picture, as settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from impasto.errors import SettingsError, look_up
from impasto.settings.settings import Settings


@dataclass(frozen=True)
class Look:
    """One row.

    Attributes:
        summary: One line for help texts, and for its card on the page.
        strength: How many times the usual style weight of the network, or of a preset.
        values: Other settings by name.
    """

    summary: str
    strength: float = 1.0
    values: Mapping[str, Any] = field(default_factory=dict)


LOOKS: dict[str, Look] = {
    "balanced": Look("the usual: paint everywhere, and still the photograph"),
    "subtle": Look("a thin coat, through which the photograph stays clear", 0.1),
    "strong": Look("more of the painting than of the photograph", 10.0),
    "fine": Look("small strokes, and many of them", 1.0, {"style_scale": 0.5}),
    "broad": Look("large strokes, generously laid on", 2.0, {"style_scale": 2.0}),
    "own-colors": Look(
        "strokes of the painting in the photograph's colors", 2.0, {"color": "content"}
    ),
}
"""Chosen by looking at the sample photographs in all sample styles."""


def with_look(
    name: str | None, given: Mapping[str, Any], completed: Callable[[dict[str, Any]], Settings]
) -> dict[str, Any]:
    """Return what is given over what a look sets.

    Args:
        name: A row of `LOOKS`, or None for no look.
        given: Settings by name.
        completed: Returns the settings that something given leads to: their style weight is what
            the look's strength is counted in.

    Raises:
        UsageError: If there is no such look, or `auto` is to choose the style weight, too.

    Example:
        >>> with_look("strong", {"backbone": "vgg19"}, lambda given: Settings(**given).completed())
        {'backbone': 'vgg19', 'style_weight': 200.0}
    """
    if name is None:
        return dict(given)
    look = look_up(LOOKS, name, "look")
    values = {**look.values, **given}
    if look.strength == 1 or given.get("style_weight") is not None:
        return values
    if given.get("auto"):
        raise SettingsError(
            f"the look '{name}' and auto are given, and both choose the style weight: leave out "
            "one, or give --style-scale or --color in place of the look."
        )
    usual = completed(values).completed().style_weight
    return {**values, "style_weight": look.strength * usual}
