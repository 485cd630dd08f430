"""Read a picture file: what a viewer shows, as sRGB numbers.

libvips decodes, because Pillow reads a 16-bit color PNG as 8 bit. The loader is chosen here, by
the file's first bytes, so that no other of libvips's many loaders (SVG, PDF, camera raw, ...) can
be reached whatever a file contains or is called.
"""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from impasto.errors import PictureError
from impasto.images.metadata import settings_in
from impasto.images.picture import MAX_PIXELS, FloatArray, Picture, assemble, check_size

READABLE = "PNG, JPEG, WebP, TIFF, GIF and AVIF"

# (first bytes, where they stand, the libvips loader); HEIF files say their kind in bytes 8 to 12.
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", 0, "pngload_source"),
    (b"\xff\xd8\xff", 0, "jpegload_source"),
    (b"WEBP", 8, "webpload_source"),
    (b"II*\0", 0, "tiffload_source"),
    (b"MM\0*", 0, "tiffload_source"),
    (b"II+\0", 0, "tiffload_source"),
    (b"MM\0+", 0, "tiffload_source"),
    (b"GIF87a", 0, "gifload_source"),
    (b"GIF89a", 0, "gifload_source"),
    *((b"ftyp" + kind, 4, "heifload_source") for kind in (b"avif", b"heic", b"heix", b"mif1")),
)

# Camera raw files are TIFF containers whose first page is a thumbnail: nobody means to paint that.
_CAMERA_RAW = (".3fr", ".arw", ".cr2", ".dng", ".erf", ".iiq", ".nef", ".nrw", ".pef", ".sr2")

# How many of the bands are color, by libvips's interpretation; a band after them is alpha.
_COLOR_BANDS = {"b-w": 1, "grey16": 1, "srgb": 3, "rgb": 3, "rgb16": 3, "cmyk": 4}
_COLOR_BANDS_OF_UNNAMED = {1: 1, 2: 1, 3: 3, 4: 3}
_PEAK = {"uchar": 255, "ushort": 65535}
_ICC_SPACE = {1: b"GRAY", 3: b"RGB ", 4: b"CMYK"}


def read(path: str | os.PathLike[str], most: int = MAX_PIXELS) -> Picture:
    """Read a picture file as sRGB in [0, 1].

    The EXIF rotation is applied. Colors with an embedded ICC profile are converted to sRGB
    (relative colorimetric, with black point compensation), CMYK without a profile by a general
    press profile; all else is taken as sRGB. Of an animation or a file of pages, the first counts.

    Args:
        path: A PNG, JPEG, WebP, TIFF, GIF or AVIF file, with 1 to 16 bits per channel.
        most: Pixels that it may have.

    Raises:
        PictureError: If the file is missing, unreadable, of another kind, damaged, incomplete, too
            large (``most``, told from the header before anything is decoded) or too small.

    Example:
        >>> from impasto.samples import photograph, PHOTOGRAPHS
        >>> read(photograph(next(iter(PHOTOGRAPHS)))).rgb.shape[2]
        3
    """
    name = f"'{os.fspath(path)}'"
    image = _open(Path(path), name)
    check_size(image.width, image.height, name, most)
    try:
        return from_vips(image.copy_memory(), name)
    except pyvips.Error as error:
        raise _damaged(name, error) from error


def read_settings(path: str | os.PathLike[str]) -> str | None:
    """Return the settings that `write` embedded in a picture file, or None if there are none.

    Raises:
        PictureError: If the file cannot be read as a picture.
    """
    return settings_in(_open(Path(path), f"'{os.fspath(path)}'"))


