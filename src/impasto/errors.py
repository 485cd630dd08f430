"""Errors that a user can cause, and the lookup that suggests the nearest name.

    ImpastoError
    ├── UsageError          bad input: the command line answers it with exit code 2
    │   ├── UnknownName     a layer, backbone, optimizer, ... that does not exist
    │   ├── SettingsError   a setting out of its range, or two that contradict each other
    │   ├── PictureError    a file that cannot be read or written as a picture
    │   ├── SoundError      a file that cannot be read or written as a sound, or a sound unfit
    │   ├── WeightsError    a weight file that is missing, damaged, or of another network
    │   ├── PluginError     a plugin that cannot be loaded, is not loaded, or has changed
    │   └── CheckpointError an interrupted run that cannot be continued in this way
    └── FetchError          a download that failed: exit code 1

Every message is one sentence: what was given, the rule, the remedy. What was given may come from a
file that somebody else has made, so a message is shown in `printable` characters.
"""

from __future__ import annotations

import difflib
import importlib
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

AnyRow = TypeVar("AnyRow")


LONGEST_MESSAGE = 2000
"""Characters that are shown of a text; a path has at most 4096 bytes, and mostly far fewer."""


def printable(text: str, longest: int = LONGEST_MESSAGE) -> str:
    r"""Return a text that a terminal shows and does not obey, cut in its middle if it is long.

    Control characters, marks that turn the direction of writing, and lone surrogates are escaped.

    Example:
        >>> printable("a\x1b[2Jb"), printable("0123456789", longest=4)
        ('a\\x1b[2Jb', '01 … 89')
    """
    if len(text) > longest:
        text = f"{text[: longest // 2]} … {text[-(longest // 2) :]}"
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or unicodedata.category(each) == "Zs" else repr(each)[1:-1]
        for each in text
    )


class ImpastoError(Exception):
    """Base of every error that Impasto raises on purpose."""

    exit_code = 1

    def __str__(self) -> str:
        return printable(super().__str__())


class UsageError(ImpastoError):
    """Bad input, found before anything expensive starts."""

    exit_code = 2


class UnknownName(UsageError, LookupError):
    """A name that is in no table."""


class SettingsError(UsageError, ValueError):
    """A setting out of its range, or settings that contradict each other."""


class PictureError(UsageError):
    """A file that cannot be read or written as a picture."""


class SoundError(UsageError):
    """A file that cannot be read or written as a sound, or a sound that teaches nothing."""


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
    text = printable(" ".join(str(error).split()))
    # torch has several kinds of its own; on a CPU it is a RuntimeError that says so.
    if isinstance(error, MemoryError) or "allocate memory" in text or "out of memory" in text:
        return "there is not enough memory: try a smaller --size, or a smaller --tile"
    return f"internal error, {type(error).__name__}: {text} (IMPASTO_DEBUG=1 shows where)"
