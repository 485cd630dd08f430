"""The product of axes: one cell for every combination of their values."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from impasto.backbones import BACKBONES
from impasto.errors import SettingsError, UsageError
from impasto.settings import LayerWeights, Settings, check_exclusive, expand, parsing
from impasto.sweeps.cells import Axis, Cell
from impasto.sweeps.names import file_name, unique


def product(
    axes: Sequence[Axis], content: str, styles: Sequence[str], given: Mapping[str, Any]
) -> tuple[Cell, ...]:
    """Return a cell for every combination of the axes' values, the last axis fastest.

    Args:
        axes: Whose values say what they set.
        content: The photograph, where no axis sets another.
        styles: The paintings, likewise.
        given: Settings that all cells share; the axes' win over them.

    Raises:
        UsageError: If not one of the cells is possible; otherwise what is wrong is a cell's error.
    """
    places = itertools.product(*(range(len(axis.values)) for axis in axes))
    cells = [_cell(axes, place, content, styles, given) for place in places]
    if all(cell.settings is None for cell in cells):
        raise UsageError(cells[0].error)
    return unique(share_runs(cells))


def _cell(
    axes: Sequence[Axis],
    place: tuple[int, ...],
    content: str,
    styles: Sequence[str],
    given: Mapping[str, Any],
) -> Cell:
    """Return one cell; values that contradict each other become its error."""
    chosen: dict[str, Any] = {}
    for axis, at in zip(axes, place, strict=True):
        chosen |= axis.values[at].settings
    name = file_name(axes, place)
    content = chosen.pop("content", content)
    styles = chosen.pop("style", styles)
    if parsing.flag(chosen.pop("exchange", "no")):
        content, styles = styles[0], [content]
    try:
        check_exclusive({**given, **chosen})
        settings = settings_of({**given, **chosen})
    except UsageError as error:
        return Cell(name, place, content, tuple(styles), None, str(error))
    return Cell(name, place, content, tuple(styles), settings)


def settings_of(values: Mapping[str, Any]) -> Settings:
    """Return settings, with two liberties.

    ``preset`` names a preset, and ``style_layers`` may be a number: so many of the layers that
    there are without it, with their weights.
    """
    preset = values.get("preset")
    given = {name: value for name, value in values.items() if name != "preset"}
    layers = given.get("style_layers")
    if isinstance(layers, str) and layers.isdecimal():
        without = {name: value for name, value in given.items() if name != "style_layers"}
        usual = usual_layers(Settings(**expand(preset, without)))
        if not 1 <= int(layers) <= len(usual):
            raise SettingsError(f"style_layers is {layers}: there are {len(usual)} to choose from.")
        given["style_layers"] = usual[: int(layers)]
    return Settings(**expand(preset, given))


def usual_layers(settings: Settings) -> LayerWeights:
    """Return the style layers of settings, from shallow to deep: the network's own if open."""
    return settings.style_layers or BACKBONES[settings.backbone].style_layers


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
    return replace(cell, settings=settings)


def evaluations(settings: Settings) -> int:
    """Return the evaluations at the final size."""
    return settings.completed().plan[-1][1]


def _but_iterations(cell: Cell) -> Any:
    assert cell.settings is not None
    return cell.content, cell.styles, cell.settings.replace(iterations=None)
