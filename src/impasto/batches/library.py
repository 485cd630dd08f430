"""A batch from Python, and what the command line does it with."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from PIL import Image

from impasto.batches.listing import Item, expand_paths, pairs, product_of
from impasto.batches.naming import USUAL_NAME, names
from impasto.batches.wall import WALL_FILES, Wall
from impasto.cluster import Hands
from impasto.errors import PictureError, UsageError, look_up
from impasto.images import check_kind, sha256
from impasto.job import Job
from impasto.settings import SPECS
from impasto.sweeps import (
    HIDDEN,
    Axis,
    AxisValue,
    Cell,
    CellResult,
    Painting,
    Sweep,
    SweepSchedule,
    job_of,
    keep,
    make_folder,
    painted,
    picture_file,
    reported,
    settings_of,
    unique,
    written_hash,
)

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""A path, or several."""


@dataclass(frozen=True)
class Finished:
    """A painting of a batch: its file, or why there is none.

    Attributes:
        path: The file.
        result: Its losses, its time, its inputs; and its error, if it has failed.
    """

    path: Path
    result: CellResult

    @property
    def error(self) -> str:
        """Why there is no picture, or empty."""
        return self.result.error

    @property
    def image(self) -> Image.Image:
        """The picture, read from its file."""
        with Image.open(self.path) as picture:
            picture.load()
        return picture


def paint_batch(
    content: Paths,
    style: Paths,
    folder: str | os.PathLike[str] = "batch",
    *,
    in_pairs: bool = False,
    name: str = USUAL_NAME,
    overwrite: bool = False,
    workers: int | str | None = None,
    cluster: str | None = None,
    **settings: Any,
) -> Iterator[Finished]:
    """Return an iterator over paintings as they are finished; `impasto.batch` is this.

    Every photograph is painted in every style. What an earlier call has painted from the same
    pictures with the same settings is kept, and comes first; ``break`` keeps what is finished.

    Args:
        content: Photographs: files, folders, and patterns like ``"photos/*.jpg"``.
        style: Paintings, likewise.
        folder: Where the paintings go, with ``index.html``, a page of all, and a table of numbers.
        in_pairs: Paint the first photograph in the first style, the second in the second, ...
        name: Of each painting, with ``{content}``, ``{style}``, ``{folder}``, ``{number}``.
        overwrite: Whether files that no batch has written may be replaced.
        workers: Paint with so many processes of this machine; ``"auto"`` for as many as it has
            room for. A program that does so keeps what it does behind
            ``if __name__ == "__main__":``, for the processes read it, too.
        cluster: Paint with a Dask cluster: the address of its scheduler.
        **settings: What all paintings share, see `Settings`; ``preset`` may be among them.

    Raises:
        UsageError: At once, if an argument is wrong; nothing has been painted then.

    Example:
        >>> from tempfile import mkdtemp
        >>> from impasto.samples import painting, photograph
        >>> pictures = paint_batch(
        ...     photograph("cat"), [painting("dots"), painting("ink")], mkdtemp(),
        ...     size=32, iterations=1, levels=1, backbone="pocket",
        ... )
        >>> [each.path.name for each in pictures]
        ['cat-dots.png', 'cat-ink.png']
    """
    for setting in settings:
        look_up({**SPECS, "preset": None}, setting, "argument")
    hands = Hands.of(workers, cluster)
    contents, styles = (expand_paths(_texts(each), what) for each, what in
                        ((content, "photographs"), (style, "styles")))  # fmt: skip
    items = (pairs if in_pairs else product_of)(contents, styles)
    made, place = batch_of(items, settings, name), Path(folder)
    made_room(made, place, overwrite)
    return _finished(plan(made, place), Wall(made, place), hands)


def _finished(found: SweepSchedule, wall: Wall, hands: Hands) -> Iterator[Finished]:
    there = list(found.results)
    for result in there:
        wall.add(result)
        yield Finished(found.folder / result.cell.picture, result)
    with (
        painted(found, hands) as work,
        closing(reported(work, found, wall)) as events,
    ):
        for event in events:
            if isinstance(event, CellResult):
                yield Finished(found.folder / event.cell.picture, event)


