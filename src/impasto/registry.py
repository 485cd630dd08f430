"""Every choice that Impasto offers, by name. Adding one is one function or class and one row here.

A row names its object as ``"module:object"`` and is imported when used: command line, page and
sweeps read this table without loading torch. Backbones have a table of their own in
`impasto.backbones`, normalizations in `impasto.normalization`. Plugins add rows of their own to all
of them, see `impasto.plugins`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from impasto.errors import import_row


@dataclass(frozen=True)
class Row:
    """One choice.

    Attributes:
        target: ``"module:object"``, or the object.
        summary: One line for help texts.
    """

    target: str | Callable[..., Any]
    summary: str

    def load(self) -> Any:
        """Return the object, imported if need be."""
        return import_row(self.target)


STYLE_LOSSES: dict[str, Row] = {
    "gram": Row("impasto.losses.gram:GramLoss", "correlations of features (Gatys et al. 2015)"),
    "gram-shifted": Row(
        "impasto.losses.moments:ShiftedGramLoss", "the same of features less a constant"
    ),
    "meanstd": Row(
        "impasto.losses.moments:MeanStdLoss", "mean and spread of every feature: cheapest"
    ),
    "wasserstein": Row(
        "impasto.losses.moments:WassersteinLoss", "means and covariances, as a distance"
    ),
    "histogram": Row(
        "impasto.losses.histogram:HistogramLoss", "how often each feature has which value"
    ),
    "sliced": Row("impasto.losses.histogram:SlicedLoss", "the same along mixtures of features"),
    "patches": Row("impasto.losses.patches:PatchLoss", "small pieces of the painting as wholes"),
}


@dataclass(frozen=True)
class Variation:
    """One kind of total variation.

    Attributes:
        degree: How it grows with the differences: doubled differences give ``2^degree`` times it.
        joint: Whether the differences to the right and downwards are taken together, as the length
            of one arrow, or summed apart.
        summary: One line for help texts.
    """

    degree: float
    joint: bool
    summary: str


VARIATIONS: dict[str, Variation] = {
    "squared": Variation(2, False, "squares of the differences: smooth"),
    "absolute": Variation(1, False, "sizes of the differences: keeps edges"),
    "kang": Variation(2.5, True, "the power 1.25 of dx² + dy², as Kang used"),
}
"""Total variation by name: what is summed over all pairs of neighbors."""

OPTIMIZERS: dict[str, Row] = {
    "lbfgsb": Row(
        "impasto.optimize.lbfgs_bounded:LBFGSB",
        "quasi-Newton within [0, 1]: the fewest evaluations, and the loss is the written picture's",
    ),
    "lbfgs": Row("impasto.optimize.lbfgs:LBFGS", "the same without bounds"),
    "lbfgs-wolfe": Row(
        "impasto.optimize.lbfgs_wolfe:SearchingLBFGS", "lbfgs that searches along each direction"
    ),
    "adam": Row("impasto.optimize.adam:Adam", "adaptive gradient descent: the least memory"),
}

LEARNING_RATES: dict[str, float] = {
    "lbfgsb": 1.0,
    "lbfgs": 1.0,
    "lbfgs-wolfe": 1.0,
    "adam": 0.02,
}
"""Default learning rate of each optimizer, for pixels in [0, 1]."""

INITIALIZERS: dict[str, Row] = {
    "content": Row("impasto.job.initializers:content", "the photograph"),
    "style": Row(
        "impasto.job.initializers:style", "the first painting, cut to the photograph's shape"
    ),
    "noise": Row("impasto.job.initializers:noise", "white noise, as in the paper"),
    "faint": Row(
        "impasto.job.initializers:faint",
        "white noise within about a level of 8 bits of middle gray, as in Gatys's code",
    ),
    "blend": Row("impasto.job.initializers:blend", "photograph and first painting, half and half"),
    "gray": Row("impasto.job.initializers:gray", "middle gray"),
    "white": Row("impasto.job.initializers:white", "white"),
}
"""Where the image starts; besides these, the path of any picture."""

COLORS: dict[str, str] = {
    "style": "the paintings'",
    "content": "the photograph's: the paintings are recolored to match it before painting",
    "luminance": "the photograph's: only light and dark are painted, on its own colors",
}
"""Whose colors the picture has."""

COLOR_MATCHES: dict[str, Row] = {
    "transport": Row(
        "impasto.controls.color:transport", "mean and covariance, moving colors the least"
    ),
    "symmetric": Row("impasto.controls.color:symmetric", "mean and covariance, by symmetric roots"),
    "cholesky": Row(
        "impasto.controls.color:cholesky", "mean and covariance, red first, then green, blue"
    ),
    "histogram": Row("impasto.controls.color:histogram", "the histogram of each channel"),
}
"""How the paintings' colors are matched to the photograph's."""

SPREADS: dict[str, Row] = {
    "simple": Row("impasto.objective.guidance:simple", "by its share of the region"),
    "eroded": Row("impasto.objective.guidance:eroded", "less if it borders on another region"),
    "inside": Row("impasto.objective.guidance:inside", "only if all that it sees is in the region"),
}
"""How much a position of the network counts for a region."""

FINISHES: dict[str, Row] = {
    "none": Row("impasto.controls.postprocess:unfinished", "as it was painted"),
    "poisson": Row(
        "impasto.controls.postprocess:poisson", "the photograph's gradients under the colors"
    ),
    "guided": Row("impasto.controls.postprocess:guided", "a smooth recoloring of the photograph"),
}
"""What is done with the finished picture."""

RECIPES: dict[str, str] = {
    "paths": "settings and inputs, whose paths are relative to the file where that is possible",
    "names": "the same, with the names of the inputs alone: of no folder",
    "none": "nothing: it cannot be painted again",
}
"""What a picture tells of how it was painted."""

PRECISIONS: dict[str, str] = {
    "float32": "exact; the choice where the processor has no native bfloat16",
    "bfloat16": "convolutions and products of features in 16 bits, everything else in 32",
    "float64": "for checking numbers",
}
