"""Every choice that Impasto offers, by name. Adding one is one function or class and one row here.

A row names its object as ``"module:object"`` and is imported when used: command line, page and
sweeps read this table without loading torch. Backbones have a table of their own in
`impasto.backbones`, normalizations in `impasto.normalization`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from impasto.errors import import_row


@dataclass(frozen=True)
class Row:
    """One choice.

    Attributes:
        target: ``"module:object"``.
        summary: One line for help texts.
    """

    target: str
    summary: str

    def load(self) -> Any:
        """Import and return the object."""
        return import_row(self.target)


STYLE_LOSSES: dict[str, Row] = {
    "gram": Row("impasto.losses:GramLoss", "correlations of features (Gatys et al. 2015)"),
    "gram-shifted": Row("impasto.moments:ShiftedGramLoss", "the same of features less a constant"),
    "meanstd": Row("impasto.moments:MeanStdLoss", "mean and spread of every feature: cheapest"),
    "wasserstein": Row("impasto.moments:WassersteinLoss", "means and covariances, as a distance"),
    "histogram": Row("impasto.transport:HistogramLoss", "how often each feature has which value"),
    "sliced": Row("impasto.transport:SlicedLoss", "the same along mixtures of features"),
    "patches": Row("impasto.patches:PatchLoss", "small pieces of the painting as wholes"),
}

VARIATIONS: dict[str, int] = {"squared": 2, "absolute": 1}
"""Total variation by name: the power of the differences of neighbors."""

OPTIMIZERS: dict[str, Row] = {
    "lbfgs": Row("impasto.optimizers:LBFGS", "quasi-Newton: the fewest evaluations"),
    "adam": Row("impasto.optimizers:Adam", "adaptive gradient descent: the least memory"),
}

LEARNING_RATES: dict[str, float] = {"lbfgs": 1.0, "adam": 0.02}
"""Default learning rate of each optimizer, for pixels in [0, 1]."""

INITIALIZERS: dict[str, Row] = {
    "content": Row("impasto.initializers:content", "the photograph"),
    "style": Row("impasto.initializers:style", "the first painting, cut to the photograph's shape"),
    "noise": Row("impasto.initializers:noise", "white noise, as in the paper"),
}
"""Where the image starts; besides these, the path of any picture."""

PRECISIONS: dict[str, str] = {
    "float32": "exact; the choice where the processor has no native bfloat16",
    "bfloat16": "convolutions in 16 bits, everything else in 32",
    "float64": "for checking numbers",
}
