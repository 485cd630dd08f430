"""The command that paints a cell again."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from impasto.images import Canvas
from impasto.plugins import used
from impasto.settings import SPECS, Settings
from impasto.sweeps.cells import Cell
from impasto.sweeps.store import files


def command(cell: Cell) -> str:
    """Return the command line that paints a cell again, ready for a shell.

    Paths are absolute, so that it can be run from anywhere, unless pictures are to name no folders;
    it writes into the present folder.
    """
    if cell.settings is None:
        return ""
    values, place = given(cell.settings), absolute if cell.settings.recipe == "paths" else named
    paths = {name: files(name, cell.settings) for name in values}
    options = {n: option(n, value) for n, value in values.items() if not paths[n]}
    words = [*_start(cell, options, place), "-o", f"{cell.name}.png"]
    for name, value in options.items():
        words += [_flag(name), value] if value else [_flag(name)]
    for name, found in paths.items():
        words += [word for path in found for word in (_flag(name), place(path))]
    return " ".join(["impasto", *map(shlex.quote, [*_plugins(cell.settings, place), *words])])


def _plugins(settings: Settings, place: Callable[[str], str]) -> list[str]:
    """Return the words that load the plugins of a cell; those of packages need none."""
    files = [each.path for each in used(settings.to_dict()) if not each.distribution and each.path]
    return [word for path in files for word in ("--plugin", place(path))]


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _start(cell: Cell, options: dict[str, str], place: Callable[[str], str]) -> list[str]:
    """Return the words up to the pictures; options that are said by these are taken out."""
    if cell.styles and not isinstance(cell.content, Canvas):
        return ["paint", place(cell.content), *map(place, cell.styles)]
    assert cell.settings is not None
    # A reconstruction has other defaults than a painting.
    if not files("init", cell.settings):
        options["init"] = cell.settings.init
    if not cell.settings.plan:
        options["iterations"] = str(cell.settings.completed().iterations)
    if isinstance(cell.content, Canvas):
        options.pop("content_weight", None)
        options["size"] = f"{cell.content.width}x{cell.content.height}"
        start = ["reconstruct", place(cell.styles[0])]
        return [*start, "--style", options.pop("style_layers")]
    options.pop("style_weight", None)
    return ["reconstruct", place(cell.content), "--content", options.pop("content_layers")]


def absolute(path: str) -> str:
    """Return a path that holds everywhere."""
    return str(Path(path).expanduser().absolute())


def named(path: str) -> str:
    """Return the name of a file alone."""
    return Path(path).name


def given(settings: Settings) -> dict[str, Any]:
    """Return the settings that are not at their defaults."""
    usual = Settings()
    return {
        name: getattr(settings, name)
        for name in SPECS
        if getattr(settings, name) not in (None, getattr(usual, name))
    }


def option(name: str, value: Any) -> str:
    """Return the value of a setting as it is typed; empty for a flag.

    Example:
        >>> option("style_layers", (("relu1_1", 1.0), ("relu2_1", 0.5)))
        'relu1_1,relu2_1:0.5'
    """
    if value is True:
        return ""
    if isinstance(value, tuple):
        return ",".join(_item(item) for item in value)
    return _number(value) if isinstance(value, float) else str(value)


def _item(item: Any) -> str:
    if isinstance(item, str):
        return item
    if not isinstance(item, tuple):
        return _number(item)
    first, second = item
    if isinstance(first, str) and second == 1:
        return first
    return f"{first}:{_number(second)}"


def _number(value: float) -> str:
    """Return a number in the fewest characters that give it back."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
