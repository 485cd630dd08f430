"""What a worker is sent out for: the cells of one run, and what it brings back.

A worker has other files than this machine, so that paths are changed on the way there; what a
picture tells of its inputs is changed back. So it is the same picture, to the byte, wherever it is
painted.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from impasto.cluster import Wire
from impasto.errors import PictureError
from impasto.images import sha256
from impasto.job import Job, Recipe, is_packaged, record_of, seen_from, weight_file
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
        folders: Where the picture of each will be, without links.
        judge: The network that measures the cells; empty for none.
        weights: The weight file of their network, if it is none of the package; else empty.
        plugins: The files of plugins that they use.
    """

    cells: tuple[Cell, ...]
    folders: tuple[Path, ...]
    judge: str
    weights: str
    plugins: tuple[str, ...]

    @classmethod
    def of(cls, cells: tuple[Cell, ...], folder: Path, judge: str) -> Errand:
        """Return the errand for cells whose pictures will be in a folder.

        Raises:
            UsageError: If the weights of their network are not here.
        """
        settings = cells[-1].settings
        assert settings is not None
        weights = record_of(settings, weight_file(settings))
        named = "" if weights is None or is_packaged(weights) else str(weights.path)
        plugins = [each.path for each in used(settings.to_dict()) if not each.distribution]
        folders = tuple(picture_file(folder, cell).parent.resolve() for cell in cells)
        return cls(cells, folders, judge, named, tuple(filter(None, plugins)))

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of everything that it reads."""
        found = [path for cell in self.cells for path in sources(cell).values()]
        return tuple(dict.fromkeys([*found, *self.plugins, *filter(None, [self.weights])]))


@dataclass(frozen=True)
class Delivery:
    """A cell that a worker has painted: its numbers, and its picture as a file."""

    result: CellResult
    picture: bytes = b""


def carry_out(errand: Errand, places: Mapping[str, str], line: Wire) -> list[Delivery]:
    """Paint the cells of an errand on a worker; a user's error is the result of every cell.

    Args:
        errand: As it was sent.
        places: Where its files lie here, by their paths there.
        line: Is told how far the work is; once it has stopped, the last cells are missing.

    Raises:
        OSError: If this machine fails, as when its disk is full: another may not.
    """
    try:
        load_plugins(errand, places)
        return _paint(errand, places, line)
    except OSError:
        raise
    except Exception as error:
        words = sentence(error)
        for there, here in places.items():
            words = words.replace(here, there)
        return [Delivery(CellResult(cell, error=words)) for cell in errand.cells]


def load_plugins(errand: Errand, places: Mapping[str, str]) -> None:
    """Load the plugins of an errand, but those that this process has already."""
    settings = errand.cells[-1].settings
    here = {plugin.sha256 for plugin in used(settings.to_dict())} if settings else set()
    for path in errand.plugins:
        if sha256(places[path]) not in here:
            load(places[path])


_last: Job | None = None
"""The last job of this worker, whose network the next one takes over."""


def _paint(errand: Errand, places: Mapping[str, str], line: Wire) -> list[Delivery]:
    global _last
    sent = {cell.name: at for at, cell in enumerate(errand.cells)}
    here = [placed(cell, places, errand.weights) for cell in errand.cells]
    done = []
    with tempfile.TemporaryDirectory(prefix="impasto-") as folder:

        def picture_of(cell: Cell) -> Path:
            return Path(folder, Path(cell.picture).name)

        def keep(painted: Result, result: CellResult) -> None:
            at = sent[result.cell.name]
            told = recipe_there(painted.recipe, errand, at, places)
            try:
                painted.write(picture_of(result.cell), told)
            except PictureError as error:
                raise OSError(str(error)) from error

        _last = job = job_of(here[-1], _last)
        for event in paint_cells(job, list(here), keep, lambda: line.stopped):
            if isinstance(event, Result):
                line.report(job.estimate.share(event.last.size, event.last.iteration))
            else:
                picture = picture_of(event.cell)
                if errand.judge and can_judge(event):
                    event = _assessor(errand.judge)(event, picture)
                there = errand.cells[sent[event.cell.name]]
                done.append(Delivery(replace(event, cell=there), picture.read_bytes()))
    return done


def placed(cell: Cell, places: Mapping[str, str], weights: str) -> Cell:
    """Return a cell whose files lie elsewhere, and which is painted with one thread if none said.

    Args:
        cell: As it was sent.
        places: Where files lie, by their paths.
        weights: The path of its network's, or empty.
    """
    settings = cell.settings
    assert settings is not None
    moved: dict[str, Any] = {"threads": settings.threads or 1}
    for name in SPECS:
        if paths := files(name, settings):
            single = isinstance(getattr(settings, name), str)
            moved[name] = places[paths[0]] if single else tuple(places[path] for path in paths)
    if weights:
        moved["weights"] = places[weights]
    return replace(
        cell,
        content=places[cell.content] if isinstance(cell.content, str) else cell.content,
        styles=tuple(places[path] for path in cell.styles),
        settings=settings.replace(**moved),
    )


def recipe_there(recipe: Recipe, errand: Errand, at: int, places: Mapping[str, str]) -> str | None:
    """Return what a picture tells of itself, as it would have been painted where it will be.

    Args:
        recipe: As it was painted here.
        errand: Which it was painted for.
        at: The index of its cell.
        places: Where the files lie here, by their paths there.
    """
    given, folder = errand.cells[at].settings, errand.folders[at]
    assert given is not None
    if given.weights is None:
        recipe = replace(recipe, settings=recipe.settings.replace(weights=None))
    there = {place: path for path, place in places.items()}
    there |= {str(Path(place).resolve()): path for place, path in there.items()}

    def seen(path: str) -> str:
        return seen_from(folder, str(Path(there.get(path, path)).absolute()))

    return recipe.told(seen)


@lru_cache(maxsize=1)
def _assessor(network: str) -> Assessor:
    return Assessor(network)
