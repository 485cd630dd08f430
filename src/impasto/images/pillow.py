"""Pillow images as pictures, and the formats that Pillow decodes because libvips does not.

Each file is seen by the one decoder that its first bytes call for, and its header is read before
its pixels.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pyvips
from PIL import Image, ImageOps

from impasto.errors import PictureError, import_row
from impasto.images.picture import MAX_PIXELS, Picture, assemble, check_size
from impasto.images.vips import from_vips

# The classes, not Image.open: that has a limit on size of its own, and tries other decoders.
_DECODERS = {
    "BMP": "PIL.BmpImagePlugin:BmpImageFile",
    "HEIC": "pillow_heif.as_plugin:HeifImageFile",  # the extra ``heic``
    "JPEG2000": "PIL.Jpeg2KImagePlugin:Jpeg2KImageFile",
    "PPM": "PIL.PpmImagePlugin:PpmImageFile",
    "TGA": "PIL.TgaImagePlugin:TgaImageFile",
}

_CODESTREAM, _DEPTH_AT = b"\xff\x4f\xff\x51", 42
"""How JPEG 2000's numbers begin, and where the depth of their first channel stands after that."""


def decode_by_pillow(
    file: BinaryIO, decoder: str, name: str, most: int, dtype: npt.DTypeLike
) -> Picture:
    """Read a picture file of a format that libvips does not know.

    Args:
        file: The file, at its beginning.
        decoder: The format's name in Pillow.
        name: What it is called in messages.
        most: Pixels that it may have.
        dtype: Of the picture's numbers.

    Raises:
        PictureError: If it is damaged, incomplete, too large or too small.
    """
    try:
        image = import_row(_DECODERS[decoder])(file)
        check_size(image.width, image.height, name, most)
        depth = _color_depth(image, file)
        image.load()
        picture = from_pil(image, name, most, dtype)
    except PictureError:
        raise
    except Exception as error:  # What a damaged file makes Pillow raise is open-ended.
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PictureError(
            f"{name} is damaged or incomplete ({reason}): export it again, or copy it again."
        ) from error
    if depth <= 8:
        return picture
    note = f"{name} has {depth} bits per channel, of which 8 are read: a PNG or TIFF keeps them all"
    return replace(picture, notes=(*picture.notes, note))


def _color_depth(image: Image.Image, file: BinaryIO) -> int:
    """Return the bits per channel of a color picture, of which Pillow reads 8; 8 for a gray one."""
    if image.mode not in ("RGB", "RGBA"):
        return 8
    if image.format == "PPM" and image.tile:  # type: ignore[attr-defined]
        largest = image.tile[0].args[-1]  # type: ignore[attr-defined]
        return int(largest).bit_length() if isinstance(largest, int) else 8
    if image.format == "JPEG2000":
        file.seek(0)
        _, _, stream = file.read(1 << 16).partition(_CODESTREAM)
        depth = stream[_DEPTH_AT - len(_CODESTREAM) :][:1]
        return (depth[0] & 0x7F) + 1 if depth else 8
    return 8


def from_pil(
    image: Image.Image, name: str, most: int = MAX_PIXELS, dtype: npt.DTypeLike = np.float32
) -> Picture:
    """Turn a Pillow image into a Picture, as its file would be read.

    Args:
        image: Of any mode; integers of 32 bits up to 255 are taken as 8 bits, else up to 65535 as
            16, with a note.
        name: What it is called in messages.
        most: Pixels that it may have.
        dtype: Of the picture's numbers.

    Raises:
        PictureError: If it cannot be decoded, or has values out of its range.
    """
    check_size(image.width, image.height, name, most)
    try:
        upright, note = _in_plain_mode(_upright(image), name)
    except (OSError, ValueError) as error:  # Pillow decodes a file late: here.
        raise PictureError(f"{name} cannot be decoded ({error}): save it in mode RGB.") from error
    array = np.asarray(upright)
    if array.dtype.kind == "f":
        if not (array.min() >= 0 and array.max() <= 1):  # False for NaN, too.
            raise PictureError(
                f"{name} has values from {array.min():g} to {array.max():g}: floats must lie in "
                "[0, 1] (not NaN), so divide by the largest value possible."
            )
        return assemble(np.repeat(array[..., None].astype(dtype), 3, axis=2), None)
    wide = array.dtype.itemsize == 2
    kinds = {1: "grey16" if wide else "b-w", 2: "b-w", 3: "srgb", 4: "srgb"}
    kind = "cmyk" if upright.mode == "CMYK" else kinds[len(upright.getbands())]
    native = np.ascontiguousarray(array, array.dtype.newbyteorder("="))
    vips = pyvips.Image.new_from_array(native, interpretation=kind)
    if profile := image.info.get("icc_profile"):
        vips = vips.copy()
        vips.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    picture = from_vips(vips, name, dtype=dtype)
    return replace(picture, notes=note, resolution=_resolution(image))


def _resolution(image: Image.Image) -> float | None:
    """Return the pixels per inch that a file says, or None."""
    found = image.info.get("dpi", (0,))
    try:
        return float(found[0]) if math.isfinite(found[0]) and found[0] >= 1 else None
    except (TypeError, ValueError, IndexError):  # somebody has put it there
        return None


def _upright(image: Image.Image) -> Image.Image:
    """Return the image turned by the orientation in its EXIF, or else in its XMP."""
    if image.format == "AVIF":  # It turns itself; Pillow gives that as EXIF.
        image = image.copy()
        image.info.pop("xmp", None)
    return ImageOps.exif_transpose(image)


def _in_plain_mode(image: Image.Image, name: str) -> tuple[Image.Image, tuple[str, ...]]:
    """Return the image in mode L, LA, RGB, RGBA, CMYK, F or a 16-bit gray, with a note if any."""
    if image.mode == "I":
        return _in_fewer_bits(np.asarray(image), name)
    if image.mode.startswith("I;16") or image.mode == "F":
        return image, ()
    if image.mode == "La":
        return image.convert("LA"), ()
    if image.has_transparency_data and image.mode not in ("LA", "RGBA"):
        return image.convert("RGBA"), ()
    if image.mode == "1":
        return image.convert("L"), ()
    plain = image.mode in ("L", "LA", "RGB", "RGBA", "CMYK")
    return image if plain else image.convert("RGB"), ()


def _in_fewer_bits(values: npt.NDArray[Any], name: str) -> tuple[Image.Image, tuple[str, ...]]:
    """Return integers of 32 bits, whose range nothing declares, by the range that they use."""
    if values.min() < 0 or values.max() > 65535:
        raise ValueError("mode I with values outside 0 to 65535")
    bits = 8 if values.max() <= 255 else 16
    note = (
        f"{name} is of mode I with values up to {values.max()}: taken as {bits} bits, "
        f"0 to {2**bits - 1}"
    )
    return Image.fromarray(values.astype(np.uint8 if bits == 8 else np.uint16)), (note,)
