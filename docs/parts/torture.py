"""What the torture suite has counted in its last whole run."""

from __future__ import annotations

import json

from docs.parts.markdown import table
from docs.parts.package import ROOT

COUNTS = ROOT / "tests" / "torture" / "counts.json"


def counts() -> str:
    """Return a row for each part of the suite."""
    rows = []
    for name, part in json.loads(COUNTS.read_text(encoding="utf-8")).items():
        ended = ", ".join(f"{count} {word}" for word, count in part["words"].items())
        rows.append([f"`{name}`", part["what"], str(part["cases"]), ended])
    return table(["part", "what is tried", "cases", "how they ended"], rows)