def _texts(paths: Paths) -> list[str]:
    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    return [os.fspath(path) for path in several]


def batch_of(items: Sequence[Item], given: Mapping[str, Any], pattern: str) -> Sweep:
    """Return the paintings as the cells of a sweep, on one axis.

    Raises:
        UsageError: If a name is wrong, or not one of the paintings is possible.
    """
    files = names(items, pattern)
    cells = [
        _cell(item, file, at, given)
        for at, (item, file) in enumerate(zip(items, files, strict=True))
    ]
    if all(cell.settings is None for cell in cells):
        raise UsageError(cells[0].error)
    axis = Axis("painting", tuple(AxisValue(file, {}) for file in files))
    count = "1 painting" if len(cells) == 1 else f"{len(cells)} paintings"
    return Sweep(count, (axis,), unique(cells), unit="paintings")


def _cell(item: Item, file: str, at: int, given: Mapping[str, Any]) -> Cell:
    """Return one painting; settings that contradict each other become its error."""
    name = "__".join(PurePath(file).with_suffix("").parts)
    try:
        settings, error = settings_of({**given, **item.settings}), ""
        check_kind(Path(file), settings.bits, alpha=settings.keep_alpha)
    except UsageError as wrong:
        settings, error = None, str(wrong)
    return Cell(name, (at,), item.content, item.styles, settings, error, file)


def made_room(batch: Sweep, folder: Path, overwrite: bool) -> list[Path]:
    """Make the folder of a batch, and return every file that may be written.

    Raises:
        PictureError: If something cannot be written, or stands there that no batch has written, or
            that somebody has changed since.
    """
    page = folder / WALL_FILES[0]
    foreign = [] if (folder / HIDDEN).is_dir() or not page.exists() else [page]
    files = make_folder(folder, WALL_FILES, batch)
    foreign += [folder / cell.picture for cell in batch.cells if is_foreign(folder, cell)]
    if foreign and not overwrite:
        more = f" (and {len(foreign) - 1} more)" if foreign[1:] else ""
        raise PictureError(
            f"'{foreign[0]}'{more} is there, and is not as a batch has painted it: choose another "
            "folder or name, or replace it with --overwrite."
        )
    return files


def is_foreign(folder: Path, cell: Cell) -> bool:
    """Tell whether the file of a painting is there, but not as it was painted."""
    picture = picture_file(folder, cell)
    return picture.exists() and written_hash(folder, cell) != sha256(picture)


def plan(batch: Sweep, folder: Path) -> SweepSchedule:
    """Find out what has to be painted, and how long that takes.

    One painting is prepared, so that what is wrong with all of them is said at once, and its cost
    stands for the others': to read thousands of photographs would take longer than some paintings.

    Raises:
        UsageError: If there is none that can be painted.
    """
    found = SweepSchedule(folder)
    waiting = [cell for cell in batch.cells if not keep(found, cell)]
    job: Job | None = None
    while waiting and job is None:
        try:
            job = job_of(waiting[0], None)
        except UsageError as error:
            found.results.append(CellResult(waiting.pop(0), error=str(error)))
    if job is not None:
        unit = sum(evaluations * size**2 for size, evaluations in job.settings.plan)
        found.runs = [_painting(cell, job, unit) for cell in waiting]
    elif all(result.error for result in found.results):
        raise UsageError(found.results[0].error)
    return found


def _painting(cell: Cell, like: Job, work: float) -> Painting:
    """Return a run of one painting that costs as another one does, pixel by pixel."""
    assert cell.settings is not None
    levels = cell.settings.completed().plan
    share = sum(evaluations * size**2 for size, evaluations in levels) / work
    pixels = (levels[-1][0] / like.settings.size) ** 2
    cost = like.estimate
    return Painting((cell,), share * cost.seconds, sum(n for _, n in levels), pixels * cost.memory)
