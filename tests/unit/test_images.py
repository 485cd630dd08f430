"""Every kind of picture file, made here, one by one: read, written, refused."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms, ImageDraw

from impasto import images
from impasto.errors import PictureError, SettingsError
from impasto.images import (
    Picture,
    as_picture,
    check_output,
    fit,
    read,
    read_settings,
    resize,
    write,
)

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


# ---- reading: kinds of files


@pytest.mark.parametrize("suffix", ["png", "tif", "tiff", "webp"])
def test_reads_8_bit_rgb_exactly(tmp_path, suffix):
    path = save_pil(tmp_path / f"a.{suffix}", Image.fromarray(COLORS), lossless=True)
    picture = read(path)
    assert close(picture, UNIT)
    assert picture.alpha is None


def test_reads_jpeg(tmp_path):
    smooth = Image.fromarray(np.uint8(SMOOTH * 255))
    assert close(read(save_pil(tmp_path / "a.jpg", smooth, quality=98)), SMOOTH, 0.04)


def test_reads_what_it_is_and_not_what_it_is_called(tmp_path):
    Image.fromarray(COLORS).save(tmp_path / "a.jpg", format="PNG")
    assert close(read(str(tmp_path / "a.jpg")), UNIT)


@pytest.mark.parametrize("name", ["a[1].png", "a[page=3].png", "ä 日本 %20.png", "-x.png"])
def test_reads_and_writes_a_name_that_libvips_would_take_apart(tmp_path, name):
    write(tmp_path / name, UNIT, settings="{}")
    assert close(read(tmp_path / name), UNIT)
    assert read_settings(tmp_path / name) == "{}"


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("bands", [1, 3, 4])
def test_reads_16_bits_to_the_last_one(tmp_path, suffix, bands):
    values = np.full((20, 30, bands), 12345, np.uint16)
    path = save_vips(tmp_path / f"a.{suffix}", values, "grey16" if bands == 1 else "rgb16")
    picture = read(path)
    assert np.abs(picture.rgb.astype(float) - 12345 / 65535).max() < 0.01 / 65535
    assert (picture.alpha is not None) == (bands == 4)


def test_reads_16_bit_gray_from_pillow(tmp_path):
    gray = Image.fromarray(np.arange(600, dtype=np.uint16).reshape(20, 30) * 100)
    expected = np.asarray(gray)[..., None] / 65535
    assert close(read(save_pil(tmp_path / "a.png", gray)), expected)
    assert close(read(save_pil(tmp_path / "a.tif", gray)), expected)


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_reads_1_bit(tmp_path, suffix):
    bits = COLORS[..., 0] > 127
    path = save_pil(tmp_path / f"a.{suffix}", Image.fromarray(bits))
    assert close(read(path), bits[..., None] * 1.0)


def test_reads_gray_jpeg(tmp_path):
    path = save_pil(tmp_path / "a.jpg", Image.new("L", (30, 20), 51))
    assert close(read(path), np.full((20, 30, 1), 0.2))


@pytest.mark.parametrize("suffix", ["png", "tif", "gif"])
def test_reads_a_palette(tmp_path, suffix):
    palette = Image.fromarray(COLORS).quantize(7)
    expected = np.asarray(palette.convert("RGB")) / 255
    assert close(read(save_pil(tmp_path / f"a.{suffix}", palette)), expected)


def test_reads_a_palette_with_transparency(tmp_path):
    palette = Image.fromarray(np.arange(600, dtype=np.uint8).reshape(20, 30) % 2).convert("P")
    palette.putpalette([255, 0, 0, 0, 0, 255])
    picture = read(save_pil(tmp_path / "a.png", palette, transparency=0))
    assert picture.alpha is not None
    assert picture.alpha[0, :2].tolist() == [0, 1]
    assert picture.rgb[0, :2].tolist() == [[1, 1, 1], [0, 0, 1]]


def test_reads_the_first_frame_of_a_gif(tmp_path):
    first, second = Image.new("RGB", (30, 20), "red"), Image.new("RGB", (30, 20), "blue")
    path = save_pil(tmp_path / "a.gif", first, save_all=True, append_images=[second])
    assert close(read(path), np.broadcast_to([1.0, 0, 0], (20, 30, 3)), 0.01)


def test_reads_the_first_page_of_a_tiff(tmp_path):
    pages = [Image.new("RGB", (30, 20), color) for color in ("red", "blue")]
    path = save_pil(tmp_path / "a.tif", pages[0], save_all=True, append_images=pages[1:])
    assert close(read(path), np.broadcast_to([1.0, 0, 0], (20, 30, 3)))


def test_reads_an_interlaced_png_and_a_progressive_jpeg(tmp_path):
    path = save_vips(tmp_path / "a.png", COLORS, "srgb", interlace=True)
    assert close(read(path), UNIT)
    smooth = Image.fromarray(np.uint8(SMOOTH * 255))
    path = save_pil(tmp_path / "a.jpg", smooth, quality=98, progressive=True)
    assert close(read(path), SMOOTH, 0.04)


def test_reads_a_tiled_tiff(tmp_path):
    path = save_vips(tmp_path / "a.tif", COLORS, "srgb", tile=True, tile_width=16, tile_height=16)
    assert close(read(path), UNIT)


@pytest.mark.skipif(not pyvips.type_find("VipsOperation", "heifload_source"), reason="no AVIF")
@pytest.mark.parametrize("bits", [8, 10])
def test_reads_avif(tmp_path, bits):
    values = np.uint8(SMOOTH * 255) if bits == 8 else np.uint16(SMOOTH * 65535)
    kind = "srgb" if bits == 8 else "rgb16"
    path = save_vips(tmp_path / "a.avif", values, kind, bitdepth=bits, lossless=True, effort=0)
    assert close(read(path), SMOOTH, 0.01)


@pytest.mark.parametrize(("width", "height"), [(5000, 1), (1, 5000), (16, 1), (16, 16)])
def test_reads_very_wide_and_very_small_pictures(tmp_path, width, height):
    path = save_pil(tmp_path / "a.png", Image.new("RGB", (width, height), "red"))
    assert read(path).rgb.shape == (height, width, 3)


# ---- reading: rotation


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


@pytest.mark.parametrize("orientation", range(1, 9))
def test_applies_the_exif_rotation(tmp_path, orientation):
    stored, exif = rotated(orientation)
    path = save_pil(tmp_path / "a.jpg", stored, exif=exif, quality=98)
    assert close(read(path), SMOOTH, 0.04)
    with Image.open(path) as image:
        assert close(as_picture(image), SMOOTH, 0.04)


@pytest.mark.parametrize("suffix", ["png", "tif", "webp"])
def test_applies_the_exif_rotation_in_every_format(tmp_path, suffix):
    stored, exif = rotated(6)
    path = save_pil(tmp_path / f"a.{suffix}", stored, exif=exif, lossless=True)
    assert close(read(path), SMOOTH, 0.005)


# ---- reading: color


def p3_to_srgb(values: np.ndarray) -> np.ndarray:
    source, target = (ImageCms.ImageCmsProfile(io.BytesIO(data)) for data in (P3, SRGB))
    converted = ImageCms.profileToProfile(Image.fromarray(values), source, target)
    assert converted is not None
    return np.asarray(converted) / 255


# Colors within sRGB: beyond it, what is cut off depends on the way there.
MUTED = (COLORS // 4 + 96).astype(np.uint8)


@pytest.mark.parametrize("suffix", ["png", "tif", "webp", "jpg"])
def test_converts_display_p3(tmp_path, suffix):
    muted = np.full_like(MUTED, [180, 60, 60]) if suffix == "jpg" else MUTED
    image = Image.fromarray(np.ascontiguousarray(muted))
    path = save_pil(tmp_path / f"a.{suffix}", image, icc_profile=P3, lossless=True, quality=98)
    assert np.abs(p3_to_srgb(muted) - muted / 255).max() > 0.05
    assert close(read(path), p3_to_srgb(muted), 0.03 if suffix == "jpg" else 0.004)
    with Image.open(path) as opened:
        assert close(as_picture(opened), p3_to_srgb(muted), 0.03 if suffix == "jpg" else 0.004)


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_converts_display_p3_in_16_bits_and_leaves_alpha(tmp_path, suffix):
    opaque = np.full((20, 30, 1), 30000)
    wide = np.concatenate([MUTED * 257.0, opaque], axis=2).astype(np.uint16)
    picture = read(save_vips(tmp_path / f"a.{suffix}", wide, "rgb16", P3))
    assert close(picture, p3_to_srgb(MUTED), 0.004)
    assert picture.alpha is not None
    assert np.allclose(picture.alpha, 30000 / 65535, atol=1e-6)
    # 8-bit steps would be 1/255: 16 bits have many values between.
    assert len(np.unique(np.round(picture.rgb * 65535) % 257)) > 50


def test_leaves_another_program_s_srgb_as_it_is(tmp_path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS), icc_profile=profile)
    assert close(read(path), UNIT, 0.5 / 255)


def gray_profile(gamma: float) -> bytes:
    """Build a version 2 ICC profile of a gray device with the given gamma (ICC.1:2001-04)."""
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"gray\0" + bytes(78) + b"\0"
    copying = b"text\0\0\0\0none\0\0\0\0"
    bodies = {b"wtpt": white, b"kTRC": curve, b"desc": text, b"cprt": copying}
    at = 128 + 4 + 12 * len(bodies)
    table, data = struct.pack(">I", len(bodies)), b""
    for name, body in bodies.items():
        body += bytes(-len(body) % 4)
        table += name + struct.pack(">II", at + len(data), len(body))
        data += body
    header = bytearray(128)
    header[0:4] = struct.pack(">I", at + len(data))
    header[8:12] = b"\2\x20\0\0"
    header[12:24] = b"mntrGRAYXYZ "
    header[36:40] = b"acsp"
    header[68:80] = struct.pack(">3i", 63190, 65536, 54061)
    return bytes(header) + table + data


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_converts_gray_with_a_gray_profile(tmp_path, suffix, bits):
    linear = 0.2
    peak = 2**bits - 1
    values = np.full((20, 30, 1), round(linear * peak), np.uint8 if bits == 8 else np.uint16)
    kind = "b-w" if bits == 8 else "grey16"
    path = save_vips(tmp_path / f"a.{suffix}", values, kind, gray_profile(1.0))
    encoded = 1.055 * linear ** (1 / 2.4) - 0.055  # IEC 61966-2-1
    assert close(read(path), np.full((20, 30, 1), encoded), 0.003)
    if bits == 8:
        with Image.open(path) as image:
            assert close(as_picture(image), np.full((20, 30, 1), encoded), 0.003)


@pytest.mark.parametrize("profile", [P3, PRESS, b"no profile at all", gray_profile(1.0)[:150]])
def test_ignores_a_profile_that_is_damaged_or_of_another_color_space(tmp_path, profile):
    gray = COLORS[..., 0]
    path = save_pil(tmp_path / "a.png", Image.fromarray(gray), icc_profile=profile)
    assert close(read(path), gray[..., None] / 255)


@pytest.mark.parametrize("profile", [gray_profile(1.0), PRESS, P3[:200], b"x"])
def test_ignores_an_unusable_profile_of_a_color_picture(tmp_path, profile):
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS), icc_profile=profile)
    assert close(read(path), UNIT)


@pytest.mark.parametrize("suffix", ["jpg", "tif"])
@pytest.mark.parametrize("profile", [None, PRESS, P3])
def test_reads_cmyk(tmp_path, suffix, profile):
    inks = Image.new("CMYK", (30, 20), (0, 255, 255, 0))
    ImageDraw.Draw(inks).rectangle((0, 0, 15, 20), (0, 0, 0, 0))
    path = save_pil(tmp_path / f"a.{suffix}", inks, icc_profile=profile, quality=95)
    rgb = read(path).rgb
    assert np.allclose(rgb[:, :8], 1, atol=0.01)
    red, green, blue = rgb[10, 25]
    assert red > 0.8
    assert max(green, blue) < 0.2
    assert close(as_picture(inks), read(path).rgb, 0.02 if suffix == "jpg" else 1e-6)


def test_reads_16_bit_cmyk_as_it_reads_8_bit_cmyk(tmp_path):
    inks = np.concatenate([COLORS, COLORS[..., :1]], axis=2)
    narrow = read(save_vips(tmp_path / "8.tif", inks, "cmyk"))
    wide = read(save_vips(tmp_path / "16.tif", inks.astype(np.uint16) * 257, "cmyk"))
    assert narrow.alpha is None
    assert close(wide, narrow.rgb, 0.002)


# ---- reading: alpha


@pytest.mark.parametrize("suffix", ["png", "tif", "webp"])
def test_keeps_alpha_apart_and_shows_no_hidden_color(tmp_path, suffix):
    alpha = np.arange(600).reshape(20, 30) % 256
    rgba = np.dstack([COLORS, alpha]).astype(np.uint8)
    path = save_pil(tmp_path / f"a.{suffix}", Image.fromarray(rgba), lossless=True, exact=True)
    picture = read(path)
    assert picture.alpha is not None
    assert picture.alpha.dtype == np.float32
    assert np.allclose(picture.alpha, alpha / 255)
    assert close(picture, np.where(alpha[..., None] == 0, 1, UNIT))


def test_divides_out_a_premultiplied_alpha(tmp_path):
    rgba = np.dstack([COLORS, np.full((20, 30), 128)]).astype(np.uint8)
    path = save_vips(tmp_path / "a.tif", rgba, "srgb", premultiply=True)
    picture = read(path)
    assert picture.alpha is not None
    assert close(picture, UNIT, 2.5 / 255)


@pytest.mark.parametrize("bits", [8, 16])
def test_reads_gray_with_alpha(tmp_path, bits):
    dtype = np.uint8 if bits == 8 else np.uint16
    values = np.full((20, 30, 2), [2**bits // 5, 2 ** (bits - 1)], dtype)
    path = save_vips(tmp_path / "a.png", values, "b-w" if bits == 8 else "grey16")
    picture = read(path)
    assert picture.alpha is not None
    assert np.allclose(picture.alpha, 0.5, atol=0.003)
    assert close(picture, np.full((20, 30, 1), 0.2), 0.002)


def test_over_white_is_what_is_seen_on_paper():
    picture = Picture(np.zeros((1, 2, 3), np.float32), np.float32([[0.25, 1]]))
    assert picture.over_white()[0, :, 0].tolist() == [0.75, 0]
    assert Picture(picture.rgb).over_white() is picture.rgb


# ---- reading: refusals


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


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
def test_refuses_a_decompression_bomb_from_its_header(tmp_path, suffix):
    path = tmp_path / f"bomb.{suffix}"
    path.write_bytes(giant(suffix))
    start = time.perf_counter()
    refused(path, "65000 x 65000 pixels", "200 million")
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize(("width", "height"), [(15, 15), (1, 1), (15, 1)])
def test_refuses_a_long_side_below_16(tmp_path, width, height):
    path = save_pil(tmp_path / "small.png", Image.new("RGB", (width, height)))
    refused(path, f"{width} x {height} pixels", "16")


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif", "gif"])
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

    monkeypatch.setattr(Path, "open", deny)
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
        b'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30"/>',
        b"%PDF-1.7\n",
        b"P6 16 16 255\n" + bytes(768),
        b"\x08\xf2\xa6\xb6" + bytes(100),  # libvips's own format
        b"#?RADIANCE\n\n",
        b"8BPS\0\1" + bytes(40),
        b"BM" + bytes(60),
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
    refused(path, "not a picture that can be read")


def test_refuses_floating_point_and_many_channels(tmp_path):
    save_vips(tmp_path / "f.tif", UNIT.astype(np.float32), "scrgb")
    refused(tmp_path / "f.tif", "8 or 16 bits")
    save_vips(tmp_path / "m.tif", np.zeros((20, 30, 7), np.uint8), "multiband")
    refused(tmp_path / "m.tif", "7 channels")


def test_prints_nothing(tmp_path, capfd):
    for orientation, suffix in enumerate(FORMATS, start=1):
        stored, exif = rotated(orientation)
        path = save_pil(tmp_path / f"a{suffix}", stored, exif=exif, icc_profile=b"damaged")
        read(path)
        write(path, UNIT, settings="{}")
        read_settings(path)
        path.write_bytes(path.read_bytes()[:400])
        with pytest.raises(PictureError):
            read(path)
    save_pil(tmp_path / "c.jpg", Image.new("CMYK", (30, 20)), icc_profile=PRESS[:500])
    read(tmp_path / "c.jpg")
    assert capfd.readouterr() == ("", "")


def test_sha256(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert images.sha256(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()
    with pytest.raises(PictureError, match="No such file"):
        images.sha256(tmp_path / "b")


def test_importing_images_imports_no_torch():
    code = "import sys, impasto.images; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ---- writing


@pytest.mark.parametrize("suffix", FORMATS)
def test_writes_what_it_reads(tmp_path, suffix):
    write(tmp_path / f"a{suffix}", SMOOTH)
    tolerance = 0.03 if suffix.startswith(".jp") else 0.5001 / 255
    assert close(read(tmp_path / f"a{suffix}"), SMOOTH, tolerance)


def test_an_upper_case_extension_is_known(tmp_path):
    write(tmp_path / "a.PNG", UNIT)
    assert (tmp_path / "a.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("suffix", FORMATS)
def test_embeds_srgb_and_nothing_of_this_machine(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    write(path, UNIT, settings="{}")
    with Image.open(path) as image:
        assert image.info["icc_profile"] == SRGB
        exif = image.getexif()
        assert not {0x0131, 0x0132, 0x013C} & set(exif)  # software, date, computer
        if not suffix.startswith(".tif"):
            assert not exif


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_input_gives_the_same_bytes(tmp_path, suffix):
    for name in "ab":
        write(tmp_path / f"{name}{suffix}", SMOOTH, settings='{"seed": 0}')
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.parametrize(("bits", "dtype"), [(8, np.float64), (8, np.float32), (16, np.float16)])
def test_rounds_to_the_nearest_halves_to_even_and_cuts_off(tmp_path, bits, dtype):
    write(tmp_path / "a.png", np.full((16, 16, 3), [-0.5, 1.5, 1.0], dtype), bits=bits)
    assert read(tmp_path / "a.png").rgb[0, 0].tolist() == [0, 1, 1]
    peak = 2**bits - 1
    halves = np.full((16, 16, 3), [0.5, 1.5, 2.5]) / peak
    write(tmp_path / "b.png", halves, bits=bits)
    assert (read(tmp_path / "b.png").rgb[0, 0] * peak).round(3).tolist() == [0, 2, 2]


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_writes_16_bits(tmp_path, suffix):
    write(tmp_path / f"a{suffix}", np.full((16, 16, 3), 12345 / 65535), bits=16)
    assert np.all(np.rint(read(tmp_path / f"a{suffix}").rgb * 65535) == 12345)
    stored = pyvips.Image.new_from_file(str(tmp_path / f"a{suffix}"))
    assert (stored.format, stored.interpretation) == ("ushort", "rgb16")


@pytest.mark.parametrize(
    ("suffix", "bits"), [(".png", 8), (".png", 16), (".tif", 16), (".webp", 8)]
)
def test_writes_alpha(tmp_path, suffix, bits):
    alpha = np.arange(600).reshape(20, 30) % 256 / 255
    write(tmp_path / f"a{suffix}", UNIT, alpha=alpha, bits=bits)
    picture = read(tmp_path / f"a{suffix}")
    assert picture.alpha is not None
    assert np.allclose(picture.alpha, alpha, atol=1e-6)
    assert close(picture, np.where(alpha[..., None] == 0, 1, UNIT))
    if bits == 8:
        with Image.open(tmp_path / f"a{suffix}") as image:
            assert np.array_equal(np.asarray(image)[..., :3], COLORS)


def test_refuses_transparency_in_jpeg(tmp_path):
    with pytest.raises(PictureError, match="JPEG has none") as caught:
        write(tmp_path / "a.jpg", UNIT, alpha=UNIT[..., 0])
    sentence(caught.value, "a.jpg")


@pytest.mark.parametrize(
    ("rgb", "alpha"),
    [
        (np.full((16, 16, 3), np.nan), None),
        (np.zeros((16, 16, 3)), np.full((16, 16), np.nan)),
        (np.zeros((16, 16)), None),
        (np.zeros((16, 16, 4)), None),
        (np.zeros((16, 16, 3)), np.zeros((16, 15))),
        (COLORS, None),
    ],
)
def test_writes_only_floats_of_the_right_shape(tmp_path, rgb, alpha):
    with pytest.raises(PictureError) as caught:
        write(tmp_path / "a.png", rgb, alpha=alpha)
    sentence(caught.value, "a.png", "not written")
    assert not list(tmp_path.iterdir())


def test_refuses_sides_that_the_format_cannot_hold(tmp_path):
    with pytest.raises(PictureError, match="16383"):
        write(tmp_path / "a.webp", np.zeros((1, 16384, 3), np.float32))
    write(tmp_path / "a.png", np.zeros((1, 70000, 3), np.float32))
    assert read(tmp_path / "a.png").rgb.shape == (1, 70000, 3)


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    write(tmp_path / "a.png", UNIT)
    before = (tmp_path / "a.png").read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(PictureError, match="No space left") as caught:
        write(tmp_path / "a.png", 1 - UNIT)
    sentence(caught.value, "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == before


def test_an_interruption_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a.png", UNIT)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_has_the_permissions_of_any_new_file(tmp_path, mask, mode):
    old = os.umask(mask)
    try:
        write(tmp_path / "a.png", UNIT)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a.png").stat().st_mode) == mode


def test_writes_through_a_link(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link.png").symlink_to(tmp_path / "there" / "real.png")
    check_output(tmp_path / "link.png", 8, [])
    write(tmp_path / "link.png", UNIT)
    assert (tmp_path / "link.png").is_symlink()
    assert close(read(tmp_path / "there" / "real.png"), UNIT)


def test_writes_to_a_name_as_long_as_names_can_be(tmp_path):
    write(tmp_path / f"{'a' * 251}.png", UNIT)
    with pytest.raises(PictureError, match="name too long"):
        write(tmp_path / f"{'a' * 252}.png", UNIT)


def test_writing_into_a_missing_folder_is_one_sentence(tmp_path):
    with pytest.raises(PictureError, match="No such file") as caught:
        write(tmp_path / "no" / "a.png", UNIT)
    sentence(caught.value, "a.png")


# ---- settings inside

SETTINGS = json.dumps(
    {"content": "Müller & Söhne <1>.jpg", "note": "100 % 日本 😀\n"}, ensure_ascii=False
)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("settings", [SETTINGS, "", "a\r\nb\tc ", "\0\x07\ud800\uffff%41 ]]>"])
def test_settings_come_back_unchanged(tmp_path, suffix, settings):
    write(tmp_path / f"a{suffix}", UNIT, settings=settings)
    assert read_settings(tmp_path / f"a{suffix}") == settings
    assert read(tmp_path / f"a{suffix}").rgb.shape == UNIT.shape


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_picture_without_settings_has_none(tmp_path, suffix):
    path = save_pil(tmp_path / f"a{suffix}", Image.fromarray(COLORS))
    assert read_settings(path) is None
    write(path, UNIT)
    assert read_settings(path) is None


def test_settings_are_where_other_programs_look(tmp_path):
    write(tmp_path / "a.png", UNIT, settings='{"note": "é😀"}')
    with Image.open(tmp_path / "a.png") as image:
        assert image.text["impasto"] == '{"note": "é😀"}'
    write(tmp_path / "a.jpg", UNIT, settings='{"note": "é😀"}')
    with Image.open(tmp_path / "a.jpg") as image:
        assert '{"note": "é😀"}' in image.info["xmp"].decode()


@pytest.mark.parametrize(
    "packet",
    [
        b"<not xml",
        b"",
        b"\xff\xfe\0",
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
    ],
)
def test_another_program_s_xmp_is_no_error(tmp_path, packet):
    path = save_pil(tmp_path / "a.jpg", Image.fromarray(COLORS), xmp=packet)
    assert read_settings(path) is None


def test_settings_are_found_as_an_attribute_too(tmp_path):
    packet = b"<r xmlns:i='urn:impasto:1.0/' i:settings='{&quot;a&quot;: 1}'/>"
    path = save_pil(tmp_path / "a.webp", Image.fromarray(COLORS), xmp=packet)
    assert read_settings(path) == '{"a": 1}'


def test_a_png_text_that_is_not_unicode_is_no_error(tmp_path):
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    data = path.read_bytes()
    for key in (b"Comment", b"impasto"):
        path.write_bytes(data[:33] + png_chunk(b"tEXt", key + b"\0caf\xe9") + data[33:])
        assert read_settings(path) is None or key == b"impasto"


def test_long_settings(tmp_path):
    settings = "ä" * 40_000
    write(tmp_path / "a.webp", UNIT, settings=settings)
    assert read_settings(tmp_path / "a.webp") == settings
    with pytest.raises(SettingsError, match="JPEG holds") as caught:
        write(tmp_path / "a.jpg", UNIT, settings=settings)
    sentence(caught.value, "a.jpg")
    most = "b" * 59_000
    write(tmp_path / "a.jpg", UNIT, settings=most)
    assert read_settings(tmp_path / "a.jpg") == most


def test_settings_of_a_broken_file_are_an_error(tmp_path):
    (tmp_path / "a.png").write_text("words")
    with pytest.raises(PictureError):
        read_settings(tmp_path / "a.png")


# ---- where to write


def unfit(error: type[Exception], path: Path, bits: int = 8, inputs=(), **more) -> str:
    with pytest.raises(error) as caught:
        check_output(path, bits, inputs, **more)
    return sentence(caught.value, str(path))


def test_a_good_output_passes_and_leaves_no_trace(tmp_path):
    source = save_pil(tmp_path / "in.png", Image.fromarray(COLORS))
    for suffix in FORMATS:
        check_output(tmp_path / f"out{suffix}", 8, [source, tmp_path / "missing.png"])
    check_output(tmp_path / "out.png", 16, [], alpha=True, size=(70000, 10))
    check_output(tmp_path / "out.TIFF", 16, [])
    assert [path.name for path in tmp_path.iterdir()] == ["in.png"]


def test_an_unknown_extension_is_answered_with_the_nearest(tmp_path):
    assert "did you mean '.jpg'" in unfit(PictureError, tmp_path / "a.jpge")
    assert ".png, .jpg" in unfit(PictureError, tmp_path / "a.gif")
    assert "no extension" in unfit(PictureError, tmp_path / "a")


def test_bits_that_the_format_does_not_have(tmp_path):
    assert "8 or 16" in unfit(SettingsError, tmp_path / "a.png", bits=12)
    assert "JPEG holds 8" in unfit(SettingsError, tmp_path / "a.jpg", bits=16)
    assert "WebP holds 8" in unfit(SettingsError, tmp_path / "a.webp", bits=16)
    with pytest.raises(SettingsError):
        write(tmp_path / "a.webp", UNIT, bits=16)


def test_alpha_and_size_are_checked_too(tmp_path):
    assert "transparency" in unfit(PictureError, tmp_path / "a.jpg", alpha=True)
    assert "16383" in unfit(PictureError, tmp_path / "a.webp", size=(20000, 100))


def test_places_where_no_file_can_be(tmp_path):
    assert "no folder" in unfit(PictureError, tmp_path / "no" / "a.png")
    (tmp_path / "file").touch()
    assert "not a folder" in unfit(PictureError, tmp_path / "file" / "a.png")
    (tmp_path / "folder.png").mkdir()
    assert "is a folder" in unfit(PictureError, tmp_path / "folder.png")
    os.mkfifo(tmp_path / "pipe.png")
    assert "not a regular file" in unfit(PictureError, tmp_path / "pipe.png")
    assert "name too long" in unfit(PictureError, tmp_path / f"{'a' * 300}.png")
    unfit(PictureError, tmp_path / "a\0.png", inputs=[tmp_path / "b.png"])
    with pytest.raises(PictureError):
        write(tmp_path / "a\0.png", UNIT)


def test_a_protected_file(tmp_path):
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    path.chmod(0o444)
    assert "write-protected" in unfit(PictureError, path)


def test_a_folder_without_permission(tmp_path, monkeypatch):
    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", deny)
    assert "Permission denied" in unfit(PictureError, tmp_path / "a.png")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="a folder that nobody can write to")
def test_a_folder_that_even_the_superuser_cannot_write_to():
    unfit(PictureError, Path("/proc/a.png"))


def test_an_output_that_is_an_input(tmp_path, monkeypatch):
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    (tmp_path / "link.png").symlink_to(path)
    (tmp_path / "hard.png").hardlink_to(path)
    for name in ("a.png", "link.png", "hard.png"):
        assert "input" in unfit(PictureError, tmp_path / name, inputs=["x.png", path])
    monkeypatch.chdir(tmp_path)
    assert "input" in unfit(PictureError, Path("a.png"), inputs=[path])


# ---- sizes


@pytest.mark.parametrize(
    ("size", "long_side", "expected"),
    [
        ((4000, 3000), 512, (512, 384)),
        ((3000, 4000), 512, (384, 512)),
        ((100, 100), 7, (7, 7)),
        ((5000, 1), 512, (512, 1)),
        ((3, 2), 5, (5, 3)),
        ((30, 20), 3000, (3000, 2000)),
    ],
)
def test_fit(size, long_side, expected):
    assert fit(*size, long_side) == expected


@pytest.mark.parametrize(("old", "new"), [(64, 100), (64, 128), (100, 37), (1000, 64), (40, 1000)])
@pytest.mark.parametrize("axis", [0, 1])
def test_resizing_does_not_shift(old, new, axis):
    ramp = np.tile((np.arange(old) + 0.5) / old, (8, 1))
    wanted = np.tile((np.arange(new) + 0.5) / new, (8, 1))
    result = resize(ramp, new, 8) if axis else resize(ramp.T, 8, new).T
    inside = slice(new // 5, -new // 5)  # At the ends a filter sees only one side.
    pixel = 1 / min(old, new)
    assert np.abs(result - wanted)[:, inside].max() < 0.01 * pixel
    assert np.abs(result - wanted).max() < pixel


def test_resizing_is_symmetric_and_the_same_every_time():
    for size in ((45, 33), (13, 7), (45, 7)):
        once = resize(UNIT, *size)
        assert np.allclose(once[::-1, ::-1], resize(UNIT[::-1, ::-1], *size), atol=1e-6)
        assert np.array_equal(once, resize(UNIT, *size))
        assert once.dtype == np.float32


def test_shrinking_leaves_no_moiré():
    stripes = np.tile(np.arange(512) % 2, (16, 1)).astype(float)
    assert np.abs(resize(stripes, 100, 16)[:, 5:-5] - 0.5).max() < 0.02


def test_resizing_stays_within_the_range_and_keeps_detail():
    edge = np.repeat([0.25, 0.75], 32)[None].repeat(64, 0)
    for side in (23, 64, 201):
        result = resize(edge, side, side)
        assert result.min() == 0.25
        assert result.max() == 0.75
    assert np.array_equal(resize(edge, 64, 64), edge)


@pytest.mark.parametrize("shape", [(1, 50, 3), (50, 1, 3), (1, 1, 3), (1, 50)])
@pytest.mark.parametrize("size", [(1, 1), (7, 1), (1, 90), (90, 90)])
def test_resizing_a_single_line(shape, size):
    result = resize(np.full(shape, 0.3), *size)
    assert result.shape == (size[1], size[0], *shape[2:])
    assert np.allclose(result, 0.3)


# ---- Python objects


class FakeTensor:
    """What a tensor can do, as far as as_picture asks."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self.shape = values.shape

    def detach(self) -> FakeTensor:
        return self

    cpu = detach

    def reshape(self, shape: tuple[int, ...]) -> FakeTensor:
        return FakeTensor(self.values.reshape(shape))

    def is_floating_point(self) -> bool:
        return self.values.dtype.kind == "f"

    def float(self) -> FakeTensor:
        return FakeTensor(self.values.astype(np.float32))

    def numpy(self) -> np.ndarray:
        return self.values


