"""A painting that does not fit into memory is refused with the largest size that does."""

from __future__ import annotations

from typing import Any

from impasto.errors import SettingsError
from impasto.job import Job, extent_of, pick_tile, prepare
from impasto.settings import Settings
from impasto.studio.inputs import Upload
from impasto.studio.regions import NONE, Masks

TRIED = 64
"""A size that always fits; what is known from it holds for all."""


def prepare_or_fit(
    content: Upload,
    styles: tuple[Upload, ...],
    settings: Settings,
    masks: Masks = NONE,
    last: Job | None = None,
) -> Job:
    """Prepare a painting.

    Args:
        content: What is painted.
        styles: In whose style.
        settings: As asked for.
        masks: Which part is painted with which.
        last: A job whose network is taken over if this one needs the same.

    Raises:
        UsageError: If anything is wrong. If it is the size, the sentence says the largest possible.
    """
    sources = content.path, [style.path for style in styles]
    given: dict[str, Any] = {"content_mask": masks.content, "style_mask": masks.styles}
    try:
        return prepare(*sources, settings, last, **given)
    except SettingsError as error:
        if settings.size <= TRIED:
            raise
        try:
            small = prepare(*sources, settings.replace(size=TRIED, plan=None), **given)
        except SettingsError:
            raise error from None  # it is not the size
        largest = largest_size(small, settings)
        raise SettingsError(
            f"{settings.size} pixels are too many: the largest size for these pictures that fits "
            f"into the memory that is free now is {largest}."
        ) from error


def largest_size(small: Job, settings: Settings) -> int:
    """Return the largest size below the wanted one that fits, from a small job of the same kind."""
    fits, too_large = small.settings.size, settings.size
    while too_large - fits > 1:
        middle = (fits + too_large) // 2
        if can_be(small, settings, middle):
            fits = middle
        else:
            too_large = middle
    return fits if fits < 256 else fits // 16 * 16  # a round number, with a little to spare


def can_be(small: Job, settings: Settings, size: int) -> bool:
    """Tell whether a painting fits at a size."""
    wanted = small.settings.replace(size=size)
    try:
        extent = extent_of(wanted, small.sizes)
        pick_tile(settings.tile, wanted, extent, small.backbone, small.cost)
    except SettingsError:
        return False
    return True
