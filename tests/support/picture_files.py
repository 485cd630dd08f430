"""Picture files of many kinds, and what is expected of one that was read or refused."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image

from impasto.errors import PictureError, printable
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


def tiff(
    samples: np.ndarray, photometric: int, extra: int | None = None, **tags: int | tuple[int, ...]
) -> bytes:
    """Return an uncompressed TIFF file of (H, W, C) uint8 or uint16, as no program writes it.

    Args:
        samples: The numbers.
        photometric: What they are said to mean.
        extra: The kind of the last sample, if it is beyond the colors.
        **tags: Further tags, like ``tag_332=2``.
    """
    height, width, channels = samples.shape
    values = {256: width, 257: height, 258: (8 * samples.itemsize,) * channels, 259: 1}
    values |= {262: photometric, 277: channels, 278: height, 279: samples.nbytes, 284: 1, 273: 8}
    values |= {} if extra is None else {338: extra}
    values |= {int(name.removeprefix("tag_")): value for name, value in tags.items()}
    page, behind = 8 + samples.nbytes, b""
    entries = struct.pack("<H", len(values))
    for tag, value in sorted(values.items()):
        listed = value if isinstance(value, tuple) else (value,)
        kind = "H" if max(listed) < 1 << 16 else "I"
        data = struct.pack(f"<{len(listed)}{kind}", *listed)
        if len(data) > 4:
            at = page + 6 + 12 * len(values) + len(behind)
            data, behind = struct.pack("<I", at), behind + data
        entries += struct.pack("<HHI4s", tag, 3 if kind == "H" else 4, len(listed), data)
    return b"II*\0" + struct.pack("<I", page) + samples.tobytes() + entries + bytes(4) + behind


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
        assert printable(word) in text
    return text
