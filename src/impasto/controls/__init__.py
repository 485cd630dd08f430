"""What steers a painting besides its losses: colors, regions, faces, what is done afterwards.

controls.py     Controls: all of it, read and checked
color.py        whose colors the picture has
masks.py        which part of the content takes its style from which part of which picture
faces.py        Care: where there are faces, which are painted with care
postprocess.py  puts the content's edges back into a finished picture
"""

from impasto.controls.color import luminance, recolor, transport
from impasto.controls.controls import Controls, resized
from impasto.controls.faces import Care, find_faces
from impasto.controls.masks import CORNERS, LEAST_SHARE, Mask, MaskedRegion

__all__ = [
    "CORNERS",
    "LEAST_SHARE",
    "Care",
    "Controls",
    "Mask",
    "MaskedRegion",
    "find_faces",
    "luminance",
    "recolor",
    "resized",
    "transport",
]
