"""Colors of other spaces become sRGB: ICC profiles, gray, CMYK."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw

from impasto.images import as_picture, read
from tests.support.picture_files import COLORS, P3, PRESS, SRGB, UNIT, close, save_pil, save_vips


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
