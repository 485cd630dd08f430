"""Files that FFmpeg reads, opened by PyAV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from impasto.extras import require
from impasto.filesystem import check_regular


class Unopened(Exception):
    """A file that FFmpeg cannot open, with the reason."""


def open_media(path: Path, extra: str) -> Any:
    """Open a film or a sound, and return its container.

    Lists of other files are films and sounds to FFmpeg, too: they lead to nowhere but this machine.

    Args:
        path: The file.
        extra: The one that brings PyAV.

    Raises:
        Unopened: If it is no such file; the caller knows what it was to be.
        SettingsError: If PyAV is not installed.
    """
    av = require("av", extra, "films and sounds are read by PyAV")
    try:
        check_regular(path)
        return av.open(str(path), options={"protocol_whitelist": "file"})
    except (av.FFmpegError, OSError, ValueError) as error:
        raise Unopened(reason(error)) from None


def reason(error: Exception) -> str:
    """Return what the system or FFmpeg says."""
    return str(getattr(error, "strerror", None) or error)
