"""Clips in: which reader a name asks for."""

from __future__ import annotations

from pathlib import Path

from impasto.video.film_source import FilmSource
from impasto.video.picture_sequence import (
    FRAME_NUMBER,
    PICTURES,
    PictureSequence,
    by_number,
    pictures_of,
)
from impasto.video.source import Source


def open_source(clip: str | Path, rate: float = 25) -> Source:
    """Return a clip, its first frame decoded.

    Args:
        clip: A file that FFmpeg reads; a folder of pictures, in the order of the numbers in their
            names; or a pattern of such pictures, like ``frames/%04d.png`` or ``frames/*.png``.
        rate: Frames in a second, for pictures.

    Raises:
        PictureError: If it is none of these, or nothing that can be painted.
    """
    text = str(clip)
    if FRAME_NUMBER.search(text) or (any(c in text for c in "*?") and not Path(text).exists()):
        return PictureSequence(Path(text), pictures_of(text), rate)
    if Path(text).is_dir():
        found = [path for path in Path(text).iterdir() if path.suffix.lower() in PICTURES]
        return PictureSequence(Path(text), sorted(found, key=by_number), rate)
    return FilmSource(Path(text))
