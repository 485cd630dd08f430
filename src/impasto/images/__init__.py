"""Pictures in and out: files, Pillow images, arrays and tensors on one side, sRGB on the other.

    picture.py      Picture: what everything below gives; the limits on size
    reading.py      file -> Picture: opened, recognized, decoded
    formats.py      which format a file is in, by its content
    tiff.py         what the numbers of a TIFF mean
    vips.py         libvips images -> Picture: rotation, ICC and CMYK to sRGB, gray, 16 bit, alpha
    pillow.py       Pillow images -> Picture, and files of BMP, PNM, TGA and JPEG 2000
    writing.py      Picture -> file: atomic, and the same bytes every time
    zoomable.py     Picture -> tiles, and a page that shows them
    destination.py  what the formats can hold; check_output, before the work starts
    metadata.py     the settings that every painting carries inside
    animated.py     the same in animated pictures
    scaling.py      fit, resize and cover; colors beside transparency
    resampling.py   the same in double precision
    conversion.py   Pillow images, NumPy arrays and tensors <-> Picture

Needs NumPy, pyvips and Pillow, never torch.
"""

from impasto.images.animated import add_settings
from impasto.images.conversion import as_picture, to_pil
from impasto.images.destination import (
    FILE_FORMATS,
    check_kind,
    check_output,
    check_places,
    check_suffix,
    naming,
    unwritable,
)
from impasto.images.picture import MAX_PIXELS, MIN_LONG_SIDE, Canvas, FloatArray, Picture, Rgb
from impasto.images.reading import read, read_settings, sha256
from impasto.images.scaling import cover, fit, resize, resize_cutout, resize_rows
from impasto.images.writing import replace_file, whole_numbers, write, write_joined
from impasto.images.zoomable import check_zoomable, write_zoomable

__all__ = [
    "FILE_FORMATS",
    "MAX_PIXELS",
    "MIN_LONG_SIDE",
    "Canvas",
    "FloatArray",
    "Picture",
    "Rgb",
    "add_settings",
    "as_picture",
    "check_kind",
    "check_output",
    "check_places",
    "check_suffix",
    "check_zoomable",
    "cover",
    "fit",
    "naming",
    "read",
    "read_settings",
    "replace_file",
    "resize",
    "resize_cutout",
    "resize_rows",
    "sha256",
    "to_pil",
    "unwritable",
    "whole_numbers",
    "write",
    "write_joined",
    "write_zoomable",
]
