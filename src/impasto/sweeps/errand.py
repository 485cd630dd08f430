"""What a worker is sent out for: the cells of one run, and what it brings back.

A worker has other files than this machine, so that paths are changed on the way there; what a
picture tells of its inputs is changed back. So it is the same picture, to the byte, wherever it is
painted.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from impasto.cluster import Wire
from impasto.job import Job, seen_from
from impasto.plugins import load, used
from impasto.run import Result
from impasto.settings import SPECS
from impasto.sweeps.cells import Cell, CellResult
from impasto.sweeps.judging import Assessor, can_judge
from impasto.sweeps.running import job_of, paint_cells, sentence
from impasto.sweeps.store import files, picture_file, sources


@dataclass(frozen=True)
class Errand:
    """The cells of one run, as they are known here.

    Attributes:
        cells: By rising evaluations.
        seen: For every cell, its input files as its picture names them.
        judge: The network that measures the cells; empty for none.
    """

    cells: tuple[Cell, ...]
    seen: tuple[Mapping[str, str], ...]
    judge: str

    @classmethod
    def of(cls, cells: tuple[Cell, ...], folder: Path, judge: str) -> Errand:
        """Return the errand for cells whose pictures will be in a folder."""
        return cls(cells, tuple(seen_by(cell, folder) for cell in cells), judge)


@dataclass(frozen=True)
class Delivery:
    """A cell that a worker has painted: its numbers, and its picture as a file."""

    result: CellResult
    picture: bytes = b""


def read_by(cell: Cell) -> list[str]:
    """Return the paths of all files that painting a cell reads, plugins included."""
    plugins = used(cell.settings.to_dict()) if cell.settings else ()
    code = [plugin.path for plugin in plugins if plugin.path and not plugin.distribution]
    return [*dict.fromkeys([*sources(cell).values(), *code])]


def seen_by(cell: Cell, folder: Path) -> dict[str, str]:
    """Return what the picture of a cell calls its input files."""
    place = picture_file(folder, cell).parent.resolve()
    return {path: seen_from(place, str(Path(path).absolute())) for path in read_by(cell)}


def carry_out(errand: Errand, places: Mapping[str, str], line: Wire) -> list[Delivery]:
    """Paint the cells of an errand on a worker; a user's error is the result of every cell.

    Args:
        errand: As it was sent.
        places: Where its files lie here, by their paths there.
        line: Is told how far the work is.

    Raises:
        OSError: If this machine fails, as when its disk is full: another may not.
    """
    try:
        for path, place in places.items():
            if Path(path).suffix == ".py":
                load(place)
        return _paint(errand, places, line)
    except OSError:
        raise
    except Exception as error:
        if os.environ.get("IMPASTO_DEBUG"):
            raise
        words = sentence(error)
        for there, here in places.items():
            words = words.replace(here, there)
        return [Delivery(CellResult(cell, error=words)) for cell in errand.cells]


_last: Job | None = None
"""The last job of this worker, whose network the next one takes over."""


def _paint(errand: Errand, places: Mapping[str, str], line: Wire) -> list[Delivery]:
    global _last
    sent = {cell.name: (cell, seen) for cell, seen in zip(errand.cells, errand.seen, strict=True)}
    here = [placed(cell, places) for cell in errand.cells]
    done = []
    with tempfile.TemporaryDirectory(prefix="impasto-") as folder:

        def keep(painted: Result, result: CellResult) -> None:
            _, seen = sent[result.cell.name]
            told = painted.recipe.told(partial(_name, _names(seen, places)))
            painted.write(Path(folder, Path(result.cell.picture).name), told)

        _last = job = job_of(here[-1], _last)
        for event in paint_cells(job, list(here), keep, lambda: line.stopped):
            if isinstance(event, Result):
                line.report(job.estimate.share(event.last.size, event.last.iteration))
            else:
                picture = Path(folder, Path(event.cell.picture).name)
                if errand.judge and can_judge(event):
                    event = _assessor(errand.judge)(event, picture)
                content = b"" if event.error else picture.read_bytes()
                done.append(Delivery(replace(event, cell=sent[event.cell.name][0]), content))
    return done


def placed(cell: Cell, places: Mapping[str, str]) -> Cell:
    """Return a cell whose files lie elsewhere, by their paths."""
    assert cell.settings is not None
    given = {name: found for name in SPECS if (found := files(name, cell.settings))}
    moved = {
        name: places[found[0]] if isinstance(getattr(cell.settings, name), str)
        else tuple(places[path] for path in found)
        for name, found in given.items()
    }  # fmt: skip
    return replace(
        cell,
        content=places[cell.content] if isinstance(cell.content, str) else cell.content,
        styles=tuple(places[path] for path in cell.styles),
        settings=cell.settings.replace(**moved),
    )


def _names(seen: Mapping[str, str], places: Mapping[str, str]) -> dict[str, str]:
    """Return what a picture calls its files, by where they lie here."""
    named = {places[path]: name for path, name in seen.items()}
    return named | {str(Path(place).resolve()): name for place, name in named.items()}


def _name(names: Mapping[str, str], place: str) -> str:
    return names.get(place, place)


@lru_cache(maxsize=1)
def _assessor(network: str) -> Assessor:
    return Assessor(network)
