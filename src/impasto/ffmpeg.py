"""Files that FFmpeg reads, opened by PyAV."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impasto.extras import require
from impasto.filesystem import check_regular

RECIPE_TAG = "comment"
"""The name that all containers have for a text about a film or a sound."""


class Unopened(Exception):
    """A file that FFmpeg cannot open, with the reason."""


def open_media(path: Path, extra: str, options: Mapping[str, str] | None = None) -> Any:
    """Open a film or a sound, and return its container.

    Lists of other files are films and sounds to FFmpeg, too: they lead to nowhere but this machine.

    Args:
        path: The file.
        extra: The one that brings PyAV.
        options: More for FFmpeg.

    Raises:
        Unopened: If it is no such file; the caller knows what it was to be.
        SettingsError: If PyAV is not installed.
    """
    av = require("av", extra, "films and sounds are read by PyAV")
    try:
        check_regular(path)
        return av.open(str(path), options={"protocol_whitelist": "file", **(options or {})})
    except (av.FFmpegError, OSError, ValueError) as error:
        raise Unopened(reason(error)) from None


CONTAINERS = (
    *("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "mpegts", "mpeg", "flv", "asf", "ogg"),
    *("gif", "apng", "wav", "w64", "flac", "mp3", "aac", "aiff", "caf", "wv"),
)
"""Formats, as FFmpeg calls them, of files that hold all that they show: no lists of others."""


def check_contained(path: Path, extra: str) -> None:
    """Find out whether a file holds all that it shows; one that a stranger sent has to.

    A list of other files would show what lies elsewhere on this machine.

    Raises:
        Unopened: If it is none of `CONTAINERS`.
        SettingsError: If PyAV is not installed.
    """
    open_media(path, extra, {"format_whitelist": ",".join(CONTAINERS)}).close()


def reason(error: Exception) -> str:
    """Return what the system or FFmpeg says."""
    return str(getattr(error, "strerror", None) or error)
