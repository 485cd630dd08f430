"""What a TIFF file means by its numbers, where libvips would take them for something else.

libvips takes Y, Cb and Cr for red, green and blue, and whatever follows the colors for alpha.

Source: Adobe, "TIFF Revision 6.0" (1992), sections 8 and 16 to 23; "DNG Specification" for raw
files.
"""

from __future__ import annotations

import warnings
from typing import Any, BinaryIO, NamedTuple

from PIL.TiffImagePlugin import ImageFileDirectory_v2

from impasto.errors import PictureError
from impasto.images.formats import raw_file

_SUBFILE, _COMPRESSION, _PHOTOMETRIC, _SUBPAGES = 254, 259, 262, 330
_ORIENTATION, _INKS, _EXTRA_SAMPLES, _DNG_VERSION = 274, 332, 338, 50706

_READ = {0: "gray", 1: "gray", 2: "RGB", 3: "a palette", 5: "CMYK", 6: "YCbCr"}
_OTHERS = {
    4: "a transparency mask",
    8: "CIELAB colors",
    9: "ICC L*a*b* colors",
    10: "ITU L*a*b* colors",
    32844: "logarithmic luminance",
    32845: "logarithmic LUV colors",
}
_RAW = (32803, 34892)  # a color filter array, and linear raw

_JPEG, _CMYK_INKS, _UNSPECIFIED = 7, 1, 0


class TiffMeaning(NamedTuple):
    """What the tags of a page say that libvips does not tell.

    Attributes:
        has_alpha: Whether a sample beyond the colors is alpha; one that is declared as unspecified
            is not.
        is_oriented: Whether the page has an orientation of its own.
    """

    has_alpha: bool = True
    is_oriented: bool = False


def check_tiff(file: BinaryIO, name: str) -> TiffMeaning:
    """Check that the first page's numbers are colors that libvips understands.

    Args:
        file: The file, at its beginning; it is left anywhere.
        name: Its name, for messages.

    Raises:
        PictureError: If it is a camera's raw file, or has colors of another kind.
    """
    page = _first_page(file, name)
    photometric = page.get(_PHOTOMETRIC)
    thumbnail = bool(page.get(_SUBFILE, 0) & 1 and _SUBPAGES in page)
    if _DNG_VERSION in page or photometric in _RAW or thumbnail:
        raise raw_file(name)
    kind = _OTHERS.get(photometric) if photometric not in _READ else None
    if photometric == 6 and page.get(_COMPRESSION) != _JPEG:  # libtiff converts those in JPEG
        kind = "YCbCr colors without JPEG compression"
    if photometric == 5 and page.get(_INKS, _CMYK_INKS) != _CMYK_INKS:
        kind = "inks other than cyan, magenta, yellow and black"
    if kind or photometric not in _READ:
        raise PictureError(
            f"{name} is a TIFF file of {kind or f'the unknown kind {photometric}'}: gray, RGB, "
            "palettes and CMYK are read, so export it as RGB."
        )
    has_alpha = page.get(_EXTRA_SAMPLES, (1,))[0] != _UNSPECIFIED
    return TiffMeaning(has_alpha, is_oriented=_ORIENTATION in page)


def _first_page(file: BinaryIO, name: str) -> Any:
    """Return the tags of the first page by their numbers."""
    try:
        head = file.read(8)
        big = head[2:4] in (b"+\0", b"\0+")
        page = ImageFileDirectory_v2(head + (file.read(8) if big else b""))
        file.seek(page.next)
        # About a file that ends early, and, when a tag is looked up, about one of too many values.
        with warnings.catch_warnings(action="ignore"):
            page.load(file)
            return dict(page)
    except Exception as error:  # Pillow may raise anything for a damaged file.
        raise PictureError(
            f"{name} is damaged or incomplete (its first page is not there): export it again, or "
            "copy it again."
        ) from error
