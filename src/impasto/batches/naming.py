"""What each painting is called."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath
from string import Formatter
from typing import Final

from impasto.batches.listing import Item
from impasto.errors import UsageError, look_up
from impasto.images import FILE_FORMATS

USUAL_NAME: Final = "{content}-{style}.png"
"""How a painting is called if nobody has said."""

NAME_FIELDS: Final = ("content", "style", "folder", "number")
"""What a name may hold in braces: names of the pictures without extension, the folder of the
photograph, and the painting's number, from 1."""


def names(items: Sequence[Item], pattern: str = USUAL_NAME) -> list[str]:
    """Return the file of every painting, from the folder of the batch on.

    Args:
        items: The paintings; the name that one has of its own wins.
        pattern: With fields in braces, see `NAME_FIELDS`; it may name folders.

    Raises:
        UsageError: If the pattern has other fields, leads out of the folder, or gives two paintings
            one name.

    Example:
        >>> names([Item("photos/cat.jpg", ("ink.png",))], "{style}/{content}.jpg")
        ['ink/cat.jpg']
    """
    check_pattern(pattern)
    found: dict[str, tuple[str, Item]] = {}
    for number, item in enumerate(items, start=1):
        name = item.name or pattern.format_map(fields(item, number, len(items)))
        name = name if PurePath(name).suffix.lower() in FILE_FORMATS else f"{name}.png"
        check_inside(name)
        _, same = found.setdefault(name.lower(), (name, item))
        if same is not item:
            raise UsageError(
                f"two paintings would be called '{name}', of '{same.content}' and "
                f"'{item.content}': "
                "tell them apart with --name, like '{folder}-{content}-{style}.png' or "
                "'{number}-{style}.png'."
            )
    return [name for name, _ in found.values()]


def fields(item: Item, number: int, count: int) -> dict[str, str]:
    """Return what may stand in a name, of one of so many paintings."""
    return {
        "content": Path(item.content).stem,
        "style": "-".join(Path(each).stem for each in item.styles),
        "folder": Path(item.content).absolute().parent.name,
        "number": str(number).zfill(len(str(count))),
    }


def check_pattern(pattern: str) -> None:
    """Raise UsageError for a pattern with braces that do not match, or with other fields."""
    try:
        parsed = list(Formatter().parse(pattern))
    except ValueError as error:
        raise UsageError(f"the name '{pattern}' makes no sense ({error}).") from error
    for _, field, form, conversion in parsed:
        if field is not None:
            look_up(dict.fromkeys(NAME_FIELDS), field, "field of a name")
        if form or conversion:
            raise UsageError(f"the name '{pattern}' makes no sense: write {{{field}}} alone.")


def check_inside(name: str) -> None:
    """Raise UsageError for a name that leads out of the folder."""
    inside = PurePath(name)
    if inside.is_absolute() or ".." in inside.parts:
        raise UsageError(f"the name '{name}' leads out of the folder of the batch: give another.")