def test_as_picture_takes_paths_and_pictures(tmp_path):
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    picture = as_picture(path)
    assert close(picture, UNIT)
    assert close(as_picture(str(path)), UNIT)
    assert as_picture(picture) is picture


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, ">u2", np.float16, np.float32, np.float64])
def test_as_picture_takes_arrays(dtype):
    kind = np.dtype(dtype)
    scale = 1 if kind.kind == "f" else np.iinfo(kind).max
    tolerance = 1e-3 if kind == np.float16 else 1e-6
    values = (UNIT * scale).round(0 if scale > 1 else 9).astype(kind)
    assert close(as_picture(values), UNIT, tolerance)
    assert close(as_picture(values[..., 0]), UNIT[..., :1], tolerance)
    assert close(as_picture(np.asfortranarray(values[::-1])), UNIT[::-1], tolerance)
    rgba = np.concatenate([values, values[..., :1]], axis=2)
    picture = as_picture(rgba)
    assert picture.alpha is not None
    assert np.allclose(picture.alpha, UNIT[..., 0], atol=tolerance)


def test_as_picture_copies():
    values = UNIT.astype(np.float32)
    picture = as_picture(values)
    values[:] = 0
    assert close(picture, UNIT)


@pytest.mark.parametrize(
    "values",
    [
        np.full((20, 30, 3), np.nan),
        np.full((20, 30, 3), 255.0),
        np.full((20, 30, 3), -0.1),
        np.zeros((20, 30, 3), np.int64),
        np.zeros((20, 30, 3), bool),
        np.zeros((20, 30, 2)),
        np.zeros((1, 3, 20, 30)),
        np.zeros(30),
        np.zeros((8, 8, 3)),
        np.zeros((0, 20, 3)),
    ],
)
def test_as_picture_refuses_other_arrays(values):
    with pytest.raises(PictureError) as caught:
        as_picture(values)
    sentence(caught.value, "array")


