"""Which plugins settings use, and whether those that a picture names are here as they were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from impasto.errors import PluginError
from impasto.plugins.loading import load_installed
from impasto.plugins.plugin import Plugin
from impasto.plugins.tables import TABLES, owner


def used(values: Mapping[str, Any]) -> tuple[Plugin, ...]:
    """Return the plugins that settings use, each with the rows that are used of it.

    Args:
        values: Settings by name, checked.
    """
    rows: dict[Plugin, list[tuple[str, str]]] = {}
    for setting, name in _names(values):
        plugin = owner(setting, name)
        if plugin is not None:
            rows.setdefault(plugin, []).append((setting, name))
    return tuple(replace(plugin, rows=tuple(named)) for plugin, named in rows.items())


def _names(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every name in settings that have a table."""
    for setting in TABLES:
        value = values.get(setting)
        if isinstance(value, str):
            yield setting, value
        elif value is not None:
            yield from ((setting, name) for name, _ in value)


def require(recorded: Iterable[Plugin]) -> None:
    """Find out whether there is every row that a picture was painted with.

    Nothing is loaded for a picture but what has been installed anyway.

    Raises:
        PluginError: If one is missing; the message names its plugin, and how to load that.
    """
    for plugin in recorded:
        for setting, name in plugin.rows:
            if name not in TABLES.get(setting, {}):
                load_installed()
            if name not in TABLES.get(setting, {}):
                raise PluginError(f"{setting} '{name}' is of {_missing(plugin)}.")


def _missing(plugin: Plugin) -> str:
    """Return which plugin is not here, and what to do."""
    if plugin.distribution is not None:
        return f"the plugin {plugin.where}, which is not installed: install it if you trust it"
    if plugin.path is None:
        return f"the program {plugin.where} that has painted the picture: register it again"
    return (
        f"the plugin {plugin.where}, which is not loaded: if you trust that file, give it before "
        "the command, as in `impasto --plugin FILE repeat`, or to impasto.load_plugin"
    )


def state_of(plugin: Plugin) -> str:
    """Return ``"as it was"``, ``"changed"`` or ``"not loaded"`` of what a picture names."""
    now = [owner(setting, name) for setting, name in plugin.rows]
    known = all(name in TABLES.get(setting, {}) for setting, name in plugin.rows)
    if not known:
        return "not loaded"
    same = all(each is not None and each.sha256 == plugin.sha256 for each in now)
    return "as it was" if same else "changed"


def check_unchanged(recorded: Iterable[Plugin]) -> None:
    """Find out whether the rows that a picture was painted with are of the same files now.

    Raises:
        PluginError: If one is not; the message names both, and what to do.
    """
    for plugin in recorded:
        for setting, name in plugin.rows:
            now = owner(setting, name)
            if now is None or now.sha256 != plugin.sha256:
                whose = f"of {now.where}" if now else "Impasto's own"
                raise PluginError(
                    f"{setting} '{name}' was of the plugin {plugin.where} when the picture was "
                    f"painted, and is {whose} now: load the old file, or give --changed-plugins to "
                    "paint with the new one."
                )
