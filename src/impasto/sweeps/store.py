"""The files of cells: a picture, and beside it the numbers of its run.

A cell exists if both are there, and were made from the same settings and the same inputs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from impasto.errors import PictureError, UsageError
from impasto.evaluation import Scores
from impasto.images import Canvas, check_places, replace_file, sha256
from impasto.job import WRONG_FIELDS
from impasto.plugins import used
from impasto.registry import INITIALIZERS
from impasto.settings import SPECS, Settings, parsing
from impasto.sweeps.cells import Cell, CellResult, Sweep

HIDDEN = ".impasto"
"""Where numbers are, inside the folder, if pictures have names of their own."""

WHEREVER = ("device", "threads", "memory", "tile")
"""Settings that say where to compute, not what."""


def picture_file(folder: Path, cell: Cell) -> Path:
    """Return the file of a cell's picture."""
    return folder / cell.picture


def numbers_file(folder: Path, cell: Cell) -> Path:
    """Return the file of a cell's numbers."""
    if cell.file:
        return folder / HIDDEN / f"{cell.name}.json"
    return picture_file(folder, cell).with_suffix(".json")


def make_folder(folder: Path, names: Iterable[str], sweep: Sweep) -> list[Path]:
    """Make the folder of a sweep and check that everything can be written into it.

    Args:
        folder: The folder; it may exist.
        names: Of the files that will be written, besides the cells.
        sweep: Whose inputs must not be overwritten.

    Returns:
        Every file that the sweep may write.

    Raises:
        PictureError: If something cannot be written.
    """
    inputs = {path for cell in sweep.cells for path in sources(cell).values()}
    written = [folder / name for name in names]
    for cell in sweep.cells:
        written += [picture_file(folder, cell), numbers_file(folder, cell)]
    try:
        for parent in dict.fromkeys(file.parent for file in written):
            parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PictureError(
            f"'{folder}' cannot be made a folder ({error.strerror}): choose another with --output."
        ) from error
    check_places(written, inputs)
    return written


def sources(cell: Cell) -> dict[str, str]:
    """Return the input files of a cell by what they are."""
    found = {f"style {at}": path for at, path in enumerate(cell.styles)}
    if isinstance(cell.content, str):
        found["content"] = cell.content
    for name in SPECS if cell.settings is not None else ():
        found |= {f"{name} {at}": path for at, path in enumerate(files(name, cell.settings))}
    return found


def files(name: str, settings: Settings | None) -> list[str]:
    """Return the files that a setting names."""
    value = getattr(settings, name)
    if SPECS[name].parse not in (parsing.path, parsing.paths) or value in (None, *INITIALIZERS):
        return []
    return [value] if isinstance(value, str) else list(value)


def key(cell: Cell, hashes: dict[str, str]) -> str:
    """Return a hash of everything that determines a cell's picture.

    Args:
        cell: The cell.
        hashes: SHA-256 of files that are known already; new ones are added.

    Raises:
        PictureError: If an input cannot be read.
    """
    assert cell.settings is not None
    inputs = {}
    for what, path in sources(cell).items():
        if path not in hashes:
            hashes[path] = sha256(Path(path).expanduser())
        inputs[what] = hashes[path]
    chosen = {
        name: value
        for name, value in cell.settings.completed().to_dict().items()
        if name not in WHEREVER and not files(name, cell.settings)
    }
    canvas = asdict(cell.content) if isinstance(cell.content, Canvas) else None
    determining: list[Any] = [chosen, inputs, canvas]
    if plugins := [plugin.sha256 for plugin in used(chosen)]:
        determining.append(plugins)
    text = json.dumps(determining, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def read_result(folder: Path, cell: Cell, hashes: dict[str, str]) -> CellResult | None:
    """Return what an earlier run has made of a cell, or None if it has to be painted."""
    try:
        values = json.loads(numbers_file(folder, cell).read_text(encoding="utf-8"))
        same = values["key"] == key(cell, hashes)
        if not same or values["picture"] != sha256(picture_file(folder, cell)):
            return None
        return _result(cell, values)
    except (OSError, UsageError, *WRONG_FIELDS):
        return None


def written_hash(folder: Path, cell: Cell) -> str:
    """Return the SHA-256 that a cell's picture had when it was written; empty if nobody knows."""
    try:
        return str(json.loads(numbers_file(folder, cell).read_text(encoding="utf-8"))["picture"])
    except (OSError, *WRONG_FIELDS):
        return ""


def _result(cell: Cell, values: Mapping[str, Any]) -> CellResult:
    """Return the numbers of a cell from its file, which somebody may have edited.

    Raises:
        One of `WRONG_FIELDS`: If a report could not be made of them.
    """
    losses, scores = _floats(values["losses"]), _floats(values.get("scores", {}))
    curve = {str(kind): [float(each) for each in line] for kind, line in values["curve"].items()}
    if "total" not in losses or len({len(line) for line in curve.values()}) > 1:
        raise ValueError("a loss is missing")
    width, height = map(int, values["size"])
    return CellResult(
        cell,
        losses=losses,
        evaluations=int(values["evaluations"]),
        planned=int(values.get("planned", 0)),
        seconds=float(values["seconds"]),
        memory=float(values.get("memory", 0)),
        size=(width, height),
        curve=curve,
        scores=asdict(Scores(**scores)) if scores else {},
        judged_by=str(values.get("judged_by", "")),
    )


def _floats(values: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): float(value) for name, value in values.items()}


def write_result(folder: Path, result: CellResult, hashes: dict[str, str]) -> None:
    """Write the numbers of a cell whose picture has been written."""
    values: Mapping[str, Any] = {
        "key": key(result.cell, hashes),
        "picture": sha256(picture_file(folder, result.cell)),
        "losses": result.losses,
        "evaluations": result.evaluations,
        "planned": result.planned,
        "seconds": round(result.seconds, 3),
        "memory": round(result.memory),
        "size": result.size,
        "curve": result.curve,
        "scores": result.scores,
        "judged_by": result.judged_by,
    }
    replace_file(numbers_file(folder, result.cell), json.dumps(values).encode())
