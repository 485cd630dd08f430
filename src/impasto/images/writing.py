"""Write a picture file: the same input gives the same bytes, and a failure leaves nothing behind.

Each file carries an sRGB profile and, if given, the settings; no time, program version or EXIF.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyvips

from impasto.errors import PictureError, SettingsError
from impasto.filesystem import beside, put, replacing
from impasto.images.destination import (
    JPEG,
    PNG,
    TIFF,
    FileFormat,
    check_fits,
    format_of,
    naming,
)
from impasto.images.metadata import add_density, add_png_text, xmp_packet
from impasto.images.vips import LIBVIPS, MM_PER_INCH, srgb_profile

_Floats = npt.NDArray[np.floating[Any]]
_WholeNumbers = npt.NDArray[np.unsignedinteger[Any]]

USUAL_RESOLUTION = 72.0
"""Pixels per inch of a file for which nobody has said any: those of a screen, by old custom."""

_MOST_XMP_IN_JPEG = 60_000  # bytes; libvips leaves a larger packet out, with only a warning


def write(
    path: str | os.PathLike[str],
    rgb: _Floats,
    *,
    alpha: _Floats | None = None,
    bits: int = 8,
    settings: str | None = None,
    resolution: float | None = None,
) -> None:
    """Write a picture; the extension chooses PNG, JPEG, WebP or TIFF (`destination.py` says how).

    Values are cut off at 0 and 1 and rounded to the nearest step, halves to the even one. The file
    is complete or not there: it is written under another name in the same folder, then renamed.

    Args:
        path: Where to write; a file that is there is replaced.
        rgb: ``(H, W, 3)``, sRGB values in [0, 1].
        alpha: ``(H, W)`` in [0, 1], 1 is opaque; not for JPEG.
        bits: Bits per channel, 8 or, for PNG and TIFF, 16.
        settings: A text to embed (JSON, by agreement); `read_settings` gives it back unchanged.
        resolution: Pixels per inch when it is printed, `USUAL_RESOLUTION` if nobody says; WebP has
            none.

    Raises:
        PictureError: If the extension is unknown, the format cannot hold the picture, a value is
            NaN, or the file cannot be written.
        SettingsError: If the format has no such ``bits``, or no room for the settings.
        UsageError: In a process forked from one that has read or written a picture.
    """
    path = Path(path)
    kind = format_of(path)
    _check_array(path, rgb, (*rgb.shape[:2], 3))
    if alpha is not None:
        _check_array(path, alpha, rgb.shape[:2])
    check_fits(path, kind, bits, alpha is not None, (rgb.shape[1], rgb.shape[0]))
    channels = rgb if alpha is None else np.dstack([rgb, alpha])
    values = whole_numbers(channels, bits)
    replace_file(path, _encode(path, kind, values, settings, resolution or USUAL_RESOLUTION))


def _check_array(path: Path, array: _Floats, shape: tuple[int, ...]) -> None:
    if array.shape != shape or array.dtype.kind != "f":
        raise PictureError(
            f"'{path}' is not written: an array {array.shape} of {array.dtype} came where floats "
            "of the shape (H, W, 3) must be, or (H, W) for alpha."
        )
    if np.isnan(array).any():
        raise PictureError(f"'{path}' is not written: the picture holds NaN, which is no color.")


def write_joined(
    path: Path,
    raw: Path,
    shape: tuple[int, int],
    *,
    bits: int,
    settings: str | None,
    resolution: float | None,
) -> None:
    """Write a picture of any size, of which nobody has more in memory than some rows.

    The file is a BigTIFF in tiles, with smaller copies inside (a pyramid), complete or not there.

    Args:
        path: Where to write.
        raw: A file with the values: rows of red, green and blue, in the processor's byte order.
        shape: Height and width in pixels.
        bits: Of a value, 8 or 16.
        settings: See `write`.
        resolution: See `write`.

    Raises:
        PictureError: If it cannot be written.
    """
    LIBVIPS.use()
    height, width = shape
    space, kind = ("srgb", "uchar") if bits == 8 else ("rgb16", "ushort")
    temporary = beside(path.resolve())
    with naming(path):
        try:
            image = pyvips.Image.rawload(
                str(raw), width, height, 3, format=kind, interpretation=space
            )
            image = _with_facts(image, settings, resolution or USUAL_RESOLUTION)
            image.tiffsave(str(temporary), keep="icc:xmp", tile=True, pyramid=True, bigtiff=True,
                           **TIFF.options)  # fmt: skip
            put(temporary, path.resolve())
        except pyvips.Error as error:
            raise _unwritten(path, error) from error
        finally:
            temporary.unlink(missing_ok=True)


def _with_facts(image: Any, settings: str | None, resolution: float) -> Any:
    """Return an image of libvips with its color profile, resolution and settings."""
    per_mm = resolution / MM_PER_INCH
    image = image.copy(xres=per_mm, yres=per_mm)
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", srgb_profile())
    if settings is not None:
        image.set_type(pyvips.GValue.blob_type, "xmp-data", xmp_packet(settings))
    return image


def _unwritten(path: Path, error: pyvips.Error) -> PictureError:
    reason = str(error.detail).strip().partition("\n")[0]
    return PictureError(f"'{path}' cannot be written ({reason}).")


def _encode(
    path: Path, kind: FileFormat, values: _WholeNumbers, settings: str | None, resolution: float
) -> bytes:
    LIBVIPS.use()
    space = "srgb" if values.dtype.itemsize == 1 else "rgb16"
    plain = pyvips.Image.new_from_array(values, interpretation=space)
    if settings is not None and kind is JPEG and len(xmp_packet(settings)) > _MOST_XMP_IN_JPEG:
        raise SettingsError(
            f"settings of {len(settings)} characters for '{path}': JPEG holds about "
            f"{_MOST_XMP_IN_JPEG // 1000} kB, so write a .png, .webp or .tiff."
        )
    image = _with_facts(plain, None if kind is PNG else settings, resolution)
    try:
        data = bytes(image.write_to_buffer(path.suffix.lower(), keep="icc:xmp", **kind.options))
    except pyvips.Error as error:
        raise _unwritten(path, error) from error
    if kind is JPEG:
        return add_density(data, resolution)
    return data if settings is None or kind is not PNG else add_png_text(data, settings)


def whole_numbers(values: _Floats, bits: int) -> _WholeNumbers:
    """Return values of [0, 1] in the steps of so many bits, halves to the even one."""
    at_least_single = values.astype(np.promote_types(values.dtype, np.float32), copy=False)
    scaled: _Floats = np.rint(np.clip(at_least_single, 0, 1) * (2**bits - 1))
    return scaled.astype(np.uint8) if bits == 8 else scaled.astype(np.uint16)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file: complete and on the disk, or not at all.

    Raises:
        PictureError: If it cannot be written.
    """
    with naming(path), replacing(path) as file:
        file.write(data)
