"""What Python programs call: recordings in, an iterator over a sound as it comes into being."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from impasto.errors import look_up
from impasto.settings import SOUND_SPECS, SoundSettings
from impasto.sound.job import prepare_paint, prepare_texture
from impasto.sound.result import SoundResult
from impasto.sound.texture import make


def texture(recording: Any, **settings: Any) -> Iterator[SoundResult]:
    """Return an iterator over the evaluations of a texture; stop at any with ``break``.

    It yields the sound as far as it has come, always the same object: see its ``sound``, ``copy``
    and ``write``.

    Args:
        recording: A path, an `impasto.sound.Sound`, or samples (C, N) within -1 and 1 and their
            rate.
        **settings: See `impasto.settings.SoundSettings`; for instance ``seconds=60, loop=True``.

    Raises:
        UsageError: At once, if an argument is wrong or a package is missing.

    Example:
        >>> from impasto.samples import sound
        >>> for result in texture(sound("rain"), seconds=1, filters=8, iterations=1, refinement=1):
        ...     pass
        >>> result.sound.samples.shape
        (1, 22050)
    """
    return make(prepare_texture(recording, checked(settings)))


def paint(content: Any, texture: Any, **settings: Any) -> Iterator[SoundResult]:
    """Return an iterator over the evaluations of a recording that is painted with a texture.

    Args:
        content: What keeps its rhythm, as in `texture`.
        texture: What gives its grain, likewise.
        **settings: See `impasto.settings.SoundSettings`; for instance ``content_weight=3``.

    Raises:
        UsageError: At once, if an argument is wrong or a package is missing.
    """
    return make(prepare_paint(content, texture, checked(settings)))


def checked(settings: dict[str, Any]) -> SoundSettings:
    """Return settings, or raise UnknownName for what is none."""
    for name in settings:
        look_up(SOUND_SPECS, name, "argument")
    return SoundSettings(**settings)