def test_as_picture_takes_tensors():
    first = UNIT.transpose(2, 0, 1)
    assert close(as_picture(FakeTensor(first)), UNIT)
    assert close(as_picture(FakeTensor(first[None])), UNIT)
    assert close(as_picture(FakeTensor(COLORS.transpose(2, 0, 1))), UNIT)
    for wrong in (UNIT, first[None, None], first[0], np.stack([first, first]), first * 255):
        with pytest.raises(PictureError) as caught:
            as_picture(FakeTensor(wrong))
        sentence(caught.value, "tensor")


def test_as_picture_takes_a_torch_tensor():
    torch = pytest.importorskip("torch")
    tensor = torch.tensor(UNIT.transpose(2, 0, 1), requires_grad=True)
    assert close(as_picture(tensor), UNIT)
    assert close(as_picture(tensor.to(torch.bfloat16)[None]), UNIT, 0.005)
    assert close(as_picture(torch.tensor(COLORS.transpose(2, 0, 1).copy())), UNIT)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr", "HSV"])
def test_as_picture_takes_pillow_images(mode):
    image = Image.fromarray(np.uint8(SMOOTH * 255)).convert(mode)
    picture = as_picture(image)
    assert picture.alpha is None
    if mode != "CMYK":
        assert close(picture, np.asarray(image.convert("RGB")) / 255)


