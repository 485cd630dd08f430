"""``cells.csv``: a row for every cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from impasto.images import Canvas
from impasto.settings import SPECS
from impasto.sweeps.cells import Cell, CellResult, Sweep
from impasto.sweeps.command import command, option

SCORES = ("gram", "wasserstein", "structure", "edges", "ssim")
"""The measures of a painting, see `impasto.evaluation.scores.Scores`."""

COLUMNS = (
    "cell",
    "content",
    "style",
    *SPECS,
    "loss",
    "loss_content",
    "loss_style",
    "loss_tv",
    "evaluations",
    "planned",
    "seconds",
    "memory_mb",
    "width",
    "height",
    *SCORES,
    "judged_by",
    "picture",
    "error",
    "command",
)


def table(sweep: Sweep, results: Mapping[str, CellResult]) -> str:
    """Return the rows as CSV; cells that have not been painted yet have no losses."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for cell in sweep.cells:
        writer.writerow({**inputs(cell), **settings(cell), **numbers(results.get(cell.name))})
    return text.getvalue()


def inputs(cell: Cell) -> dict[str, str]:
    """Return what a cell is made from."""
    blank = isinstance(cell.content, Canvas)
    return {
        "cell": cell.name,
        "content": "" if blank else str(cell.content),
        "style": ", ".join(cell.styles),
        "command": command(cell),
    }


def settings(cell: Cell) -> dict[str, str]:
    """Return the settings of a cell as they are typed."""
    if cell.settings is None:
        return {}
    values = cell.settings.completed().to_dict()
    return {
        name: str(value).lower() if isinstance(value, bool) else option(name, value)
        for name, value in values.items()
    }


def numbers(result: CellResult | None) -> dict[str, object]:
    """Return what has become of a cell."""
    if result is None:
        return {}
    if result.error:
        return {"error": result.error}
    kinds = {f"loss_{kind}": result.losses.get(kind) for kind in ("content", "style", "tv")}
    return {
        **{kind: f"{value:.6g}" for kind, value in kinds.items() if value is not None},
        "loss": f"{result.losses['total']:.6g}",
        "evaluations": result.evaluations,
        "planned": result.planned or "",
        "seconds": f"{result.seconds:.2f}",
        "memory_mb": f"{result.memory / 1e6:.0f}" if result.memory else "",
        "width": result.size[0],
        "height": result.size[1],
        **{name: f"{value:.4g}" for name, value in result.scores.items()},
        "judged_by": result.judged_by,
        "picture": result.cell.picture,
    }
