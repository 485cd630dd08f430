"""The axes of figures, each made from what is asked for, and the cells of reconstructions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impasto.images import Canvas, read
from impasto.job import inversion, texture
from impasto.settings import LayerWeights
from impasto.sweeps.axes import parse_axis
from impasto.sweeps.cells import Axis, AxisValue, Cell
from impasto.sweeps.names import unique
from impasto.sweeps.product import settings_of, usual_layers

RATIOS = (1e-5, 1e-4, 1e-3, 1e-2)
"""α/β of the columns of figure 3."""

STYLE_RATIOS = (1e-3, 1e-3, 1e-3, 1e-4)
"""α/β of the styles of figure 2, B to E; the last one is that of all further styles, too."""

TIMES_DEFAULT = 3000
"""What the ratios of the paper are multiplied by to get multiples of a default balance: 0.03, 0.3,
3 and 30. With the pocket network and the relative normalization these go, as in the paper, from
little more than texture to little less than the photograph."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Request:
    """What a figure is to be made of.

    Attributes:
        content: The photograph.
        styles: The paintings.
        settings: What all cells share, a preset among them.
        given: Which of these somebody has given.
        quick: Whether a tenth of the evaluations is enough.
    """

    content: str
    styles: tuple[str, ...]
    settings: Mapping[str, Any]
    given: Mapping[str, Any]
    quick: bool = False


MakeAxis = Callable[[Request], Axis]


def tenth(evaluations: int) -> int:
    """Return a tenth of some evaluations, at least two."""
    return max(evaluations // 10, 2)


def varying(text: str) -> MakeAxis:
    """Return an axis as ``impasto sweep --vary`` has it."""
    return lambda wanted: parse_axis(text, wanted.content, wanted.styles)


def iterations(*counts: int, each: int = 1, unit: str = "iterations") -> MakeAxis:
    """Return an axis of numbers of evaluations, counted in steps of ``each``."""

    def make(wanted: Request) -> Axis:
        shown = [tenth(count) if wanted.quick else count for count in counts]
        values = [AxisValue(f"{count} {unit}", {"iterations": count * each}) for count in shown]
        return Axis("iterations", tuple(values))

    return make


def choices(name: str, values: Mapping[str, Mapping[str, Any]]) -> MakeAxis:
    """Return an axis whose values set several settings each, by their labels."""

    def make(wanted: Request) -> Axis:
        return Axis(name, tuple(AxisValue(label, each) for label, each in values.items()))

    return make


def each_style(wanted: Request) -> Axis:
    """Return an axis with one painting after the other."""
    styles = [AxisValue(Path(each).stem, {"style": (each,)}, each) for each in wanted.styles]
    return Axis("style", tuple(styles))


def styles_with_ratios(wanted: Request) -> Axis:
    """Return an axis with one painting after the other, each with the paper's α/β for its place.

    With other losses, or where a weight is given, all of them have the same.
    """
    axis, settings = each_style(wanted), settings_of(wanted.settings).completed()
    if not has_ratios_of_paper(wanted) or {"content_weight", "style_weight"} & wanted.given.keys():
        return axis
    values = []
    for at, value in enumerate(axis.values):
        ratio = STYLE_RATIOS[min(at, len(STYLE_RATIOS) - 1)]
        chosen = {**value.settings, "content_weight": ratio * settings.style_weight}
        label = f"({LETTERS[(at + 1) % 26]}) {value.label}, α/β = 1e{power(ratio)}"
        values.append(AxisValue(label, chosen, value.picture))
    return Axis(axis.name, tuple(values))


def growing_layers(least: int = 1) -> MakeAxis:
    """Return an axis of the style layers there are, from the first ``least`` to all of them."""

    def make(wanted: Request) -> Axis:
        depths = depths_of(wanted)
        values = [
            AxisValue(f"({LETTERS[at]}) up to {layer}", {"style_layers": depths[: at + 1]})
            for at, (layer, _) in enumerate(depths)
        ]
        return Axis("style_layers", tuple(values[least - 1 :]))

    return make


def ratios(wanted: Request) -> Axis:
    """Return the columns of figure 3: α/β by weights of the content.

    Under the paper's own network and losses they are its ratios; elsewhere they are multiples of
    the default balance, since losses of other scales have other ratios.
    """
    settings = settings_of(wanted.settings).completed()
    beta = settings.style_weight
    if has_ratios_of_paper(wanted):
        values = [(f"α/β = 1e{power(ratio)}", ratio * beta) for ratio in RATIOS]
    else:
        without = {n: v for n, v in wanted.settings.items() if n != "style_weight"}
        usual = settings_of(without).completed()
        default = usual.content_weight / usual.style_weight * beta
        multiples = [ratio * TIMES_DEFAULT for ratio in RATIOS]
        values = [(f"{each:g} x default", each * default) for each in multiples]
    return Axis("ratio", tuple(AxisValue(label, {"content_weight": w}) for label, w in values))


def has_ratios_of_paper(wanted: Request) -> bool:
    """Tell whether ratios of α and β mean what they mean in the paper."""
    settings = settings_of(wanted.settings)
    return settings.backbone == "vgg19" and settings.normalization == "gatys2015"


def power(ratio: float) -> int:
    """Return the power of ten that a ratio is.

    Example:
        >>> power(1e-5)
        -5
    """
    return int(f"{ratio:e}".partition("e")[2])


def depths_of(wanted: Request) -> LayerWeights:
    """Return the layers of a figure, from shallow to deep: those given, or the usual ones."""
    return usual_layers(settings_of(wanted.settings))


def reconstruction(wanted: Request) -> Axis:
    """Return the rows of figure 1."""
    alone = {"content_layers": None, "style_weight": 0}
    content = AxisValue("content of this layer alone", alone, wanted.content)
    style = AxisValue("style of all layers up to this", {"content_weight": 0}, wanted.styles[0])
    return Axis("reconstruction", (content, style))


def layers_alone(wanted: Request) -> Axis:
    """Return the columns of figure 1."""
    names = [layer for layer, _ in depths_of(wanted)]
    return Axis("layer", tuple(AxisValue(f"({LETTERS[at]}) {name}", {}) for at, name in
                               enumerate(names)))  # fmt: skip


def reconstructed(axes: Sequence[Axis], wanted: Request) -> tuple[Cell, ...]:
    """Return the cells of figure 1: inversions of single layers, and textures of growing sets."""
    depths, shape = depths_of(wanted), read(wanted.content).rgb.shape
    values = {k: v for k, v in wanted.settings.items() if k != "style_layers"}
    canvas, size = Canvas(shape[1], shape[0]), settings_of(wanted.settings).size
    cells = []
    for at, (layer, _) in enumerate(depths):
        settings = inversion(layer, values)
        cells.append(Cell(f"content-{layer}", (0, at), wanted.content, (), settings))
    for at, (layer, _) in enumerate(depths):
        settings = texture(depths[: at + 1], values, size)
        cells.append(Cell(f"style-{layer}", (1, at), canvas, wanted.styles, settings))
    return unique(cells)
