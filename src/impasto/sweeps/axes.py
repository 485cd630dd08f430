"""From ``--vary NAME=a,b,c`` to the cells of a sweep."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from impasto.errors import PictureError, SettingsError, UnknownName, did_you_mean, look_up
from impasto.settings import PRESETS, SPECS, check, check_exclusive, parsing
from impasto.sweeps.cells import Axis, AxisValue, Sweep
from impasto.sweeps.product import product

OTHERS = {
    "content": "photographs",
    "style": "paintings; several for one cell are separated by commas, and cells by semicolons",
    "exchange": "no, yes: content and style change places",
    "preset": "names of presets",
}
"""Axes that are no settings."""


FILE_AXES = (parsing.path, parsing.paths)
"""How settings that name files are read."""


def make_sweep(
    content: str, styles: Sequence[str], given: Mapping[str, Any], vary: Sequence[str]
) -> Sweep:
    """Return the product of all axes.

    Args:
        content: The photograph.
        styles: The paintings.
        given: Settings that all cells share.
        vary: Each ``'NAME=a,b,c'``, or ``'NAME=a;b;c'`` or ``'NAME="a,b",c'`` if values hold
            commas.

    Raises:
        UsageError: If an axis or one of its values does not exist. Values that contradict each
            other spoil their cell only.
    """
    axes = [parse_axis(text, content, styles) for text in vary]
    names = [axis.name for axis in axes]
    if not axes:
        raise SettingsError("nothing varies: give at least one axis, like style_weight=10,100.")
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"'{name}' varies twice: give all of its values at once.")
        if given.get(name) is not None:
            option = f"--{name.replace('_', '-')}"
            raise SettingsError(f"'{name}' varies and is given, too: leave out {option}.")
    if "exchange" in names and len(styles) != 1:
        raise SettingsError("content and style can be exchanged only if there is one style.")
    check_exclusive({**given, **{name: axis.values[0].settings[name]
                                 for name, axis in zip(names, axes, strict=True)}})  # fmt: skip
    shared = [] if "content" in names else [("content", content)]
    shared += [] if "style" in names else [("style", style) for style in styles]
    comparing = compares_networks(names, given)
    if comparing:
        given = {**given, "normalization": "relative"}
    return Sweep(
        title=" × ".join(name.replace("_", " ") for name in names),
        axes=tuple(axes),
        cells=product(axes, content, styles, given),
        sources=tuple(shared),
        notes=(*([ONE_RUN] if "iterations" in names else []), *([ONE_SCALE] if comparing else [])),
    )


ONE_RUN = (
    "Cells that differ in iterations only come from one run. At the coarser sizes they share the "
    "evaluations of the longest; they are painted without continuation unless it is given."
)

ONE_SCALE = "The losses are relative for every network, so that their pictures compare."


def compares_networks(names: Sequence[str], given: Mapping[str, Any]) -> bool:
    """Tell whether a preset's absolute losses would be compared with relative ones.

    A preset is written for one network; on others its losses are relative.
    """
    has_preset = "preset" in names or given.get("preset") is not None
    decided = "normalization" in names or given.get("normalization") is not None
    return "backbone" in names and has_preset and not decided


def parse_axis(text: str, content: str, styles: Sequence[str]) -> Axis:
    """Return the axis that ``"NAME=a,b,c"`` describes.

    Raises:
        UsageError: If there is no such axis, or a value is wrong.

    Example:
        >>> parse_axis("tv-weight=1,10", "a.jpg", ["b.jpg"]).values[1].settings
        {'tv_weight': '10'}
    """
    typed, equals, rest = text.partition("=")
    name = typed.strip().replace("-", "_")
    values = separated(rest, ";")
    values = [unquoted(name, each) for each in (values if len(values) > 1 else separated(rest))]
    values = [value for value in values if value]
    known = [*OTHERS, *SPECS]
    if name not in known:
        raise UnknownName(
            f"'{name}' cannot vary: {did_you_mean(name, known)}"
            f"It must be one of {', '.join(known)}."
        )
    if not equals or not values:
        raise SettingsError(f"'{text}' has no values: give them like {name}=a,b,c.")
    if name in ("content", "style"):
        own = content if name == "content" else listed(styles)
        values = [own, *(value for value in values if value != own)]
    if len(set(values)) < len(values):
        raise SettingsError(f"{name} has a value twice: give each once.")
    return Axis(name, tuple(_value(name, value) for value in values))


def _value(name: str, text: str) -> AxisValue:
    """Return a value, found to be possible by itself."""
    if name in ("content", "style"):
        paths = listed_in(text) if name == "style" else [text]
        for path in paths:
            if not Path(path).is_file():
                raise PictureError(f"there is no picture '{path}' to vary {name}: check the path.")
        label = " + ".join(Path(path).stem for path in paths)
        return AxisValue(label, {name: tuple(paths) if name == "style" else text}, paths[0])
    if name == "exchange":
        try:
            label = "exchanged" if parsing.flag(text) else "as given"
            return AxisValue(label, {name: text})
        except ValueError as error:
            raise SettingsError(f"exchange is '{text}': {error}.") from None
    if name == "preset":
        look_up(PRESETS, text, "preset")
    elif not (name == "style_layers" and text.isdecimal()):
        check(name, text)
    is_file = name in SPECS and SPECS[name].parse in FILE_AXES and Path(text).suffix
    return AxisValue(Path(text).stem if is_file else text, {name: text})


def separated(text: str, separator: str = ",") -> list[str]:
    """Return the parts between separators; those within double quotes separate nothing.

    Example:
        >>> separated('a,"b,c"')
        ['a', '"b,c"']
    """
    return [part.strip() for part in re.findall(f'(?:"[^"]*"|[^{separator}])+', text)]


def unquoted(name: str, value: str) -> str:
    """Return a value without the quotes that hold its commas together.

    Those of the paintings of one cell stay where they are needed: `listed_in` reads them.
    """
    items = listed_in(value)
    return listed(items) if name == "style" else ",".join(items)


def listed_in(text: str) -> list[str]:
    """Return the items of a row of CSV."""
    return [item.strip() for row in csv.reader([text], skipinitialspace=True) for item in row]


def listed(items: Sequence[str]) -> str:
    """Return a row of CSV: items that hold commas themselves are in double quotes."""
    row = io.StringIO()
    csv.writer(row, lineterminator="").writerow(items)
    return row.getvalue()
