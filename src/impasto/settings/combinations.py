"""What settings mean for each other: which decide the same, and which change nothing beside others.

    EXCLUSIVE        one leaves another nothing to decide: refused if both are given
    WITHOUT_EFFECT   one has nothing to work on: noted if it is given, and the run goes on

A recipe holds every setting, so what is refused is only what somebody gives; see `check_exclusive`.
In a sweep one cell may well have no use for what another one needs, so what is idle is no error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from impasto.errors import SettingsError
from impasto.registry import INITIALIZERS
from impasto.settings.fields import SPECS, check
from impasto.settings.settings import CompleteSettings, Settings

EXCLUSIVE: Final = {
    "plan": (("iterations", "levels"), "names every size with its evaluations"),
    "tile": (("memory",), "takes the place of the largest one that fits"),
}
"""Settings beside which some others decide nothing, and why."""


@dataclass(frozen=True)
class Idle:
    """Settings that change nothing under a condition.

    Attributes:
        settings: Their names.
        where: Tells whether the condition holds.
        because: The condition in words.
    """

    settings: tuple[str, ...]
    where: Callable[[CompleteSettings], bool]
    because: str


def draws_noise(settings: CompleteSettings) -> bool:
    """Tell whether the start may be drawn: an initializer of a plugin may do so, too."""
    plain = settings.init in ("content", "style", "blend", "gray", "white")
    return settings.init_noise > 0 or (settings.init in INITIALIZERS and not plain)


def shows_style(settings: CompleteSettings) -> bool:
    """Tell whether style pictures are looked at: by the losses, or by the start."""
    return settings.style_weight > 0 or settings.init in ("style", "blend")


def has_one_style_term(settings: CompleteSettings) -> bool:
    """Tell whether there is but one term that compares style."""
    parts = (settings.style_loss, settings.style_layers)
    return all(len(part) == 1 for part in parts) and len(settings.content_mask) < 2


def gives_way(settings: CompleteSettings) -> bool:
    """Tell whether there is style, and anything that could give way to it."""
    others = (settings.content_weight, settings.tv_weight)
    kept = (settings.protect_edges, settings.photoreal_weight)
    return settings.style_weight > 0 and any((*others, *kept))


WITHOUT_EFFECT: Final = (
    Idle(("history",), lambda s: s.optimizer == "adam", "adam remembers no steps"),
    Idle(("tv",), lambda s: s.tv_weight == 0, "tv_weight is 0"),
    Idle(
        ("content_layers", "protect_faces"), lambda s: s.content_weight == 0, "content_weight is 0"
    ),
    Idle(
        ("style_layers", "style_loss", "balance"),
        lambda s: s.style_weight == 0,
        "style_weight is 0",
    ),
    Idle(
        ("style_scale", "style_blend", "style_mask", "color_match"),
        lambda s: not shows_style(s),
        "style_weight is 0",
    ),
    Idle(("style_blend",), lambda s: len(s.style_blend) == 1, "there is one style picture"),
    Idle(
        ("balance",),
        lambda s: s.style_weight > 0 and has_one_style_term(s),
        "there is one style loss, at one layer",
    ),
    Idle(("seed",), lambda s: not draws_noise(s), "the start has no noise"),
    Idle(
        ("continuation",),
        lambda s: s.continuation > 0 and not gives_way(s),
        "there is no style, or nothing that could give way to it",
    ),
)
"""Every setting that can be without effect because of the others."""


def check_exclusive(given: Mapping[str, Any]) -> None:
    """Raise SettingsError if a setting is given beside another that leaves it nothing to decide.

    Args:
        given: What somebody gives, by name, as text or values; what is None is open.
    """
    known = {name: value for name, value in given.items() if name in SPECS and value is not None}
    for name in EXCLUSIVE.keys() & known.keys():
        others, why = EXCLUSIVE[name]
        for other in [each for each in others if each in known]:
            # What a recipe or a printed command says twice agrees, and is no contradiction. The
            # size is only to be no smaller than any in a plan.
            decided = getattr(Settings(**{name: known[name], "size": 32768}).completed(), other)
            if check(other, known[other]) != decided:
                raise SettingsError(
                    f"{name} and {other} are given, and {name} {why}: leave out one of them."
                )


def notes_on(settings: Settings) -> tuple[str, ...]:
    """Return a sentence for each setting that is given and changes nothing.

    Example:
        >>> notes_on(Settings(optimizer="adam", history=20))
        ('history is given and changes nothing: adam remembers no steps.',)
    """
    complete = settings.completed()
    return tuple(
        f"{name} is given and changes nothing: {row.because}."
        for row in WITHOUT_EFFECT
        if row.where(complete)
        for name in row.settings
        if is_given(name, settings)
    )


def is_given(name: str, settings: Settings) -> bool:
    """Tell whether a setting asks for anything, and for another thing than if nobody gives it."""
    without = Settings(**{**vars(settings), name: NOTHING_GIVEN[name]})
    value, usual = (getattr(each.completed(), name) for each in (settings, without))
    return bool(value) and value != usual


NOTHING_GIVEN: Final = vars(Settings())
"""Every setting as it is if nobody gives it; None for those that follow from others."""
