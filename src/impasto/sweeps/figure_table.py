"""The figures of the paper and of its early readers: a table.

A figure is settings that all cells share, and axes. What the sources say of each, and where their
texts and their programs disagree, is on the pages in docs/sources/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from impasto.sweeps.cells import Axis, Cell
from impasto.sweeps.figure_axes import (
    Request,
    choices,
    each_style,
    growing_layers,
    iterations,
    layers_alone,
    ratios,
    reconstructed,
    reconstruction,
    styles_with_ratios,
    varying,
)
from impasto.sweeps.product import product


@dataclass(frozen=True)
class Figure:
    """One row: a figure of a source.

    Attributes:
        title: A heading.
        sentence: What it shows.
        source: Where it was published.
        settings: What all cells share, with the preset of the source.
        axes: Make the axes from what is asked for, rows before columns.
        make: Makes the cells of the axes.
        one_style: Whether it is of one painting, and not of each that is given.
        costs: Whether time and memory are written below each cell of the sheet.
    """

    title: str
    sentence: str
    source: str
    settings: Mapping[str, Any]
    axes: tuple[Callable[[Request], Axis], ...]
    make: Callable[[Sequence[Axis], Request], tuple[Cell, ...]] = field(
        default=lambda axes, wanted: product(axes, wanted.content, wanted.styles, wanted.settings)
    )
    one_style: bool = True
    costs: bool = False


_PAPER = "Gatys, Ecker and Bethge (2015)"
_LIU = "Liu, Artistic style transfer"
_KANG = "Kang, slides on his Keras program"
_BUDHIRAJA = "Budhiraja, styletransfer"

FIGURES: dict[str, Figure] = {
    "paper-1": Figure(
        "Figure 1: reconstructions from content and from style",
        "what each layer knows of the photograph, and of the painting's style",
        f"{_PAPER}, figure 1",
        {"init": "faint", "levels": 1, "iterations": 300},
        (reconstruction, layers_alone),
        make=reconstructed,
    ),
    "paper-2": Figure(
        "Figure 2: one photograph in several styles",
        "the photograph in one style after the other, each with its ratio of content to style",
        f"{_PAPER}, figure 2",
        {"preset": "paper", "iterations": 300},
        (styles_with_ratios,),
        one_style=False,
    ),
    "paper-3": Figure(
        "Figure 3: style layers and the ratio of content to style",
        "style layers, more from row to row, against ratios of content to style",
        f"{_PAPER}, figure 3",
        {"preset": "paper", "iterations": 300},
        (growing_layers(), ratios),
    ),
    "liu-styles": Figure(
        "Liu: one photograph in several styles",
        "the photograph in one style after the other, 500 iterations at a ratio of 1e5",
        _LIU,
        {"preset": "liu", "style_weight": 1e5, "iterations": 500},
        (each_style,),
        one_style=False,
    ),
    "liu-iterations": Figure(
        "Liu: number of iterations",
        "the same painting after 50 to 800 iterations",
        _LIU,
        {"preset": "liu", "style_weight": 1e5},
        (iterations(50, 100, 200, 400, 800),),
    ),
    "liu-networks": Figure(
        "Liu: networks",
        "networks beside each other, with one normalization and one ratio, time and memory",
        _LIU,
        {"preset": "liu", "normalization": "relative", "style_weight": 20, "iterations": 100},
        (varying("backbone=vgg19,googlenet_caffe,caffenet,squeezenet1_1,pocket"),),
        costs=True,
    ),
    "kang-style-weight": Figure(
        "Kang: style weight",
        "style weights from 1e2 to 1e5",
        _KANG,
        {"preset": "kang"},
        (varying("style_weight=1e2,1e3,1e4,1e5"),),
    ),
    "kang-variation": Figure(
        "Kang: total variation",
        "weights of the total variation from 1 to 1e3",
        _KANG,
        {"preset": "kang"},
        (varying("tv_weight=1,10,100,1000"),),
    ),
    "kang-layers": Figure(
        "Kang: style layers",
        "two to five style layers",
        _KANG,
        {"preset": "kang"},
        (growing_layers(2),),
    ),
    "kang-iterations": Figure(
        "Kang: every 20 iterations",
        "the painting after every 20 iterations",
        _KANG,
        {"preset": "kang"},
        (iterations(*range(20, 201, 20)),),
    ),
    "kang-styles": Figure(
        "Kang: several styles",
        "the photograph in one style after the other",
        _KANG,
        {"preset": "kang"},
        (each_style,),
        one_style=False,
    ),
    "kang-starts": Figure(
        "Kang: starts",
        "from noise, from the photograph, from the painting",
        _KANG,
        {"preset": "kang"},
        (varying("init=noise,content,style"),),
    ),
    "kang-limitations": Figure(
        "Kang: limitations and their cures",
        "what goes wrong, and beside it what helps",
        _KANG,
        {"preset": "kang"},
        (
            choices(
                "limitation",
                {
                    "speckle": {},
                    "cure: faint noise": {"init": "faint"},
                    "the photograph is lost": {"style_weight": 1e5},
                    "cure: start from it": {"style_weight": 1e5, "init": "content"},
                    "the painting's colors": {"init": "content"},
                    "cure: luminance only": {"init": "content", "color": "luminance"},
                },
            ),
        ),
    ),
    "budhiraja-weights": Figure(
        "Budhiraja: style weight",
        "style weights of 8000, 100000 and 120000, 200 steps each",
        _BUDHIRAJA,
        {"preset": "budhiraja"},
        (varying("style_weight=8000,100000,120000"),),
    ),
    "budhiraja-steps": Figure(
        "Budhiraja: number of steps",
        "the same painting after 50 to 400 steps of up to 20 evaluations",
        _BUDHIRAJA,
        {"preset": "budhiraja"},
        (iterations(50, 100, 200, 400, each=20, unit="steps"),),
    ),
    "budhiraja-exchange": Figure(
        "Budhiraja: content and style exchanged",
        "the photograph as the painting, and the painting as the photograph",
        _BUDHIRAJA,
        {"preset": "budhiraja"},
        (varying("exchange=no,yes"),),
    ),
    "mcdonald-implementations": Figure(
        "McDonald: implementations",
        "the same pair by the settings of several programs",
        "McDonald, Comparing artificial artists (2015)",
        {"iterations": 300, "levels": 1},
        (varying("preset=paper,neuralart,neural-style,liu,gatys2016"),),
    ),
}
"""Every figure by its name on the command line."""

ALIASES = {"1": "paper-1", "2": "paper-2", "3": "paper-3"}
"""Other names of figures."""
