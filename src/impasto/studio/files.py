"""Files of the studio: names that are safe, and JSON that is complete or not there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from impasto import images
from impasto.errors import PictureError
from impasto.filesystem import replacing
from impasto.images import fit

NAME = re.compile(r"[0-9a-f]{16,64}")
"""What the studio calls its own files. Nothing else that a page sends becomes part of a path."""


def is_name(name: object) -> bool:
    """Tell whether something is a name that the studio has given.

    Example:
        >>> is_name("../../etc/passwd")
        False
    """
    return isinstance(name, str) and NAME.fullmatch(name) is not None


def write_json(path: Path, values: dict[str, Any]) -> None:
    """Write a JSON file: complete, or not at all.

    Raises:
        PictureError: If the folder cannot be written to.
    """
    try:
        with replacing(path) as file:
            file.write(json.dumps(values, indent=1).encode())
    except OSError as error:
        raise PictureError(
            f"'{path}' cannot be written ({error.strerror}): check the folder of the studio and "
            "the free space."
        ) from error


def read_json(path: Path) -> dict[str, Any] | None:
    """Return what a JSON file holds, or None if it is missing or damaged."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) else None


def shrunk(rgb: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Return a picture (H, W, 3) whose long side is at most ``side`` pixels."""
    height, width = rgb.shape[:2]
    if max(height, width) <= side:
        return rgb
    width, height = fit(width, height, side)
    return images.resize(rgb, width, height)
