"""The function of the image that painting minimizes, and its gradient.

objective.py  Objective: a weighted sum of named terms
tiled.py      the same function, evaluated in tiles
one_tile.py   what is computed of one of them, here or elsewhere
tiling.py     where the tiles lie, with their margins
guidance.py   masks, spread with the network to its layers
balance.py    weights by which every style term pulls alike
"""

from impasto.objective.balance import balanced
from impasto.objective.guidance import Region, Spread, spread
from impasto.objective.objective import IMAGE, Evaluation, Features, Kind, Objective, Term, whole
from impasto.objective.one_tile import Piece, TilePlace, Wanted, features_of
from impasto.objective.tiled import (
    Map,
    collect_features,
    collect_statistics,
    pieces_of,
    tiled,
    tiles_of,
)
from impasto.objective.tiling import Band, Bands, Span, spans_for

__all__ = [
    "IMAGE",
    "Band",
    "Bands",
    "Evaluation",
    "Features",
    "Kind",
    "Map",
    "Objective",
    "Piece",
    "Region",
    "Span",
    "Spread",
    "Term",
    "TilePlace",
    "Wanted",
    "balanced",
    "collect_features",
    "collect_statistics",
    "features_of",
    "pieces_of",
    "spans_for",
    "spread",
    "tiled",
    "tiles_of",
    "whole",
]
