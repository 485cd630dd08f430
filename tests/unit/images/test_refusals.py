"""What is not read, and the one sentence that is said of it."""

from __future__ import annotations

import io
import os
import struct
import sys
import zlib

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageFile

from impasto.images import read
from tests.support.picture_files import (
    COLORS,
    UNIT,
    png_chunk,
    refused,
    save_pil,
    save_vips,
    tiff,
)


def giant(suffix: str, side: int = 65000) -> bytes:
    """Return a small file whose header claims ``side x side`` pixels."""
    if suffix == "png":
        header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        data = png_chunk(b"IDAT", zlib.compress(b"\0")) + png_chunk(b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + data
    file = io.BytesIO()
    Image.fromarray(COLORS).save(file, {"jpg": "JPEG", "tif": "TIFF", "gif": "GIF"}[suffix])
    data = bytearray(file.getvalue())
    if suffix == "jpg":
        at = data.index(b"\xff\xc0") + 5
        data[at : at + 4] = struct.pack(">HH", side, side)
    elif suffix == "gif":
        at = data.index(b"\x2c\0\0\0\0" + struct.pack("<HH", 30, 20)) + 5
        data[at : at + 4] = struct.pack("<HH", side, side)
    else:
        (at,) = struct.unpack_from("<I", data, 4)
        (entries,) = struct.unpack_from("<H", data, at)
        for entry in range(at + 2, at + 2 + 12 * entries, 12):
            if struct.unpack_from("<H", data, entry)[0] in (256, 257):
                struct.pack_into("<HII", data, entry + 2, 4, 1, side)
    return bytes(data)


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "tif"])
def test_refuses_a_decompression_bomb_from_its_header(tmp_path, monkeypatch, suffix):
    def decode(_: object) -> None:
        raise AssertionError("the pixels were asked for")

    monkeypatch.setattr(pyvips.Image, "copy_memory", decode)
    whole = save_pil(tmp_path / f"whole.{suffix}", Image.fromarray(COLORS))
    with pytest.raises(AssertionError, match="asked for"):
        read(whole)
    path = tmp_path / f"bomb.{suffix}"
    path.write_bytes(giant(suffix))
    refused(path, "65000 x 65000 pixels", "200 million")


@pytest.mark.parametrize(
    "data",
    [
        b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, 65000, 65000, 1, 24, 0, *[0] * 5),
        b"P6 65000 65000 255\n",
        b"P1 65000 65000\n",
        b"\xff\x4f\xff\x51" + struct.pack(">2H8IH3B", 41, 0, *2 * [65000, 65000, 0, 0], 1, 7, 1, 1),
    ],
    ids=["BMP", "PPM", "PBM", "JPEG 2000"],
)  # fmt: skip
def test_refuses_a_bomb_of_what_pillow_decodes_from_its_header(tmp_path, monkeypatch, data):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("it is decoded"))
    path = tmp_path / "bomb.png"
    path.write_bytes(data)
    refused(path, "65000 x 65000 pixels", "200 million")


@pytest.mark.parametrize(("width", "height"), [(15, 15), (1, 1), (15, 1)])
def test_refuses_a_long_side_below_16(tmp_path, width, height):
    path = save_pil(tmp_path / "small.png", Image.new("RGB", (width, height)))
    refused(path, f"{width} x {height} pixels", "16")


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif", "gif", "bmp", "ppm", "tga", "jp2"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.95])
def test_refuses_a_truncated_file(tmp_path, suffix, kept):
    path = save_pil(tmp_path / f"cut.{suffix}", Image.fromarray(COLORS))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    refused(path, "damaged or incomplete")


def test_refuses_a_png_with_a_damaged_middle(tmp_path):
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    refused(path, "damaged or incomplete")


def test_refuses_a_missing_file_and_says_so(tmp_path):
    refused(tmp_path / "none.png", "No such file")
    refused(tmp_path / "no" / "folder" / "none.png", "No such file")


def test_refuses_a_folder_an_empty_file_and_a_pipe(tmp_path):
    refused(tmp_path, "is a folder")
    (tmp_path / "empty.png").touch()
    refused(tmp_path / "empty.png", "is empty")
    os.mkfifo(tmp_path / "pipe.png")
    refused(tmp_path / "pipe.png", "not a regular file")


def test_refuses_a_file_without_permission(tmp_path, monkeypatch):
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", deny)
    refused(path, "Permission denied")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may read all")
def test_refuses_an_unreadable_file(tmp_path):
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    path.chmod(0)
    refused(path, "Permission denied")


@pytest.mark.parametrize(
    "data",
    [
        b"only some words",
        b"\x08\xf2\xa6\xb6" + bytes(100),  # libvips's own format
        b"BM" + bytes(60),
        b"P6x 16 16 255\n" + bytes(768),
        b"\x89PN",
        b"RIFF\x10\0\0\0WAVE",
    ],
)
def test_refuses_every_other_kind_of_file(tmp_path, data):
    path = tmp_path / "a.png"
    path.write_bytes(data)
    refused(path, "PNG, JPEG, WebP, TIFF")


