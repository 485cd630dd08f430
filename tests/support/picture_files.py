"""Picture files of many kinds, and what is expected of one that was read or refused."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image

from impasto.errors import PictureError
from impasto.images import Picture, read

FORMATS = [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff"]
SRGB = bytes(pyvips.Image.profile_load("srgb"))
P3 = bytes(pyvips.Image.profile_load("p3"))
PRESS = bytes(pyvips.Image.profile_load("cmyk"))
COLORS = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
UNIT = COLORS / 255
# A picture that JPEG cannot blur: smooth, and different at each corner.
SMOOTH = np.stack(
    np.broadcast_arrays(np.linspace(0, 1, 30), np.linspace(0, 1, 20)[:, None], 0.25), axis=2
)


def close(picture: Picture, expected: np.ndarray, tolerance: float = 1e-6) -> bool:
    assert picture.rgb.dtype == np.float32
    assert picture.rgb.shape == (*expected.shape[:2], 3)
    return bool(np.abs(picture.rgb - expected).max() <= tolerance)


def save_vips(path: Path, values: np.ndarray, kind: str, profile: bytes | None = None, **options):
    image = pyvips.Image.new_from_array(np.ascontiguousarray(values), interpretation=kind).copy()
    if profile:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    image.write_to_file(str(path), **options)
    return path


def save_pil(path: Path, image: Image.Image, **options) -> Path:
    image.save(path, **options)
    return path


def rotated(orientation: int) -> tuple[Image.Image, Image.Exif]:
    """Return the SMOOTH picture stored so that the EXIF orientation turns it upright."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = Image.fromarray(np.uint8(SMOOTH * 255))
    if orientation in undo:
        stored = stored.transpose(undo[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    return stored, exif


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def refused(path: object, *words: str) -> str:
    with pytest.raises(PictureError) as caught:
        read(path)
    return sentence(caught.value, str(path), *words)


def sentence(error: Exception, *words: str) -> str:
    text = str(error)
    assert text.endswith(".")
    assert "\n" not in text
    assert ": " in text
    for word in words:
        assert word in text
    return text
