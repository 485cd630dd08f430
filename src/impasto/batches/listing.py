"""Which pictures are to be painted: files, folders, patterns; every style or pairs; or a list."""

from __future__ import annotations

import csv
import glob
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from impasto.errors import SettingsError, UsageError, look_up
from impasto.settings import SPECS, parsing

PICTURE_SUFFIXES: Final = (
    *(".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".gif", ".heic", ".heif"),
    *(".avif", ".jp2", ".jxl", ".tga", ".ppm"),
)
"""Extensions of files that are taken from a folder."""

LIST_COLUMNS: Final = ("content", "style", "name", "preset")
"""What a list may say besides settings."""

LONGEST_LIST: Final = 100_000_000
"""Of a list."""


@dataclass(frozen=True)
class Item:
    """One painting of a batch.

    Attributes:
        content: The photograph.
        styles: The paintings, which are mixed if there are several.
        settings: Its own, as text or values; those of the whole batch hold otherwise.
        name: Of its file; empty for the usual one.
    """

    content: str
    styles: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""


def expand_paths(given: Iterable[str], what: str) -> list[str]:
    """Return picture files: those given, those in folders, those that patterns match.

    Args:
        given: Paths of files and folders, and patterns like ``photos/*.jpg`` or ``**/*.png``.
        what: What they are, for messages.

    Raises:
        UsageError: If a folder or a pattern has none.
    """
    found: dict[str, None] = {}
    for text in given:
        path = Path(text).expanduser()
        each = str(path)
        if path.is_dir():
            inside = sorted(str(p) for p in path.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES)
            if not inside:
                raise UsageError(f"there is no picture in the folder '{each}': give other {what}.")
            found |= dict.fromkeys(inside)
        elif glob.has_magic(each) and not path.exists():
            # Path.glob knows no patterns that begin at the root.
            matched = sorted(filter(os.path.isfile, glob.glob(each, recursive=True)))  # noqa: PTH207
            if not matched:
                raise UsageError(f"no file matches '{each}': give other {what}.")
            found |= dict.fromkeys(matched)
        else:
            found[each] = None
    return list(found)


def product_of(contents: Sequence[str], styles: Sequence[str]) -> list[Item]:
    """Return every photograph in every style."""
    return [Item(content, (style,)) for content in contents for style in styles]


def pairs(contents: Sequence[str], styles: Sequence[str]) -> list[Item]:
    """Return the first photograph in the first style, the second in the second, ...

    Raises:
        SettingsError: If there are not as many.
    """
    if len(contents) != len(styles):
        raise SettingsError(
            f"{len(contents)} photographs and {len(styles)} styles make no pairs: give as many."
        )
    return [Item(content, (style,)) for content, style in zip(contents, styles, strict=True)]


def listed_in(path: Path) -> list[Item]:
    """Return the paintings of a list: CSV with a line of headings, or a JSON object on each line.

    Columns are ``content``, ``style`` (several separated by semicolons, or a JSON list), ``name``
    of the painting, ``preset``, and any setting; an empty field says nothing. Paths hold from the
    list's folder on.

    Raises:
        UsageError: If it cannot be read, or a line of it makes no sense.
    """
    try:
        if path.stat().st_size > LONGEST_LIST:
            raise UsageError(
                f"'{path}' has more than {LONGEST_LIST // 1_000_000} MB: is it a list?"
            )
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"'{path}' cannot be read ({error.strerror}): check the path.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"'{path}' is no text in UTF-8: save the list as such.") from error
    rows = list(_json_lines(path, text) if text.lstrip().startswith("{") else _csv(path, text))
    if not rows:
        raise UsageError(f"the list '{path}' is empty: give it a line for each painting.")
    return [_item(path, number, row) for number, row in rows]


def _csv(path: Path, text: str) -> Iterable[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        for row in reader:
            if None in row or None in row.values():
                raise UsageError(
                    f"'{path}', line {reader.line_num}: it has not as many fields as the headings."
                )
            yield reader.line_num, row
    except csv.Error as error:
        raise UsageError(f"'{path}', line {reader.line_num}: {error}.") from error


def _json_lines(path: Path, text: str) -> Iterable[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"'{path}', line {number}: it is no JSON ({error}).") from error
        if not isinstance(row, dict):
            raise UsageError(f"'{path}', line {number}: it must be a JSON object, like {{...}}.")
        yield number, row


def _item(path: Path, number: int, row: Mapping[str, Any]) -> Item:
    """Return what a line of a list says."""
    where = f"'{path}', line {number}"
    try:
        for name in row:
            look_up({**dict.fromkeys(LIST_COLUMNS), **SPECS}, name, "column")
        given = {name: value for name, value in row.items() if value not in (None, "", [])}
        content, style = given.pop("content", None), given.pop("style", None)
        if not isinstance(content, str) or not content:
            raise UsageError("it names no content: give it the path of a photograph.")
        styles = style.split(";") if isinstance(style, str) else style
        if not isinstance(styles, list) or not all(isinstance(each, str) for each in styles):
            raise UsageError("it names no style: give it the path of a painting.")
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from error
    name = str(given.pop("name", ""))
    return Item(
        _from(path.parent, content),
        tuple(_from(path.parent, each) for each in styles),
        {name: _moved(path.parent, name, value) for name, value in given.items()},
        name,
    )


def _from(folder: Path, path: str) -> str:
    """Return a path of a list that lies in a folder."""
    return str(folder / Path(path.strip()).expanduser())


def _moved(folder: Path, name: str, value: Any) -> Any:
    """Return a setting whose files are seen from a folder; what is no file there is a name."""
    spec = SPECS.get(name)
    if spec is None or spec.parse not in (parsing.path, parsing.paths):
        return value
    several = value.split(",") if isinstance(value, str) else value
    found = [_from(folder, each) for each in several]
    return ",".join(there if Path(there).exists() else each
                    for each, there in zip(several, found, strict=True))  # fmt: skip