def test_refuses_the_thumbnail_of_a_camera_raw_file(tmp_path):
    path = save_pil(tmp_path / "a.tif", Image.fromarray(COLORS)).rename(tmp_path / "a.NEF")
    refused(path, "is a camera's raw file, which is not read")


def box(kind: bytes, *others: bytes) -> bytes:
    """Return how an ISO file of a kind begins."""
    brands = kind + bytes(4) + b"".join(others)
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + bytes(100)


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("a HEIC picture", box(b"heic", b"mif1", b"heic")),
        ("a HEIC picture", box(b"hevc", b"msf1")),
        ("a HEIC picture", box(b"mif1", b"mif1", b"heic")),
        ("a HEIF picture", box(b"mif1", b"mif1", b"miaf")),
        ("a Photoshop document", b"8BPS\0\1" + bytes(40)),
        ("a GIMP document", b"gimp xcf v011\0"),
        ("an SVG drawing", b'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30"/>'),
        ("an SVG drawing", b"<?xml version='1.0'?>\n<!-- drawn -->\n<svg width='30'/>"),
        ("a web page", b"<!DOCTYPE html><html><svg></svg></html>"),
        ("a PDF document", b"%PDF-1.7\n"),
        ("a PostScript document", b"%!PS-Adobe-3.0 EPSF-3.0\n"),
        ("a camera's raw file", box(b"crx ")),
        ("a camera's raw file", b"FUJIFILMCCD-RAW 0201FF389501"),
        ("a camera's raw file", b"II*\0\x10\0\0\0CR\2\0" + bytes(40)),
        ("a camera's raw file", b"IIU\0" + bytes(40)),
        ("a JPEG XL picture", b"\xff\x0a" + bytes(40)),
        ("an OpenEXR picture", b"\x76\x2f\x31\x01" + bytes(40)),
        ("a Radiance HDR picture", b"#?RADIANCE\n\n"),
        ("an icon", b"\0\0\1\0\1\0" + bytes(40)),
        ("a film", box(b"isom", b"mp41")),
        ("a ZIP archive", b"PK\3\4" + bytes(40)),
        ("a pointer of Git LFS", b"version https://git-lfs.github.com/spec/v1\n"),
    ],
)
def test_names_a_format_that_is_not_read(tmp_path, monkeypatch, what, data):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    path = tmp_path / "a.png"
    path.write_bytes(data)
    assert "damaged" not in refused(path, f"is {what}", "which is not read: ")


def test_a_heic_picture_is_read_with_a_package_that_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    path = tmp_path / "IMG_0001.HEIC"
    path.write_bytes(box(b"heic", b"mif1", b"heic"))
    refused(path, "is a HEIC picture", 'python -m pip install "pillow-heif', "JPEG")


@pytest.mark.parametrize(
    "tags", [{"tag_50706": (1, 4, 0, 0)}, {"tag_254": 1, "tag_330": 8}, {"photometric": 32803}]
)
def test_knows_a_camera_raw_file_by_its_tags(tmp_path, tags):
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(**{"samples": COLORS[..., :1], "photometric": 1, **tags}))
    refused(path, "is a camera's raw file")


@pytest.mark.parametrize(
    ("photometric", "channels", "tags", "what"),
    [
        (4, 1, {}, "a transparency mask"),
        (5, 4, {"tag_332": 2}, "inks other than"),
        (6, 3, {"tag_530": (1, 1)}, "YCbCr colors"),
        (6, 3, {}, "YCbCr colors"),
        (8, 3, {}, "CIELAB colors"),
        (9, 3, {}, "ICC L*a*b* colors"),
        (10, 3, {}, "ITU L*a*b* colors"),
        (32844, 1, {}, "logarithmic luminance"),
        (32845, 3, {}, "logarithmic LUV colors"),
        (77, 3, {}, "the unknown kind 77"),
    ],
)
def test_refuses_a_tiff_whose_numbers_would_be_taken_for_others(
    tmp_path, photometric, channels, tags, what
):
    path = tmp_path / "a.tif"
    for samples in (np.full((20, 30, channels), 99, np.uint8), np.ones((20, 30, channels), "u2")):
        path.write_bytes(tiff(samples, photometric, **tags))
        refused(path, f"is a TIFF file of {what}", "export it as RGB")


def test_refuses_floating_point_and_many_channels(tmp_path):
    save_vips(tmp_path / "f.tif", UNIT.astype(np.float32), "scrgb")
    refused(tmp_path / "f.tif", "8 or 16 bits")
    save_vips(tmp_path / "m.tif", np.zeros((20, 30, 7), np.uint8), "multiband")
    refused(tmp_path / "m.tif", "7 channels")
