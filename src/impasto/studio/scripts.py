"""The scripts of the page, which lie beside this file."""

from __future__ import annotations

from pathlib import Path

ALOUD = "element.setAttribute('aria-live', 'polite'); element.setAttribute('role', 'status');"
"""What changes in it is read aloud by a screen reader."""


def script(name: str) -> str:
    """Return one of the scripts."""
    return (Path(__file__).parent / f"{name}.js").read_text(encoding="utf-8")
