"""One picture in strips: each process has its own, with its part of the optimizer.

group.py       the processes, as torchrun starts them
strips.py      which rows each of them has, and what passes between them
painting.py    the method on strips
"""

from impasto.ranks.group import Ranks, has_ranks
from impasto.ranks.painting import make_objective_of_strips, paint_in_strips, strips_of
from impasto.ranks.strips import Strips

__all__ = [
    "Ranks",
    "Strips",
    "has_ranks",
    "make_objective_of_strips",
    "paint_in_strips",
    "strips_of",
]
