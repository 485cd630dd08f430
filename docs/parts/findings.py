"""docs/findings.md: what `docs.measured` measured."""

from __future__ import annotations

import json

from docs.measured import FILE, Rows
from docs.parts.markdown import table


def found(name: str) -> Rows:
    """Return one of the measurements."""
    rows: Rows = json.loads(FILE.read_text(encoding="utf-8"))[name]
    return rows


def steps() -> str:
    """Return what more evaluations bring."""
    heads = ("evaluations", "loss", "of it content", "likeness to the photograph")
    return table(heads, [(key, *(f"{v:g}" for v in row)) for key, row in found("steps").items()])


def early() -> str:
    """Return how early the loss falls, and how late the pixels come to rest."""
    heads = ("evaluations", "of the fall of the loss in 400", "mean distance to the last picture")
    rows = [(key, f"{share:.1%}", f"{far:.2f}") for key, (share, far) in found("early").items()]
    return table(heads, rows)


def sizes() -> str:
    """Return the losses that are left at each size."""
    heads = ("size", "style that is left", "content")
    return table(
        heads, [(f"{k} px", *(f"{v:g}" for v in row)) for k, row in found("sizes").items()]
    )
