"""Which format a picture file is in, told by its content and hardly ever by its name.

Each format has the one decoder that may see it. Those that people meet and that are not read are
known by name, so that a sound file is not called damaged.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from impasto.errors import PictureError

READABLE = "PNG, JPEG, WebP, TIFF, GIF, AVIF, BMP, PNM, TGA and JPEG 2000"

_HEAD = 4096
"""Bytes that tell the format; an SVG may begin with a long comment."""


@dataclass(frozen=True)
class PictureFormat:
    """A format that is read.

    Attributes:
        name: What people call it.
        decoder: A loader of libvips, or the name of a format in Pillow.
        begins: What a file begins with, as a regular expression.
        by_pillow: Whether Pillow decodes it.
        turned_by_xmp: Whether an orientation in XMP counts where there is none in EXIF.
    """

    name: str
    decoder: str
    begins: re.Pattern[bytes]
    by_pillow: bool = False
    turned_by_xmp: bool = True


def _vips(name: str, loader: str, begins: bytes) -> PictureFormat:
    pattern, is_heif = re.compile(begins, re.DOTALL), loader == "heif"
    # HEIF files turn themselves, whatever their metadata say.
    return PictureFormat(name, f"{loader}load_source", pattern, turned_by_xmp=not is_heif)


def _pillow(name: str, decoder: str, begins: bytes) -> PictureFormat:
    return PictureFormat(name, decoder, re.compile(begins, re.DOTALL), by_pillow=True)


# The kind of an ISO file, or where that is a general one, one of the kinds that it says to be, too.
_GENERAL = rb"(?:mif1|msf1|miaf).{0,64}?"
# Few builds of libvips have its decoder, for patents: that of the extra `heic` is in all.
HEIC_FORMAT = _pillow("HEIC", "HEIC", rb"....ftyp(?:he[iv][cxms]|" + _GENERAL + rb"he[iv][cxms])")
TIFF_FORMAT = _vips("TIFF", "tiff", rb"II[*+]\0|MM\0[*+]")
GIF_FORMAT = _vips("GIF", "gif", rb"GIF8[79]a")
TGA_FORMAT = _pillow("TGA", "TGA", rb"(?!)")  # it begins with anything

PICTURE_FORMATS = (
    _vips("PNG", "png", rb"\x89PNG\r\n\x1a\n"),
    _vips("JPEG", "jpeg", rb"\xff\xd8\xff"),
    _vips("WebP", "webp", rb"RIFF....WEBP"),
    TIFF_FORMAT,
    GIF_FORMAT,
    _vips("AVIF", "heif", rb"....ftyp(?:avi[fs]|" + _GENERAL + rb"avi[fs])"),
    HEIC_FORMAT,
    _pillow("BMP", "BMP", rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0"),
    _pillow("PNM", "PPM", rb"P[1-6][\s#]"),
    _pillow("JPEG 2000", "JPEG2000", rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"),
)

_TGA_NAMES = (".tga", ".icb", ".vda", ".vst")
_TGA_END = b"TRUEVISION-XFILE.\0"

_PICTURE = "export it as a PNG or JPEG"
_DEVELOP = "develop it, and export a TIFF, PNG or JPEG"
_DRAW = "export it as a PNG, at the size that you want"
_RAW = "a camera's raw file"

# What a file begins with, what it is, and what to do with it.
_UNREADABLE = (
    (rb"....ftyp(?:mif1|msf1|miaf)", "a HEIF picture", _PICTURE),
    (rb"....ftypcrx ", _RAW, _DEVELOP),
    (rb"FUJIFILMCCD-RAW|IIRO|IIRS|MMOR|IIU\0|FOVb|\0MRM|II\x1a\0\0\0HEAPCCDR", _RAW, _DEVELOP),
    (rb"II\*\0....CR", _RAW, _DEVELOP),
    (rb"8BPS", "a Photoshop document (PSD)", "flatten it, and export a PNG, TIFF or JPEG"),
    (rb"gimp xcf", "a GIMP document (XCF)", _PICTURE),
    (rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture", _PICTURE),
    (rb"II\xbc\x01", "a JPEG XR picture", _PICTURE),
    (rb"\x76\x2f\x31\x01", "an OpenEXR picture", _DEVELOP),
    (rb"#\?(?:RADIANCE|RGBE)", "a Radiance HDR picture", _DEVELOP),
    (rb"qoif", "a QOI picture", _PICTURE),
    (rb"\0\0\x01\0[^\0]\0", "an icon (ICO)", _PICTURE),
    (rb"P7\n|P[Ff]\n", "a PAM or PFM picture", _PICTURE),
    (rb"SIMPLE  =", "a FITS picture", _PICTURE),
    (rb".{128}DICM", "a DICOM picture", _PICTURE),
    (rb"%PDF-", "a PDF document", "export the page as a PNG"),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "a PostScript document", _DRAW),
    (rb"\s*(?:\xef\xbb\xbf)?\s*<(?i:!doctype html|html)", "a web page",
     "save the picture itself, not the page that shows it"),
    (rb"\s*(?:\xef\xbb\xbf)?\s*<(?:svg|(?:[?!].*)<svg)", "an SVG drawing", _DRAW),
    (rb"....ftyp|\x1a\x45\xdf\xa3|RIFF....AVI ", "a film",
     "save one of its frames as a PNG, or paint all of them with impasto video"),
    (rb"PK\x03\x04", "a ZIP archive or a document in one", "take the picture out of it"),
    (rb"version https://git-lfs", "a pointer of Git LFS", "fetch the file itself: git lfs pull"),
)  # fmt: skip
_BEGINS = tuple(re.compile(begins, re.DOTALL) for begins, _, _ in _UNREADABLE)

# Raw files that are TIFF containers, whose first page is a thumbnail: nobody means to paint that.
_CAMERA_RAW = (".3fr", ".arw", ".cr2", ".dng", ".erf", ".iiq", ".nef", ".nrw", ".pef", ".sr2")


def recognize(file: BinaryIO, name: str, suffix: str) -> PictureFormat:
    """Return the format of a picture file.

    Args:
        file: The file; it is left at its beginning.
        name: Its name, for messages.
        suffix: The extension of its name.

    Raises:
        PictureError: If it is empty or in a format that is not read; the message says which.
    """
    suffix, head = suffix.lower(), file.read(_HEAD)
    ends_as_tga = _ends_as_tga(file)
    file.seek(0)
    if not head:
        raise PictureError(f"{name} is empty: give a picture file ({READABLE}).")
    found = next((each for each in PICTURE_FORMATS if each.begins.match(head)), None)
    others = zip(_BEGINS, _UNREADABLE, strict=True)
    named = next((row for begins, row in others if begins.match(head)), None)
    if found is TIFF_FORMAT and (named or suffix in _CAMERA_RAW):
        raise unread(name, _RAW, _DEVELOP)
    if found is None and (ends_as_tga or (suffix in _TGA_NAMES and not named)):
        return TGA_FORMAT
    if found is None and named:
        raise unread(name, *named[1:])
    if found is None:
        raise PictureError(
            f"{name} is not a picture that can be read: {READABLE} files are, whatever their "
            "extension, so export it as one of these."
        )
    return found


def unread(name: str, what: str, remedy: str) -> PictureError:
    """Return the error for a sound file of a kind that is not read."""
    return PictureError(f"{name} is {what}, which is not read: {remedy}.")


def raw_file(name: str) -> PictureError:
    """Return the error for a camera's raw file."""
    return unread(name, _RAW, _DEVELOP)


def suffix_of(path: str) -> str:
    """Return the extension of a path, with its dot."""
    return PurePath(path).suffix


def _ends_as_tga(file: BinaryIO) -> bool:
    length = file.seek(0, os.SEEK_END)
    file.seek(max(length - len(_TGA_END), 0))
    return file.read() == _TGA_END