@pytest.mark.parametrize("mode", ["LA", "RGBA", "RGBa", "La"])
def test_as_picture_takes_the_alpha_of_pillow_images(mode):
    image = Image.new("RGBA", (30, 20), (100, 100, 100, 128))
    picture = as_picture(image.convert("LA").convert(mode) if mode == "La" else image.convert(mode))
    assert picture.alpha is not None
    assert np.allclose(picture.alpha, 128 / 255)
    assert np.allclose(picture.rgb, 100 / 255, atol=0.005)


def test_as_picture_takes_deep_gray_pillow_images():
    values = np.arange(600).reshape(20, 30) * 100
    expected = values[..., None] / 65535
    for mode, kind in {"I;16": "<u2", "I;16B": ">u2", "I": "i4"}.items():
        image = Image.frombytes(mode, (30, 20), values.astype(kind).tobytes())
        assert close(as_picture(image), expected)
    assert close(as_picture(Image.fromarray(np.float32(values / 65535))), expected)


def test_as_picture_refuses_pillow_images_out_of_range(tmp_path):
    for image in (
        Image.fromarray(np.full((20, 30), 70_000, np.int32)),
        Image.fromarray(np.full((20, 30), 2.0, np.float32)),
        Image.new("RGB", (8, 8)),
    ):
        with pytest.raises(PictureError) as caught:
            as_picture(image)
        sentence(caught.value, "Pillow image")
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    path.write_bytes(path.read_bytes()[:300])
    with Image.open(path) as cut, pytest.raises(PictureError) as caught:
        as_picture(cut)
    sentence(caught.value, "Pillow image")


