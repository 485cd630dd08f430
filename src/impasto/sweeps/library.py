"""A sweep from Python: the same cells, files and reports as ``impasto sweep``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from impasto.cluster import Hands
from impasto.errors import SettingsError, look_up
from impasto.run import Result
from impasto.settings import SPECS
from impasto.sweeps.axes import listed, make_sweep
from impasto.sweeps.cells import CellResult
from impasto.sweeps.judging import Judge
from impasto.sweeps.report.writing import NAMES, Report
from impasto.sweeps.reporting import reported
from impasto.sweeps.running import schedule
from impasto.sweeps.sharing import painted
from impasto.sweeps.store import make_folder

StylePaths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""One path of a style picture, or several."""


def paint_sweep(
    content: str | os.PathLike[str],
    style: StylePaths,
    vary: Mapping[str, Sequence[Any]],
    folder: str | os.PathLike[str] = "sweep",
    *,
    progress: Callable[[Result], object] | None = None,
    workers: int | str | None = None,
    cluster: str | None = None,
    **settings: Any,
) -> list[CellResult]:
    """Paint a photograph once for every combination of settings; `impasto.sweep` is this.

    Cells that exist in the folder are kept; contact sheet, report and table are written after each.

    Args:
        content: The path of the photograph: reports show it, and commands name it.
        style: The path of the style picture, or of several.
        vary: What varies, and its values: settings, ``content``, ``style``, ``exchange`` or
            ``preset``.
        folder: Where everything is written.
        progress: Called after every evaluation, if this process paints.
        workers: Paint with so many processes of this machine; ``"auto"`` for as many as it has
            room for. A program that does so keeps what it does behind
            ``if __name__ == "__main__":``, for the processes read it, too.
        cluster: Paint with a Dask cluster: the address of its scheduler.
        **settings: What all cells share, see `Settings`; ``preset`` may be among them.

    Returns:
        What became of each cell, in the order of the axes: its losses and scores, or its error.
        Its picture is ``folder/cells/NAME.png``, where the name is that of ``result.cell``.

    Raises:
        UsageError: If an argument is wrong; nothing has been painted then.

    Example:
        >>> from tempfile import mkdtemp
        >>> from impasto.samples import painting, photograph
        >>> cells = paint_sweep(
        ...     photograph("cat"), painting("dots"), {"style_weight": [10, 40]}, mkdtemp(),
        ...     size=32, iterations=1, levels=1, backbone="pocket",
        ... )
        >>> [cell.cell.name for cell in cells]
        ['style_weight-10', 'style_weight-40']
    """
    for name in settings:
        look_up({**SPECS, "preset": None}, name, "argument")
    hands = Hands.of(workers, cluster)
    styles = [style] if isinstance(style, str | os.PathLike) else style
    paths = [os.fspath(each) for each in styles]
    axes = [axis(name, values, paths) for name, values in vary.items()]
    made, place = make_sweep(os.fspath(content), paths, settings, axes), Path(folder)
    make_folder(place, NAMES, made)
    plan = schedule(made, place)
    report, judge = Report(made, place, plan.results), Judge(made, place, plan.hashes)
    with (
        painted(plan, hands, judge.name) as work,
        closing(reported(work, plan, report, judge)) as events,
    ):
        for event in events:
            if progress is not None and isinstance(event, Result):
                progress(event)
    return [report.results[cell.name] for cell in made.cells]


def axis(name: str, values: Sequence[Any], styles: Sequence[str]) -> str:
    """Return an axis as it is typed on the command line, see `make_sweep`."""
    texts = [typed(name, value) for value in values]
    if name == "style":  # it is on the axis anyway; with a semicolon, commas join one cell's styles
        own = listed(styles)
        texts = [own, *(text for text in texts if text != own)]
    return f"{name}={';'.join(texts)}"


def typed(name: str, value: Any) -> str:
    """Return a value of an axis as it is typed on the command line.

    Example:
        >>> typed("style_layers", ["relu1_1", "relu2_1"]), typed("auto", True)
        ('"relu1_1,relu2_1"', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        value = [f"{key}:{weight}" for key, weight in value.items()]
    if isinstance(value, str | os.PathLike | int | float):
        text = os.fspath(value) if isinstance(value, os.PathLike) else str(value)
    elif isinstance(value, Sequence) and name == "style":
        return listed([*map(os.fspath, value)])
    elif isinstance(value, Sequence):
        text = ",".join(map(str, value))
    else:
        raise SettingsError(f"{name} cannot be {value!r}: give numbers, texts or lists of them.")
    return f'"{text}"' if set(",;") & set(text) else text
