"""The figures of the paper, as products of settings.

Source: Gatys et al. (2015), figures 1 to 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from impasto.backbones import BACKBONES
from impasto.errors import SettingsError
from impasto.images import Canvas, read
from impasto.job import inversion, texture
from impasto.settings import LayerWeights, check_exclusive
from impasto.sweeps.axes import settings_of
from impasto.sweeps.cells import Axis, AxisValue, Cell, Sweep
from impasto.sweeps.names import file_name, unique

RATIOS = (1e-5, 1e-4, 1e-3, 1e-2)
"""α/β of the columns of figure 3."""

TIMES_DEFAULT = 3000
"""What the ratios of the paper are multiplied by to get multiples of a default balance: 0.03, 0.3,
3 and 30. With the pocket network and the relative normalization these go, as in the paper, from
little more than texture to little less than the photograph."""

OWN = {
    1: ("content_layers", "content_weight", "style_weight"),
    2: (),
    3: ("content_weight",),
}
"""Settings that a figure varies itself."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"

RECONSTRUCTED: dict[str, Any] = {"levels": 1, "iterations": 300}
"""One size, as in the paper: a texture of shallow layers would keep blobs of the coarser sizes,
which these layers do not see."""

FROM_NOISE: dict[str, Any] = {"init": "noise", "iterations": 200}
"""As in the paper, figure 3 starts from noise, so that small ratios can lose the photograph."""


def figure(number: int, content: str, styles: Sequence[str], given: dict[str, Any]) -> Sweep:
    """Return a figure of the paper as a sweep.

    Args:
        number: 1, 2 or 3.
        content: The photograph.
        styles: One painting; several for figure 2.
        given: Settings that all cells share.

    Raises:
        UsageError: If a setting is wrong, or there are too many styles.
    """
    check_exclusive(given)
    for name in OWN[number]:
        if name in given:
            raise SettingsError(f"figure {number} chooses {name} itself: leave it out.")
    if number == 2:
        return styles_of_figure(content, styles, given)
    if len(styles) != 1:
        raise SettingsError(f"figure {number} takes one style, not {len(styles)}.")
    make = reconstructions if number == 1 else layers_and_ratios
    return make(content, styles[0], given)


def reconstructions(content: str, style: str, given: dict[str, Any]) -> Sweep:
    """Return figure 1: what each layer knows of a photograph, and of a painting's style.

    The first row inverts single layers, the second makes textures of all layers down to one.
    ``style_layers`` among the settings names the depths; by default, the network's style layers.
    """
    depths, shape = depths_of(given), read(content).rgb.shape
    values = {k: v for k, v in {**RECONSTRUCTED, **given}.items() if k != "style_layers"}
    rows = (AxisValue("content of this layer alone", "content", content),
            AxisValue("style of all layers up to this", "style", style))  # fmt: skip
    canvas, size = Canvas(shape[1], shape[0]), settings_of(given).size
    cells = []
    for at, (layer, _) in enumerate(depths):
        settings = inversion(layer, values)
        cells.append(Cell(f"content-{layer}", (0, at), content, (), settings))
    for at, (layer, _) in enumerate(depths):
        settings = texture(depths[: at + 1], values, size)
        cells.append(Cell(f"style-{layer}", (1, at), canvas, (style,), settings))
    axes = (Axis("reconstruction", rows), Axis("layer", lettered(depths)))
    return Sweep("Figure 1: reconstructions from content and from style", axes, unique(cells))


def styles_of_figure(content: str, styles: Sequence[str], given: dict[str, Any]) -> Sweep:
    """Return figure 2: one photograph in several styles."""
    settings = settings_of(given)
    axis = Axis("style", tuple(AxisValue(Path(style).stem, style, style) for style in styles))
    cells = [
        Cell(file_name([axis], [at]), (at,), content, (style,), settings)
        for at, style in enumerate(styles)
    ]
    title = "Figure 2: one photograph in several styles"
    return Sweep(title, (axis,), unique(cells), (("content", content),))


def layers_and_ratios(content: str, style: str, given: dict[str, Any]) -> Sweep:
    """Return figure 3: style layers, more from row to row, against ratios of content and style."""
    depths, columns = depths_of(given), balances(given)
    cells = []
    for row, (layer, _) in enumerate(depths):
        for column, (label, weight) in enumerate(columns):
            chosen = {"style_layers": depths[: row + 1], "content_weight": weight}
            settings = settings_of({**FROM_NOISE, **given, **chosen})
            name = f"{layer}-ratio-{label.split()[0]}"
            cells.append(Cell(name, (row, column), content, (style,), settings))
    axes = (
        Axis("style_layers", lettered(depths, "up to ")),
        Axis("ratio", tuple(AxisValue(label, label) for label, _ in columns)),
    )
    note = "Columns: the weight of the content over the weight of the style"
    if not is_paper(given):
        note += ", as a multiple of the default balance, in place of the paper's 1e-5 to 1e-2"
    sources = (("content", content), ("style", style))
    title = "Figure 3: style layers and the ratio of content to style"
    return Sweep(title, axes, unique(cells), sources, (f"{note}.",))


def depths_of(given: dict[str, Any]) -> LayerWeights:
    """Return the layers of a figure, from shallow to deep."""
    settings = settings_of(given)
    return settings.style_layers or BACKBONES[settings.backbone].style_layers


def lettered(layers: LayerWeights, words: str = "") -> tuple[AxisValue, ...]:
    """Return the layers with the letters that the paper gives them."""
    return tuple(
        AxisValue(f"({letter}) {words}{layer}", layer)
        for letter, (layer, _) in zip(LETTERS, layers, strict=False)
    )


def balances(given: dict[str, Any]) -> list[tuple[str, float]]:
    """Return the columns of figure 3: labels, and weights of the content.

    Under the paper's own network and equations, the ratios are α/β; elsewhere they are multiples of
    the default balance, since losses of other scales have other ratios.
    """
    settings = settings_of(given).completed()
    beta = settings.style_weight
    if is_paper(given):
        return [(f"1e{round_power(ratio)}", ratio * beta) for ratio in RATIOS]
    weights = ("style_weight", "content_weight")
    usual = settings_of({k: v for k, v in given.items() if k not in weights}).completed()
    default = usual.content_weight / usual.style_weight * beta
    multiples = [ratio * TIMES_DEFAULT for ratio in RATIOS]
    return [(f"{multiple:g} x default", multiple * default) for multiple in multiples]


def round_power(ratio: float) -> int:
    """Return the power of ten that a ratio is.

    Example:
        >>> round_power(1e-5)
        -5
    """
    return int(f"{ratio:e}".partition("e")[2])


def is_paper(given: dict[str, Any]) -> bool:
    """Tell whether ratios mean what they mean in the paper."""
    settings = settings_of(given)
    return settings.backbone == "vgg19" and settings.normalization == "paper"
