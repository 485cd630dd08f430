"""Read a picture file: what a viewer shows, as sRGB numbers.

libvips decodes what it can, because Pillow reads a 16-bit color PNG as 8 bit. The decoder is chosen
by the file's first bytes, so that no other of libvips's many loaders (SVG, PDF, camera raw, ...)
can be reached whatever a file contains or is called.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pyvips

from impasto.errors import PictureError
from impasto.extras import install
from impasto.filesystem import open_regular
from impasto.images.animated import settings_of_gif
from impasto.images.formats import (
    GIF_FORMAT,
    HEIC_FORMAT,
    TIFF_FORMAT,
    PictureFormat,
    recognize,
    suffix_of,
    unread,
)
from impasto.images.metadata import ORIENTATION, settings_in, turned_by_xmp
from impasto.images.picture import MAX_PIXELS, Picture, check_size
from impasto.images.pillow import decode_by_pillow
from impasto.images.tiff import check_tiff
from impasto.images.vips import LIBVIPS, from_vips, resolution_of


@runtime_checkable
class Readable(Protocol):
    """A file that somebody else has opened."""

    def read(self, size: int = -1, /) -> Any:
        """Return bytes."""


PictureSource = str | bytes | bytearray | memoryview | os.PathLike[Any] | Readable
"""The path of a picture file, what stands in one, or one that is open for reading bytes."""


@dataclass(frozen=True)
class _Opened:
    """A picture file that can be read.

    Attributes:
        file: The file, at its beginning.
        name: What it is called in messages.
        format: What it is.
    """

    file: BinaryIO
    name: str
    format: PictureFormat

    def header(self) -> Any:
        """Return the image of libvips; its pixels are decoded when they are asked for."""
        LIBVIPS.use()
        self.file.seek(0)
        try:
            # A source, not a file name: libvips reads "a[1].png" as a file with options.
            # Sequential: the decoder's errors come to the caller, and nothing is cached.
            if isinstance(self.file, io.BytesIO):
                source = pyvips.Source.new_from_memory(self.file.getvalue())
            else:
                descriptor = self.file.fileno()
                os.lseek(descriptor, 0, os.SEEK_SET)  # where Python's buffer has not read ahead
                source = pyvips.Source.new_from_descriptor(descriptor)
            loader = self.format.decoder
            return pyvips.Operation.call(loader, source, access="sequential", fail_on="error")
        except pyvips.Error as error:
            raise self.undecodable(error) from error

    def undecodable(self, error: pyvips.Error) -> PictureError:
        """Return what is said about a file that libvips cannot decode."""
        detail = str(error.detail).strip().splitlines()
        reason = f" ({detail[0]})" if detail else ""
        return PictureError(
            f"{self.name} is damaged or incomplete{reason}: export it again, or copy it again."
        )


def read(
    source: PictureSource, most: int = MAX_PIXELS, dtype: npt.DTypeLike = np.float32
) -> Picture:
    """Read a picture file as sRGB in [0, 1].

    The rotation in EXIF is applied, or else the one in XMP. Colors with an embedded ICC profile are
    converted to sRGB (relative colorimetric, with black point compensation), CMYK without a profile
    by a general press profile; all else is taken as sRGB. Of an animation or a file of pages, the
    first counts.

    Args:
        source: A PNG, JPEG, WebP, TIFF, GIF or AVIF file with 1 to 16 bits per channel, or a BMP,
            PNM, TGA, JPEG 2000 or, with the extra ``heic``, HEIC file, whose colors are read in 8
            bits: its path, its bytes, or the file open for reading bytes, which is read from its
            beginning.
        most: Pixels that it may have.
        dtype: Of the picture's numbers, float32 or float64.

    Raises:
        PictureError: If the file is missing, unreadable, of another kind, damaged, incomplete, too
            large (``most``, told from the header before anything is decoded) or too small.
        UsageError: In a process forked from one that has read or written a picture.

    Example:
        >>> from impasto.samples import photograph, PHOTOGRAPHS
        >>> read(photograph(next(iter(PHOTOGRAPHS)))).rgb.shape[2]
        3
    """
    with _opened(source) as opened:
        file, name, kind = opened.file, opened.name, opened.format
        if kind is HEIC_FORMAT and importlib.util.find_spec("pillow_heif") is None:
            remedy = f"{install('heic')}, or export it as a JPEG or PNG"
            raise unread(name, "a HEIC picture", remedy)
        if kind.by_pillow:
            return decode_by_pillow(file, kind.decoder, name, most, dtype)
        tiff = check_tiff(file, name) if kind is TIFF_FORMAT else None
        image = opened.header()
        check_size(image.width, image.height, name, most)
        if kind.turned_by_xmp and not (tiff.is_oriented if tiff else image.get_typeof(ORIENTATION)):
            image = turned_by_xmp(image)
        try:
            has_alpha = tiff is None or tiff.has_alpha
            resolution = resolution_of(image)
            picture = from_vips(image.copy_memory(), name, has_alpha=has_alpha, dtype=dtype)
            return replace(picture, resolution=resolution)
        except pyvips.Error as error:
            raise opened.undecodable(error) from error


def read_settings(path: str | os.PathLike[str]) -> str | None:
    """Return the settings that `write` or `add_settings` embedded in a picture file, or None.

    Raises:
        PictureError: If the file cannot be read as a picture.
    """
    with _opened(path) as opened:
        if opened.format is GIF_FORMAT:
            return settings_of_gif(opened.file)
        return None if opened.format.by_pillow else settings_in(opened.header())


def sha256(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal.

    Raises:
        PictureError: If the file cannot be read.
    """
    try:
        with open_regular(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise _unreadable(f"'{os.fspath(path)}'", error) from error


@contextmanager
def _opened(source: PictureSource) -> Iterator[_Opened]:
    """Open a picture file, and find out its format."""
    if isinstance(source, str | os.PathLike):
        path = os.fsdecode(source)
        try:
            file: BinaryIO = open_regular(path)
        except (OSError, ValueError) as error:
            raise _unreadable(f"'{path}'", error) from error
        name = f"'{path}'"
    else:
        file, path = io.BytesIO(_content(source)), getattr(source, "name", "")
        path = path if isinstance(path, str) else ""  # the number of a descriptor, or bytes
        name = f"'{path}'" if path else "the file given as bytes"
    with file:
        try:
            kind = recognize(file, name, suffix_of(path))
        except OSError as error:
            raise _unreadable(name, error) from error
        yield _Opened(file, name, kind)


def _content(source: Any) -> bytes:
    """Return what stands in a file that is given as bytes, or open."""
    if not hasattr(source, "read"):
        return bytes(source)
    try:
        begins = source.tell() if source.seekable() else None
        if begins is not None:
            source.seek(0)  # Whoever has just written it stands at its end.
        content = source.read()
        if begins is not None:
            source.seek(begins)
    except (AttributeError, OSError, ValueError) as error:
        raise _unreadable("the open file", error) from error
    if not isinstance(content, bytes | bytearray):
        raise PictureError(
            "the open file gives text: a picture is made of bytes, so open it in mode 'rb'."
        )
    return bytes(content)


def _unreadable(name: str, error: Exception) -> PictureError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return PictureError(f"{name} cannot be read ({reason}): check the path and its permissions.")
