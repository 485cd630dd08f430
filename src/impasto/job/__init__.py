"""A painting before the work: everything read, checked and chosen.

prepare.py         from what is asked for to a Job
given.py           the pictures, as given and as read
job.py             Job: what is painted
sizes.py           its geometry
estimate.py        what it costs, by what resources.py measures
load.py            the network that the settings ask for
inputs.py          what one size begins with, as tensors
initializers.py    where the image starts
terms.py           what one size minimizes
style_terms.py     its style terms, for every layer, loss and region
recipe.py          what a picture carries inside, to be painted again
source_file.py     one file that it was painted from, and where that lies now
reconstruction.py  a painting of one picture alone
"""

from impasto.job.estimate import Estimate, extent_of
from impasto.job.inputs import Inputs, initial_image, make_inputs
from impasto.job.job import Anchor, Job
from impasto.job.load import pick_tile, record_of, weight_file
from impasto.job.prepare import prepare
from impasto.job.recipe import FILES, WRONG_FIELDS, Recipe, fields_of, read_embedded
from impasto.job.reconstruction import Sources, as_painting, inversion, texture
from impasto.job.resources import GIB, LEAST_TILE, OVERHEAD, Cost
from impasto.job.sizes import Shape, Sizes
from impasto.job.source_file import SourceFile, is_packaged, locate, locate_all, seen_from
from impasto.job.style_terms import (
    active_layers,
    check_tiles,
    choices_of,
    choose,
    style_losses,
    wanted_layers,
)
from impasto.job.terms import make_objective, shares, variation

__all__ = [
    "FILES",
    "GIB",
    "LEAST_TILE",
    "OVERHEAD",
    "WRONG_FIELDS",
    "Anchor",
    "Cost",
    "Estimate",
    "Inputs",
    "Job",
    "Recipe",
    "Shape",
    "Sizes",
    "SourceFile",
    "Sources",
    "active_layers",
    "as_painting",
    "check_tiles",
    "choices_of",
    "choose",
    "extent_of",
    "fields_of",
    "initial_image",
    "inversion",
    "is_packaged",
    "locate",
    "locate_all",
    "make_inputs",
    "make_objective",
    "pick_tile",
    "prepare",
    "read_embedded",
    "record_of",
    "seen_from",
    "shares",
    "style_losses",
    "texture",
    "variation",
    "wanted_layers",
    "weight_file",
]
