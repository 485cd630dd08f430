"""What is compared: each loss turns feature maps into one number >= 0.

loss.py             the contracts: Loss, LocalLoss, StyleLoss
content.py          feature maps, position by position
gram.py             Gram matrices: the style of the paper
moments.py          means and covariances
histogram.py        whole distributions
patches.py          neighborhoods
total_variation.py  speckle
laplacian.py        edges
matting.py          smooth recolorings
box_filter.py       means and covariances over square windows of an image
"""

from impasto.losses.box_filter import guided_filter
from impasto.losses.content import ContentLoss
from impasto.losses.gram import GramLoss
from impasto.losses.histogram import HistogramLoss, SlicedLoss
from impasto.losses.laplacian import EdgeLoss
from impasto.losses.loss import LocalLoss, Loss, StyleLoss
from impasto.losses.matting import BYTES_PER_PIXEL, MattingLoss
from impasto.losses.moments import MeanLoss, MeanStdLoss, ShiftedGramLoss, WassersteinLoss
from impasto.losses.patches import PatchLoss
from impasto.losses.total_variation import TotalVariation

__all__ = [
    "BYTES_PER_PIXEL",
    "ContentLoss",
    "EdgeLoss",
    "GramLoss",
    "HistogramLoss",
    "LocalLoss",
    "Loss",
    "MattingLoss",
    "MeanLoss",
    "MeanStdLoss",
    "PatchLoss",
    "ShiftedGramLoss",
    "SlicedLoss",
    "StyleLoss",
    "TotalVariation",
    "WassersteinLoss",
    "guided_filter",
]
