"""Many photographs, many styles: one folder of paintings.

listing.py  which pictures are to be painted: files, folders, patterns, lists
naming.py   what each painting is called
library.py  the work, for Python and for the command line
wall.py     a page of all paintings, and a table, written as they come

A batch is a sweep whose pictures vary: its paintings are cells, kept and painted again as those of
a sweep are.
"""

from impasto.batches.library import Finished, batch_of, made_room, paint_batch, plan
from impasto.batches.listing import Item, expand_paths, listed_in, pairs, product_of
from impasto.batches.naming import USUAL_NAME
from impasto.batches.wall import WALL_FILES, Wall

__all__ = [
    "USUAL_NAME",
    "WALL_FILES",
    "Finished",
    "Item",
    "Wall",
    "batch_of",
    "expand_paths",
    "listed_in",
    "made_room",
    "paint_batch",
    "pairs",
    "plan",
    "product_of",
]
