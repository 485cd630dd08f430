"""Errors that a user can cause, and the lookup that suggests the nearest name.

    ImpastoError
    ├── UsageError          bad input: the command line answers it with exit code 2
    │   ├── UnknownName     a layer, backbone, optimizer, ... that does not exist
    │   ├── SettingsError   a setting out of its range, or two that contradict each other
    │   ├── PictureError    a file that cannot be read or written as a picture
    │   ├── WeightsError    a weight file that is missing, damaged, or of another network
    │   ├── PluginError     a plugin that cannot be loaded, is not loaded, or has changed
    │   └── CheckpointError an interrupted run that cannot be continued in this way
    └── FetchError          a download that failed: exit code 1

Every message is one sentence: what was given, the rule, the remedy.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

AnyRow = TypeVar("AnyRow")


class ImpastoError(Exception):
    """Base of every error that Impasto raises on purpose."""

    exit_code = 1


class UsageError(ImpastoError):
    """Bad input, found before anything expensive starts."""

    exit_code = 2


class UnknownName(UsageError, LookupError):
    """A name that is in no table."""


class SettingsError(UsageError, ValueError):
    """A setting out of its range, or settings that contradict each other."""


class PictureError(UsageError):
    """A file that cannot be read or written as a picture."""


class WeightsError(UsageError):
    """A weight file that is missing, damaged, or belongs to another network."""


class PluginError(UsageError):
    """A plugin that cannot be loaded, or that a picture needs and that is not here as it was."""


class CheckpointError(UsageError):
    """A checkpoint that is damaged, or that another painting has left."""


class FetchError(ImpastoError):
    """A download that failed; what was received is kept for the next try."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"did you mean 'x'? "`` for the nearest known name, or an empty string."""
    nearest = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"did you mean '{nearest[0]}'? " if nearest else ""


def look_up(table: Mapping[str, AnyRow], name: str, what: str) -> AnyRow:
    """Return the row called ``name``.

    Args:
        table: The rows by name.
        name: The name asked for.
        what: What the names stand for, as used in the message ("optimizer").

    Raises:
        UnknownName: If there is no such row; the message suggests the nearest name and lists all.

    Example:
        >>> look_up({"lbfgs": 1, "adam": 2}, "adam", "optimizer")
        2
    """
    if name in table:
        return table[name]
    suggestion = did_you_mean(name, table)
    raise UnknownName(f"unknown {what} '{name}': {suggestion}It must be one of {', '.join(table)}.")


def import_row(target: Any) -> Any:
    """Return the object of a table row: the one that ``"module:object"`` names, or itself.

    Tables hold names, not objects, so that reading a table (for ``--help``) needs no torch. Rows of
    plugins hold the object.
    """
    if not isinstance(target, str):
        return target
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def explain(error: Exception) -> str:
    """Return one sentence for an error that nobody expected."""
    text = " ".join(str(error).split())
    # torch has several kinds of its own; on a CPU it is a RuntimeError that says so.
    if isinstance(error, MemoryError) or "allocate memory" in text or "out of memory" in text:
        return "there is not enough memory: try a smaller --size, or a smaller --tile"
    return f"internal error, {type(error).__name__}: {text} (IMPASTO_DEBUG=1 shows where)"