@pytest.mark.parametrize("source", [None, 3, b"a.png", [1, 2], object()])
def test_as_picture_refuses_anything_else(source):
    with pytest.raises(PictureError) as caught:
        as_picture(source)
    sentence(caught.value, type(source).__name__)


def test_to_pil():
    image = images.to_pil(UNIT)
    assert image.mode == "RGB"
    assert np.array_equal(np.asarray(image), COLORS)
    assert np.asarray(images.to_pil(np.full((16, 16, 3), 1.5)))[0, 0].tolist() == [255] * 3


@pytest.mark.parametrize("shape", [(30, 60), (60, 30), (40, 40), (10, 300)])
def test_cover_keeps_the_middle_and_the_proportions(shape):
    height, width = shape
    y, x = np.mgrid[0:height, 0:width]
    ramps = np.stack([(x + 0.5) / width, (y + 0.5) / height], axis=2)
    covered = images.cover(ramps, 24, 18)
    assert covered.shape == (18, 24, 2)
    scale = max(24 / width, 18 / height)
    assert covered.mean(axis=(0, 1)) == pytest.approx([0.5, 0.5], abs=0.02)
    inner = covered[3:-3, 3:-3]
    across, down = np.diff(inner[..., 0], axis=1), np.diff(inner[..., 1], axis=0)
    assert across.mean() == pytest.approx(1 / (width * scale), rel=0.05)
    assert down.mean() == pytest.approx(1 / (height * scale), rel=0.05)


def test_cover_cuts_nothing_off_where_only_rounding_differs():
    values = np.random.default_rng(0).random((30, 40, 3))
    assert np.array_equal(images.cover(values, 39, 30), images.resize(values, 39, 30))
