"""Numbers and tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def number(value: float | None, unit: str = "") -> str:
    """Return three significant digits, and a dash for None.

    Example:
        >>> number(0.12345, "s"), number(1234.5), number(None)
        ('0.123 s', '1234', '-')
    """
    if value is None:
        return "-"
    digits = f"{value:.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")
    return f"{digits} {unit}".rstrip()


def spread(times: dict[str, Any], unit: str = "s") -> str:
    """Return a median with its quartiles."""
    if times["repetitions"] == 1:
        return number(times["median"], unit)
    return f"{number(times['median'], unit)} ({number(times['low'])} to {number(times['high'])})"


def mebibytes(count: float | None) -> str:
    """Return bytes as MiB."""
    return "-" if count is None else f"{count / 2**20:.0f} MiB"


def ratio(value: float | None) -> str:
    """Return how many times, and a dash for None."""
    return "-" if value is None else f"{number(value)}×"
