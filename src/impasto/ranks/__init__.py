"""One picture in strips: each process has its own, with its part of the optimizer.

group.py       the processes, as torchrun starts them
strips.py      which rows each of them has, and what passes between them
painting.py    the method on strips
checks.py      what they can paint
checkpoint.py  where they stand, in a file of each
picture_file.py  the picture, in one file
"""

from impasto.ranks.checkpoint import StripFiles, find_strips, read_strips
from impasto.ranks.checks import check_job, check_outputs, for_ranks
from impasto.ranks.group import Ranks
from impasto.ranks.painting import make_objective_of_strips, paint_in_strips, strips_of
from impasto.ranks.picture_file import StripsFile
from impasto.ranks.strips import Strips

__all__ = [
    "Ranks",
    "StripFiles",
    "Strips",
    "StripsFile",
    "check_job",
    "check_outputs",
    "find_strips",
    "for_ranks",
    "make_objective_of_strips",
    "paint_in_strips",
    "read_strips",
    "strips_of",
]
