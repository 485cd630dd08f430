"""Clips in: which reader a name asks for."""

from __future__ import annotations

from pathlib import Path

from impasto.filesystem import is_regular
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
    path, pictures = Path(clip), pictures_at(str(clip))
    return FilmSource(path) if pictures is None else PictureSequence(path, pictures, rate)


def pictures_at(clip: str) -> list[Path] | None:
    """Return the pictures of a folder or of a pattern, in order; None for any other name."""
    if FRAME_NUMBER.search(clip) or (any(c in clip for c in "*?") and not Path(clip).exists()):
        return pictures_of(clip)
    if not Path(clip).is_dir():
        return None
    found = [path for path in Path(clip).iterdir() if path.suffix.lower() in PICTURES]
    return sorted(found, key=by_number)


def files_of(clip: str | Path) -> list[Path]:
    """Return every file that a clip has, none if there is none of this name."""
    pictures = pictures_at(str(clip))
    files = [Path(clip)] if pictures is None else pictures
    return files if all(map(is_regular, files)) else []
