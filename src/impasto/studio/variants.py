"""New tasks from a finished picture: go on, paint it larger, or try variants of its settings."""

from __future__ import annotations

from impasto.errors import SettingsError
from impasto.settings import SPECS, Settings
from impasto.studio.entry import Entry
from impasto.studio.inputs import Upload
from impasto.studio.regions import NONE, Masks
from impasto.studio.store import Store
from impasto.studio.tasks import Task

STRENGTHS = (0.3, 1.0, 3.0)
"""Factors of the style weight on a sheet of variants."""

SCALES = (0.6, 1.0, 1.6)
"""Factors of the style scale."""

SMALL_VARIANT, FEW = 192, 40
"""Long side and evaluations of a variant: enough to choose from."""

LARGER = 2
"""How many times larger a picture becomes with *paint larger*."""


def again(
    session: str,
    store: Store,
    entry: Entry,
    content: Upload,
    styles: tuple[Upload, ...],
    settings: Settings,
    masks: Masks = NONE,
    factor: int = 1,
) -> Task:
    """Return a task that starts from a finished picture, at its size or a larger one.

    Args:
        session: The page that asks for it.
        store: Where the picture is.
        entry: The picture.
        content: What it was painted from.
        styles: In whose style.
        settings: Those of the page, whose iterations count; the size is the picture's.
        masks: Which part is painted with which.
        factor: How many times larger the new picture becomes.

    Raises:
        SettingsError: If it becomes larger than is possible.
    """
    size = max(entry.width, entry.height) * factor
    # From a finished picture only the last size is painted: coarser ones would undo its detail.
    start = {
        "init": str(store.picture(entry)),
        "levels": None,
        "plan": ((size, settings.iterations),),
    }
    return Task(session, content, styles, settings.replace(size=size, **start), masks, store)


def variants(
    session: str,
    content: Upload,
    styles: tuple[Upload, ...],
    settings: Settings,
    masks: Masks = NONE,
) -> list[Task]:
    """Return small tasks around some settings: strength down, stroke scale across.

    Raises:
        SettingsError: If the style strength is to be chosen by the run.
    """
    if settings.auto:
        raise SettingsError(
            "auto chooses one style strength and variants try several: turn it off."
        )
    full = settings.completed()
    small = {"size": min(full.size, SMALL_VARIANT), "iterations": min(full.iterations, FEW)}
    tasks = []
    for strength in STRENGTHS:
        for scale in SCALES:
            changed = settings.replace(
                **small,
                plan=None,
                levels=None,
                continuation=None,
                style_weight=within("style_weight", full.style_weight * strength),
                style_scale=scaled(full.style_scale, scale),
            )
            tasks.append(Task(session, content, styles, changed, masks))
    return tasks


def scaled(value: float | tuple[float, ...], factor: float) -> float | tuple[float, ...]:
    """Return a style scale, or one for each style picture, times a factor."""
    if isinstance(value, tuple):
        return tuple(within("style_scale", each * factor) for each in value)
    return within("style_scale", value * factor)


def within(setting: str, value: float) -> float:
    """Return a number of three digits in the range of a setting."""
    this = SPECS[setting]
    rounded = float(f"{value:.3g}")
    return min(max(rounded, this.low or 0), this.high or rounded)
