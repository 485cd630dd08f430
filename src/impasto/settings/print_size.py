"""The size of a picture on paper: what ``--print`` says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from impasto.errors import SettingsError

INCHES = {"mm": 1 / 25.4, "cm": 1 / 2.54, "in": 1.0}
"""Units of paper in inches."""

USUAL = 300.0
"""Pixels per inch that printers ask for."""

PRINT_SIZE = re.compile(
    r"(?P<width>[\d.]+)\s*x\s*(?P<height>[\d.]+)\s*(?P<unit>mm|cm|in)(?:@(?P<resolution>[\d.]+))?"
)


def for_print(text: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings ``size`` and ``resolution`` for a picture on paper.

    The long side of the picture is that of the paper; the other follows from the photograph.

    Args:
        text: Like ``30x20cm@300``: width, height, unit, and pixels per inch, 300 if not given.
        given: The settings that are given, too.

    Raises:
        SettingsError: If it is nothing like this, or a size or a resolution is given beside it.

    Example:
        >>> for_print("30x20cm@300", {})
        {'size': 3543, 'resolution': 300.0}
    """
    found = PRINT_SIZE.fullmatch(text.strip().lower())
    try:
        sides = [float(found[side]) for side in ("width", "height")] if found else []
        resolution = float(found["resolution"] or USUAL) if found else 0.0
    except ValueError:  # like 1.2.3
        sides, resolution = [], 0.0
    if found is None or not sides or not resolution or min(sides) <= 0:
        raise SettingsError(
            f"print is '{text}': it must be width, height, unit and pixels per inch, like "
            "30x20cm@300 or 12x8in."
        )
    for name in ("size", "resolution"):
        if given.get(name) is not None:
            raise SettingsError(f"print and {name} are given, and print decides it: leave out one.")
    return {
        "size": round(max(sides) * INCHES[found["unit"]] * resolution),
        "resolution": resolution,
    }


def on_paper(width: int, height: int, resolution: float) -> str:
    """Return how large a picture is on paper.

    Example:
        >>> on_paper(3543, 2362, 300)
        '30.0 × 20.0 cm at 300 pixels per inch'
    """
    sides = " × ".join(f"{side / resolution * 2.54:.1f}" for side in (width, height))
    return f"{sides} cm at {resolution:g} pixels per inch"
