"""From ``--vary NAME=a,b,c`` to the cells of a sweep."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from impasto.backbones import BACKBONES
from impasto.errors import (
    PictureError,
    SettingsError,
    UnknownName,
    UsageError,
    did_you_mean,
    look_up,
)
from impasto.settings import PRESETS, SPECS, Settings, check, check_exclusive, expand, parsing
from impasto.sweeps.cells import Axis, AxisValue, Cell, Sweep
from impasto.sweeps.names import file_name, unique

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
    check_exclusive({**given, **{axis.name: axis.values[0].text for axis in axes}})
    settings_of(dict(given))
    made = [_cell(axes, place, content, styles, given) for place in _places(axes)]
    sources = [("content", content), *(("style", style) for style in styles)]
    shared = [(what, path) for what, path in sources if what not in names]
    return Sweep(
        title=" × ".join(name.replace("_", " ") for name in names),
        axes=tuple(axes),
        cells=unique(share_runs(made)),
        sources=tuple(shared),
        notes=_notes(names),
    )


def parse_axis(text: str, content: str, styles: Sequence[str]) -> Axis:
    """Return the axis that ``"NAME=a,b,c"`` describes.

    Raises:
        UsageError: If there is no such axis, or a value is wrong.

    Example:
        >>> parse_axis("tv-weight=1,10", "a.jpg", ["b.jpg"]).values[1].text
        '10'
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
        return AxisValue(" + ".join(Path(path).stem for path in paths), text, paths[0])
    if name == "exchange":
        try:
            return AxisValue("exchanged" if parsing.flag(text) else "as given", text)
        except ValueError as error:
            raise SettingsError(f"exchange is '{text}': {error}.") from None
    if name == "preset":
        look_up(PRESETS, text, "preset")
    elif not (name == "style_layers" and text.isdecimal()):
        check(name, text)
    is_file = name in SPECS and SPECS[name].parse in FILE_AXES and Path(text).suffix
    return AxisValue(Path(text).stem if is_file else text, text)


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


def _places(axes: Sequence[Axis]) -> itertools.product[tuple[int, ...]]:
    return itertools.product(*(range(len(axis.values)) for axis in axes))


def _cell(
    axes: Sequence[Axis],
    place: tuple[int, ...],
    content: str,
    styles: Sequence[str],
    given: Mapping[str, Any],
) -> Cell:
    """Return one cell; values that contradict each other become its error."""
    chosen = {axis.name: axis.values[at].text for axis, at in zip(axes, place, strict=True)}
    name = file_name(axes, place)
    content = chosen.pop("content", content)
    styles = listed_in(chosen.pop("style")) if "style" in chosen else styles
    if parsing.flag(chosen.pop("exchange", "no")):
        content, styles = styles[0], [content]
    try:
        check_exclusive({**given, **chosen})
        settings = settings_of({**given, **chosen})
    except UsageError as error:
        return Cell(name, place, content, tuple(styles), None, str(error))
    return Cell(name, place, content, tuple(styles), settings)


def settings_of(values: dict[str, Any]) -> Settings:
    """Return settings, with two liberties.

    ``preset`` names a preset, and ``style_layers`` may be a number: so many of the network's own.
    """
    values = expand(values.get("preset"), {k: v for k, v in values.items() if k != "preset"})
    layers = values.get("style_layers")
    if isinstance(layers, str) and layers.isdecimal():
        backbone = settings_of({**values, "style_layers": None}).backbone
        usual = BACKBONES[backbone].style_layers
        if not 1 <= int(layers) <= len(usual):
            raise SettingsError(
                f"style_layers is {layers}: '{backbone}' has {len(usual)} usual style layers."
            )
        values = {**values, "style_layers": usual[: int(layers)]}
    return Settings(**values)


def share_runs(cells: Sequence[Cell]) -> list[Cell]:
    """Let cells that differ in ``iterations`` only share the plan of the coarser sizes.

    They can then be taken from one run: the shorter ones are pictures on its way. So its weights
    are as given from the start, without continuation, unless that is asked for.
    """
    groups: dict[Any, list[Settings]] = {}
    for cell in cells:
        if cell.settings is not None:
            groups.setdefault(_but_iterations(cell), []).append(cell.settings)
    return [_in_one_run(cell, groups) for cell in cells]


def _in_one_run(cell: Cell, groups: Mapping[Any, Sequence[Settings]]) -> Cell:
    if cell.settings is None:
        return cell
    group = groups[_but_iterations(cell)]
    longest = max(group, key=evaluations)
    if evaluations(longest) == min(map(evaluations, group)) or longest.plan:
        return cell
    *coarse, (size, _) = longest.completed().plan
    plan = (*coarse, (size, evaluations(cell.settings)))
    settings = cell.settings.replace(
        plan=plan, levels=None, continuation=cell.settings.continuation or 0
    )
    return Cell(cell.name, cell.place, cell.content, cell.styles, settings)


def evaluations(settings: Settings) -> int:
    """Return the evaluations at the final size."""
    return settings.completed().plan[-1][1]


def _but_iterations(cell: Cell) -> Any:
    assert cell.settings is not None
    return cell.content, cell.styles, cell.settings.replace(iterations=None)


def _notes(names: Sequence[str]) -> tuple[str, ...]:
    if "iterations" not in names:
        return ()
    return (
        "Cells that differ in iterations only come from one run. At the coarser sizes they share "
        "the evaluations of the longest; they are painted without continuation unless it is given.",
    )
