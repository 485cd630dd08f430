"""One's own defaults for ``impasto paint``: ``impasto.toml``, and the command that shows them."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import platformdirs

from impasto.errors import SettingsError, UsageError, look_up, printable
from impasto.registry import INITIALIZERS
from impasto.settings import EXCLUSIVE, PRESETS, SPECS, Settings, apply, check, expand, parsing

FILE_NAME, VARIABLE = "impasto.toml", "IMPASTO_CONFIG"
"""The file's name, and the variable that names another, or none if it is empty."""


@dataclass(frozen=True)
class OwnDefault:
    """A value that somebody wants where no option is given, and the file that says so."""

    value: Any
    file: Path


def usual_files() -> list[Path]:
    """Return where a file may be: in the working folder, then in the user's; the first wins."""
    chosen = os.environ.get(VARIABLE)
    if chosen is not None:
        return [Path(chosen).expanduser()] if chosen else []
    return [Path.cwd() / FILE_NAME, platformdirs.user_config_path("impasto") / FILE_NAME]


def own_defaults() -> dict[str, OwnDefault]:
    """Return the user's own defaults by the names of the settings; one may be ``preset``.

    Raises:
        UsageError: If a file cannot be read, or has something that is no setting.
    """
    found: dict[str, OwnDefault] = {}
    for file in usual_files():
        if file.is_file() or os.environ.get(VARIABLE):
            for name, value in read_defaults(file).items():
                found.setdefault(name, OwnDefault(value, file))
    return found


def read_defaults(file: Path) -> dict[str, Any]:
    """Return what a file says, each value checked; paths in it lead on from its folder.

    Raises:
        UsageError: If it cannot be read, or has something that is no setting.
    """
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or no TOML
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"'{file}' cannot be read ({reason}): mend it, or move it.") from None
    values = {}
    for key, value in written.items():
        name = key.replace("-", "_")
        try:
            look_up({**SPECS, "preset": None}, name, "setting")
            if name == "preset":
                look_up(PRESETS, value, "preset")
            else:
                value = check(name, in_folder(name, value, file.parent))
        except UsageError as error:
            raise type(error)(f"'{file}': {error}") from None
        values[name] = value
    return values


def in_folder(name: str, value: Any, folder: Path) -> Any:
    """Return a value whose paths, if it has any, lead on from a folder."""
    if SPECS[name].parse is parsing.path and isinstance(value, str) and value not in INITIALIZERS:
        return str(folder / Path(value).expanduser())
    if SPECS[name].parse is parsing.paths and isinstance(value, list):
        return [str(folder / Path(each).expanduser()) for each in value if isinstance(each, str)]
    return value


def with_own_defaults(preset: str | None, given: Mapping[str, Any]) -> Settings:
    """Return the settings of options over a preset over the user's own defaults.

    A preset that the user's own file names stands below the settings in that file. An own default
    gives way to an option beside which it decides nothing, or which it contradicts.

    Raises:
        UsageError: If a setting is wrong, or a file is.
    """
    own = {name: default.value for name, default in own_defaults().items()}
    usual = own.pop("preset", None)
    covered = set(given) | (set(expand(preset, given)) if preset else set())
    for name, (others, _) in {**EXCLUSIVE, "auto": (("style_weight",), "")}.items():
        covered |= set(others) if name in covered else set()
        covered |= {name} if covered & set(others) else set()
    kept = {name: value for name, value in own.items() if name not in covered}
    try:
        return apply(preset or usual, {**kept, **given})
    except SettingsError as error:
        if kept:
            files = sorted({f"'{own_defaults()[name].file}'" for name in kept})
            error.args = (f"{error} ({', '.join(kept)} of {' and '.join(files)} count, too.)",)
        raise


@click.command()
def config() -> None:
    """Show the defaults of `impasto paint`, and which come from a file impasto.toml of your own."""
    own = own_defaults()
    settings = with_own_defaults(None, {}).completed()
    if "preset" in own:
        click.echo(f"{'preset':17} {own['preset'].value:32} {own['preset'].file}")
    for name in SPECS:
        value = getattr(settings, name)
        if name in own:
            why = str(own[name].file)
        elif value != getattr(Settings().completed(), name):
            why = "follows from the others"
        else:
            why = "usual" if value is not None else "nothing, or what the machine decides"
        shown = "" if value is None else value if isinstance(value, str) else json.dumps(value)
        click.echo(printable(f"{name:17} {shown:32} {why}".rstrip()))
    for file in usual_files():
        click.echo(f"{'read' if file.is_file() else 'not there'}: {file}")