def sha256(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal.

    Raises:
        PictureError: If the file cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(f"'{os.fspath(path)}'", error) from error


def from_vips(image: Any, name: str) -> Picture:
    """Turn a decoded libvips image into a Picture: upright, sRGB, alpha apart."""
    image = image.autorot()
    bands = _COLOR_BANDS.get(image.interpretation)
    if image.interpretation == "multiband":
        bands = _COLOR_BANDS_OF_UNNAMED.get(image.bands)
    if bands is None or image.bands - bands not in (0, 1) or image.format not in _PEAK:
        raise PictureError(
            f"{name} has {image.bands} channels of kind {image.interpretation}/{image.format}: "
            "only gray, RGB and CMYK in 8 or 16 bits are read, with at most one channel of alpha, "
            "so convert it to one of these."
        )
    alpha = None if image.bands == bands else _numbers(image.extract_band(bands))[..., 0]
    return assemble(_to_srgb(image.extract_band(0, n=bands)), alpha)


@functools.cache
def srgb_profile() -> bytes:
    """Return the sRGB ICC profile that libvips carries (480 bytes, in the public domain)."""
    return bytes(pyvips.Image.profile_load("srgb"))


def _open(path: Path, name: str) -> Any:
    """Open a file's header with the one loader that its first bytes call for."""
    try:
        if path.exists() and not path.is_file():
            what = "a folder" if path.is_dir() else "not a regular file"
            raise PictureError(f"{name} is {what}: give the path of a picture file.")
        with path.open("rb") as file:
            head = file.read(16)
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    if not head:
        raise PictureError(f"{name} is empty: give a picture file ({READABLE}).")
    loader = next((row for mark, at, row in _SIGNATURES if head[at:].startswith(mark)), None)
    raw = loader == "tiffload_source" and path.suffix.lower() in _CAMERA_RAW
    if loader is None or raw or not pyvips.type_find("VipsOperation", loader):
        raise PictureError(
            f"{name} is not a picture that can be read: {READABLE} files are, whatever their "
            "extension, so export it as one of these."
        )
    try:
        # A source, not a file name: libvips reads "a[1].png" as a file with options. Sequential:
        # the decoder's errors come to the caller, and nothing is cached under the name.
        source = pyvips.Source.new_from_file(os.fsencode(path))
        return pyvips.Operation.call(loader, source, access="sequential", fail_on="error")
    except pyvips.Error as error:
        raise _damaged(name, error) from error


def _numbers(image: Any) -> FloatArray:
    """Return 8- or 16-bit bands as float32 in [0, 1], shape ``(H, W, C)``."""
    values = image.numpy().reshape(image.height, image.width, image.bands)
    return np.asarray(values, np.float32) / np.float32(_PEAK[image.format])


def _to_srgb(color: Any) -> FloatArray:
    """Convert 1, 3 or 4 color bands of 8 or 16 bits to sRGB in [0, 1], shape ``(H, W, 3)``."""
    profile = _usable_profile(color)
    if profile not in (None, srgb_profile()):
        try:
            return _by_profile(color, embedded=True)
        except pyvips.Error:  # A damaged profile: show the picture as a viewer would without it.
            pass
    if color.bands == 4:
        return _by_profile(color, input_profile="cmyk")
    return np.broadcast_to(_numbers(color), (color.height, color.width, 3))


def _by_profile(color: Any, **source: Any) -> FloatArray:
    wide = color.format == "ushort"
    names = {1: "grey16" if wide else "b-w", 3: "rgb16" if wide else "srgb", 4: "cmyk"}
    named = color.copy(interpretation=names[color.bands])
    # 16 bits out also for 8 bits in: a conversion must not add a second rounding.
    converted = named.icc_transform(
        "srgb", depth=16, intent="relative", black_point_compensation=True, **source
    )
    return _numbers(converted)


def _usable_profile(color: Any) -> bytes | None:
    """Return the embedded profile if it is of the picture's own color space."""
    if not color.get_typeof("icc-profile-data"):
        return None
    profile = bytes(color.get("icc-profile-data"))
    return profile if profile[16:20] == _ICC_SPACE[color.bands] else None


def _unreadable(name: str, error: Exception) -> PictureError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return PictureError(f"{name} cannot be read ({reason}): check the path and its permissions.")


def _damaged(name: str, error: pyvips.Error) -> PictureError:
    detail = str(error.detail).strip().splitlines()
    reason = f" ({detail[0]})" if detail else ""
    return PictureError(
        f"{name} is damaged or incomplete{reason}: export it again, or copy it again."
    )
