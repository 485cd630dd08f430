"""Charts for reports, drawn by matplotlib where it is installed (the extra ``curves``)."""

from __future__ import annotations

import importlib.util
import io
import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from impasto.run import CURVE_COLORS, plot_losses
from impasto.sweeps.cells import Curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, SOFT, FAINT = CURVE_COLORS["total"], "#5f6368", "#e8e8ea"

CSS_VARIABLES = {color: kind for kind, color in CURVE_COLORS.items()} | {
    SOFT: "soft",
    FAINT: "faint",
}
"""The colors of charts, and what they are called in the style of the page."""

LOOK: dict[str, Any] = {
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.labelcolor": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": FAINT,
    "legend.frameon": False,
    "legend.handlelength": 1,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "svg.fonttype": "none",  # letters stay letters, which can be searched and copied
    "text.parse_math": False,  # labels are names of files, where a dollar is a dollar
}

FLOOR = 1e-6
"""The axis of the losses ends at this share of the largest."""


def available() -> bool:
    """Tell whether charts can be drawn."""
    return importlib.util.find_spec("matplotlib") is not None


@contextmanager
def drawing(name: str) -> Iterator[None]:
    """Let charts be drawn and saved in the page's look, whatever the user's own style is.

    Args:
        name: Of the chart, from which its identifiers are made: no two in a page may have the same.
    """
    from matplotlib import style

    look = LOOK | {"svg.hashsalt": name}
    with style.context(look, after_reset=True), warnings.catch_warnings():
        # The reader's browser may have fonts for letters that matplotlib's own lacks.
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        yield


def to_svg(figure: Figure) -> str:
    """Return a figure to stand inside of a page, in the page's light or dark colors."""
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    svg = buffer.getvalue()[buffer.getvalue().index("<svg") :]
    # Groups have the same names in each figure, and nothing refers to them.
    svg = re.sub(r' id="[A-Za-z0-9.]+_\d+"', "", svg)
    for color, variable in CSS_VARIABLES.items():
        svg = svg.replace(color, f"var(--{variable})")
    return svg


def loss_chart(name: str, curve: Curve) -> str:
    """Return the losses over the evaluations, or nothing if they make no curve.

    Args:
        name: See `drawing`.
        curve: The losses.
    """
    counts = curve.get("evaluation", [])
    losses = {kind: values for kind, values in curve.items() if kind != "evaluation"}
    shown = [value for values in losses.values() for value in values if 0 < value < math.inf]
    if len(counts) < 2 or not shown or not available():
        return ""
    from matplotlib.figure import Figure

    bottom = math.floor(math.log10(max(min(shown), FLOOR * max(shown))))
    top = max(math.ceil(math.log10(max(shown))), bottom + 1)
    with drawing(name):
        axes = (figure := Figure(figsize=(6, 2.6))).add_axes((0.1, 0.18, 0.76, 0.78))
        plot_losses(axes, counts, losses)
        axes.set(xlim=(counts[0], counts[-1]), ylim=(10.0**bottom, 10.0**top))
        axes.locator_params(axis="x", integer=True)
        axes.yaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()  # They would take half of the time.
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), labelcolor="linecolor")
        return to_svg(figure)
