"""The tables that plugins add rows to, and which plugin a row is of."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from impasto.backbones import BACKBONES
from impasto.errors import PluginError
from impasto.normalization import NORMALIZATIONS
from impasto.plugins.plugin import Plugin
from impasto.registry import (
    COLOR_MATCHES,
    FINISHES,
    INITIALIZERS,
    LEARNING_RATES,
    OPTIMIZERS,
    SPREADS,
    STYLE_LOSSES,
    VARIATIONS,
)

TABLES: Mapping[str, dict[str, Any]] = {
    "style_loss": STYLE_LOSSES,
    "optimizer": OPTIMIZERS,
    "init": INITIALIZERS,
    "backbone": BACKBONES,
    "normalization": NORMALIZATIONS,
    "tv": VARIATIONS,
    "color_match": COLOR_MATCHES,
    "mask_spread": SPREADS,
    "finish": FINISHES,
}
"""By the setting that chooses a row."""

ROW_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
"""What a row may be called: commas, colons and slashes mean something in settings."""

_owners: dict[tuple[str, str], Plugin] = {}
"""The plugin of a row, by setting and name. Rows that are not in it are Impasto's own."""

_loading: Plugin | None = None
"""The plugin that is being loaded."""


def owner(setting: str, name: str) -> Plugin | None:
    """Return the plugin that has registered a row; None for those of Impasto itself."""
    return _owners.get((setting, name))


def owners() -> set[Plugin]:
    """Return all plugins that have registered a row."""
    return set(_owners.values())


def add(setting: str, name: str, row: Any) -> None:
    """Add a row, of the plugin that is being loaded or of the program that calls.

    Raises:
        PluginError: If the name is taken, or is none.
    """
    if not ROW_NAME.fullmatch(name):
        raise PluginError(
            f"{setting} cannot be called {name!r}: a name begins with a letter and has only "
            "letters, digits, dots, dashes and underscores."
        )
    plugin, has = _loading or _program(), owner(setting, name)
    if name in TABLES[setting] and not (has and has.is_place_of(plugin)):
        whose = f"of the plugin {has.where}" if has else "Impasto's own"
        raise PluginError(f"{setting} '{name}' is {whose} already: choose another name.")
    TABLES[setting][name] = row
    _owners[setting, name] = plugin


def _program() -> Plugin:
    """Return the program that registers a row by itself, without being loaded as a plugin."""
    frame = sys._getframe()
    while frame.f_globals.get("__package__") == __package__ and frame.f_back is not None:
        frame = frame.f_back
    name, file = str(frame.f_globals.get("__name__")), frame.f_globals.get("__file__")
    if file is None or not Path(file).is_file():
        return Plugin(name, None, "")
    path = Path(file).resolve()
    return Plugin.of_file(path, path.read_bytes(), name)


@contextmanager
def registering(plugin: Plugin) -> Iterator[None]:
    """Let rows be of a plugin meanwhile, in place of those that its file had registered before.

    If it fails, all rows are as before.
    """
    tables: list[dict[Any, Any]] = [*TABLES.values(), LEARNING_RATES, _owners]
    before = [dict(table) for table in tables]
    global _loading
    outer, _loading = _loading, plugin
    try:
        _forget(plugin)
        yield
    except BaseException:
        for table, rows in zip(tables, before, strict=True):
            table.clear()
            table.update(rows)
        raise
    finally:
        _loading = outer


def _forget(plugin: Plugin) -> None:
    """Take out the rows that an earlier version of a plugin has registered."""
    for setting, name in [key for key, has in _owners.items() if has.is_place_of(plugin)]:
        del TABLES[setting][name], _owners[setting, name]
        if setting == "optimizer":
            LEARNING_RATES.pop(name, None)


def adopt(plugin: Plugin, *before: Plugin) -> None:
    """Let rows be of a plugin that until now were of others, or of its file as a mere module."""
    for key, has in _owners.items():
        if has in before or has.is_place_of(plugin):
            _owners[key] = plugin
