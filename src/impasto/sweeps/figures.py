"""A figure of a source as a sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from impasto.errors import SettingsError, look_up
from impasto.normalization import NORMALIZATIONS
from impasto.settings import PRESETS, check_exclusive, weights_are_here
from impasto.sweeps.cells import Sweep
from impasto.sweeps.figure_axes import Request, tenth
from impasto.sweeps.figure_table import ALIASES, FIGURES, Figure
from impasto.sweeps.product import settings_of

QUICK_SIZE = 128
"""Long side in pixels with ``quick``, which also takes a tenth of the evaluations."""

STAND_IN = {"weights": None, "rescale": "unit"}
"""What the weights in the package need to stand in for torchvision's: these have activations of
about 1, for which a preset's absolute weights were chosen."""


def figure(
    name: str, content: str, styles: Sequence[str], given: Mapping[str, Any], quick: bool = False
) -> Sweep:
    """Return a figure as a sweep.

    Args:
        name: A row of `FIGURES`, or one of `ALIASES`.
        content: The photograph.
        styles: The paintings; most figures are of one.
        given: Settings that all cells share; they win over the figure's.
        quick: Whether to take a small size and a tenth of the evaluations, where neither is given.

    Raises:
        UsageError: If there is no such figure, a setting is wrong, or there are too many styles.
    """
    name = ALIASES.get(name, name)
    row = look_up(FIGURES, name, "figure")
    if row.one_style and len(styles) != 1:
        raise SettingsError(f"figure {name} takes one style, not {len(styles)}.")
    check_exclusive(given)
    settings, notes = shared_settings(row, given, quick)
    wanted = Request(content, tuple(styles), settings, given, quick)
    axes = [make(wanted) for make in row.axes]
    chosen = {setting for axis in axes for value in axis.values for setting in value.settings}
    for setting in sorted(chosen & given.keys() - {"style_layers"}):  # those are the depths
        raise SettingsError(f"figure {name} chooses {setting} itself: leave it out.")
    shared = [("content", content), *([("style", styles[0])] if row.one_style else [])]
    shown = {picture for axis in axes for value in axis.values for picture in [value.picture]}
    return Sweep(
        title=row.title,
        axes=tuple(axes),
        cells=row.make(axes, wanted),
        sources=tuple((what, path) for what, path in shared if path not in shown),
        notes=(f"After {row.source}.", *notes),
        costs=row.costs,
    )


def shared_settings(
    row: Figure, given: Mapping[str, Any], quick: bool
) -> tuple[dict[str, Any], list[str]]:
    """Return what all cells share, and sentences on what is not as in the source."""
    planned = ("iterations", "levels") if "plan" in given else ()
    own = {name: value for name, value in row.settings.items() if name not in planned}
    settings, notes = {**own, **given}, []
    preset: Any = settings.get("preset")
    chosen = preset is None or not given.keys().isdisjoint({"backbone", "weights"})
    if not chosen and not weights_are_here(preset):
        settings |= STAND_IN
        notes.append(
            f"Painted with the weights in the package, rescaled: `impasto models fetch "
            f"{PRESETS[preset].weights[0]}` brings those that the source had."
        )
    if quick:
        settings |= quick_settings(settings, given)
        notes.append("Quick: a small size and a tenth of the evaluations, unless others are given.")
    return settings, notes


def quick_settings(settings: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a small size and few evaluations where none are given, for the same look.

    A content loss that grows with the picture gets a larger weight in a smaller one.
    """
    found: dict[str, Any] = {}
    if "plan" in given:
        return found
    whole = settings_of({name: v for name, v in settings.items() if name != "size"}).completed()
    if "iterations" not in given:
        found["iterations"] = tenth(whole.iterations)
    if "size" not in given:
        found["size"] = QUICK_SIZE
    size = settings_of({**settings, **found}).size
    if NORMALIZATIONS[whole.normalization].grows and "content_weight" not in given:
        found["content_weight"] = whole.content_weight * (whole.size / size) ** 2
    return found
