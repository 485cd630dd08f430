"""Loss curves: how the losses of a painting fell, as a picture."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, final

from impasto import images
from impasto.optimize import Step
from impasto.run.recorder import Recorder
from impasto.run.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


CURVE_COLORS = {"total": "#202124", "content": "#0b57d0", "style": "#b06000", "tv": "#6a8f3c"}
"""Of the lines; kinds of loss that are not here have matplotlib's own."""


def plot_losses(
    axes: Axes, evaluations: Sequence[float], losses: Mapping[str, Sequence[float]]
) -> None:
    """Plot each kind of loss over the evaluations, on a logarithmic axis."""
    for kind, values in losses.items():
        # A loss of zero has no logarithm, and leaves a gap.
        heights = [value or math.nan for value in values]
        axes.plot(evaluations, heights, color=CURVE_COLORS.get(kind), label=kind)
    axes.set(yscale="log", xlabel="evaluation", ylabel="weighted loss")


def draw_curves(history: Sequence[Step]) -> bytes:
    """Return a PNG of the losses over the evaluations, on a logarithmic axis.

    There is a line for the total and one for each kind of loss (content, style, ...). A dashed
    line stands where a size begins: losses of different sizes do not compare exactly.

    Args:
        history: At least one step.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    kinds = [step.kinds for step in history]
    losses = {kind: [each.get(kind, math.nan) for each in kinds] for kind in kinds[0]}
    losses = {"total": [step.total for step in history], **losses}
    plot_losses(axes, [step.index for step in history], losses)
    for before, after in zip([None, *history], history, strict=False):
        if before is None or before.size != after.size:
            axes.axvline(after.index, color="0.6", linewidth=0.8, linestyle="--")
            axes.annotate(f" {after.size} px", (after.index, 0.97), color="0.4", fontsize=8,
                          xycoords=("data", "axes fraction"))  # fmt: skip
    axes.grid(color="0.9", which="major")
    axes.legend(loc="upper right", fontsize=8)
    buffer = io.BytesIO()
    # Without a version and a date, the same losses give the same file.
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


@final
class CurveFile(Recorder):
    """Draws the loss curves when the painting ends."""

    def __init__(self, path: Path) -> None:
        """Keep where to draw."""
        self.path = path
        self.result: Result

    def begin(self, result: Result) -> None:
        """Keep the painting, which collects its own history."""
        self.result = result

    def add(self, step: Step) -> None:
        """Wait: the painting keeps the step."""

    def close(self, finished: bool) -> None:
        """Draw."""
        if self.result.history:
            images.replace_file(self.path, draw_curves(self.result.history))
