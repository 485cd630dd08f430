"""What is known of a feature map when positions are forgotten: sums over positions.

Style is what remains of a feature map without its positions. Whatever a style loss wants to know is
a sum over them, so it can be collected in any number of pieces, from tiles, pictures and machines:

    statistic(whole) = statistic(left half) + statistic(right half)

    statistic.py   Statistic, and the blend of several
    gram.py        Gram matrices
    moments.py     means, mean squares and mean products
    histogram.py   histograms of channels and of directions
"""

from impasto.statistics.gram import gram
from impasto.statistics.histogram import POINTS, counts, directions, grid, halve, sliced_counts
from impasto.statistics.moments import first_moment, mean_square, moments
from impasto.statistics.statistic import Statistic, accumulable, blend, count, exact

__all__ = [
    "POINTS",
    "Statistic",
    "accumulable",
    "blend",
    "count",
    "counts",
    "directions",
    "exact",
    "first_moment",
    "gram",
    "grid",
    "halve",
    "mean_square",
    "moments",
    "sliced_counts",
]
