"""What every kind of file shows, upright and with its transparency."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from impasto import images
from impasto.errors import PictureError
from impasto.images import as_picture, read, read_settings, write
from tests.support.picture_files import (
    COLORS,
    SMOOTH,
    UNIT,
    close,
    rotated,
    save_pil,
    save_vips,
    tiff,
)


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


def test_of_a_tiff_with_a_tag_of_too_many_values_no_warning_is_shown(tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(COLORS, 2, tag_274=(1, 1, 1)))
    assert close(read(path), UNIT)


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


def test_sha256_is_that_of_the_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert images.sha256(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()
    with pytest.raises(PictureError, match="No such file"):
        images.sha256(tmp_path / "b")


@pytest.mark.parametrize("format", ["BMP", "PPM", "TGA", "JPEG2000"])
def test_reads_what_pillow_decodes(tmp_path, format):
    path = tmp_path / "a.png"  # whatever its extension
    for mode in ("RGB", "L"):
        image = Image.fromarray(COLORS).convert(mode)
        image.save(path, format=format)
        if format == "TGA":
            path = path.rename(tmp_path / "a.tga")  # which begins with anything
        picture = read(path)
        assert close(picture, np.asarray(image.convert("RGB")) / 255)
        assert picture.alpha is None
        if format != "TGA":  # which its name tells
            assert np.array_equal(read(path.read_bytes()).rgb, picture.rgb)
        assert picture.notes == ()
        assert read_settings(path) is None


@pytest.mark.parametrize("format", ["TGA", "JPEG2000"])
def test_reads_the_alpha_of_what_pillow_decodes(tmp_path, format):
    rgba = np.dstack([COLORS, np.full((20, 30), 51)]).astype(np.uint8)
    path = tmp_path / "a.tga"
    Image.fromarray(rgba).save(path, format=format)
    picture = read(path)
    assert np.allclose(picture.alpha, 0.2)
    assert close(picture, UNIT)


def test_knows_a_tga_file_by_its_end(tmp_path):
    path = tmp_path / "a.dat"
    Image.fromarray(COLORS).save(path, format="TGA")
    path.write_bytes(path.read_bytes() + bytes(8) + b"TRUEVISION-XFILE.\0")
    assert close(read(path), UNIT)


@pytest.mark.parametrize("kind", ["P1", "P2", "P3", "P4", "P5", "P6"])
def test_reads_every_pnm(tmp_path, kind):
    path = tmp_path / "a.pnm"
    size = f"{kind}\n# a comment\n20 16\n"
    rows, limit = np.arange(320).reshape(16, 20) % 2, "" if kind in ("P1", "P4") else "1\n"
    values = np.repeat(rows, 3) if kind in ("P3", "P6") else rows.reshape(-1)
    plain = " ".join(map(str, values)).encode()
    packed = np.packbits(rows.astype(np.uint8), axis=1).tobytes()
    data = plain if kind in ("P1", "P2", "P3") else bytes(values.tolist())
    path.write_bytes((size + limit).encode() + (packed if kind == "P4" else data))
    white = 1 - rows if kind in ("P1", "P4") else rows
    assert close(read(path), white[..., None] * 1.0)


def test_reads_16_bits_of_a_gray_pnm_and_says_that_it_reads_8_of_colors(tmp_path):
    values = np.arange(1800).reshape(20, 30, 3) * 36
    gray, color = tmp_path / "a.pgm", tmp_path / "a.ppm"
    gray.write_bytes(b"P5\n30 20\n65535\n" + values[..., 0].astype(">u2").tobytes())
    assert close(read(gray), values[..., :1] / 65535)
    color.write_bytes(b"P6\n30 20\n65535\n" + values.astype(">u2").tobytes())
    picture = read(color)
    assert close(picture, values / 65535, 0.5001 / 255)
    (note,) = picture.notes
    assert "16 bits per channel, of which 8 are read" in note


def test_says_that_it_reads_8_bits_of_a_deep_jpeg_2000(tmp_path):
    path = tmp_path / "a.jp2"
    Image.fromarray(COLORS).save(path, format="JPEG2000")
    data = bytearray(path.read_bytes())
    at = data.index(b"\xff\x4f\xff\x51") + 42
    assert data[at : at + 9 : 3] == b"\7\7\7"
    data[at : at + 9 : 3] = b"\x0b" * 3  # its numbers are now those of 12 bits
    path.write_bytes(data)
    (note,) = read(path).notes
    assert "12 bits per channel" in note


@pytest.mark.skipif(not pyvips.type_find("VipsOperation", "heifload_source"), reason="no AVIF")
def test_reads_the_first_frame_of_an_avif_sequence(tmp_path):
    first, second = Image.new("RGB", (30, 20), "red"), Image.new("RGB", (30, 20), "blue")
    path = save_pil(tmp_path / "a.avif", first, save_all=True, append_images=[second])
    assert path.read_bytes()[8:12] == b"avis"
    assert close(read(path), np.broadcast_to([1.0, 0, 0], (20, 30, 3)), 0.02)
    first.save(path)
    data = path.read_bytes()
    assert data[8:12] == b"avif"
    path.write_bytes(data[:8] + b"mif1" + data[12:])  # an AVIF by the kinds that it is, too
    assert close(read(path), np.broadcast_to([1.0, 0, 0], (20, 30, 3)), 0.02)


@pytest.mark.parametrize(("photometric", "channels"), [(0, 1), (1, 1), (2, 3), (5, 4)])
def test_takes_a_sample_beyond_the_colors_for_alpha_only_if_the_file_says_so(
    tmp_path, photometric, channels
):
    path, colors = tmp_path / "a.tif", np.dstack([COLORS, COLORS[..., :1]])[..., :channels]
    path.write_bytes(tiff(colors, photometric))
    plain = read(path)
    assert plain.alpha is None
    path.write_bytes(tiff(np.dstack([colors, np.zeros((20, 30), np.uint8)]), photometric, extra=0))
    unspecified = read(path)
    assert unspecified.alpha is None
    assert np.array_equal(unspecified.rgb, plain.rgb)
    path.write_bytes(tiff(np.dstack([colors, np.full((20, 30), 51, "u1")]), photometric, extra=2))
    covered = read(path)
    assert np.allclose(covered.alpha, 0.2)
    assert np.array_equal(covered.rgb, plain.rgb)


ROTATED = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:tiff="http://ns.adobe.com/tiff/1.0/"><tiff:Orientation>6</tiff:Orientation>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def with_xmp(path: Path, image: Image.Image, packet: str, **options: object) -> Path:
    if path.suffix == ".tif":
        options["tiffinfo"] = {700: packet.encode(), **options.pop("exif", {})}
    elif path.suffix == ".png":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", packet)
    else:
        options["xmp"] = packet.encode()
    return save_pil(path, image, **{"quality": 98, **options})


@pytest.mark.parametrize("suffix", ["jpg", "webp", "tif", "png"])
@pytest.mark.parametrize("packet", [ROTATED, ROTATED.replace(">6</tiff:Orientation", '="6"/')])
def test_an_orientation_in_xmp_turns_a_file_and_a_pillow_image_alike(tmp_path, suffix, packet):
    path = with_xmp(tmp_path / f"a.{suffix}", rotated(6)[0], packet, lossless=True)
    with Image.open(path) as image:
        assert close(as_picture(image), SMOOTH, 0.05)
    assert close(read(path), SMOOTH, 0.05)


@pytest.mark.parametrize("suffix", ["jpg", "webp", "tif", "png"])
def test_an_orientation_in_exif_goes_before_one_in_xmp(tmp_path, suffix):
    exif = Image.Exif()
    exif[0x0112] = 1
    path = with_xmp(tmp_path / f"a.{suffix}", Image.fromarray(COLORS), ROTATED, exif=exif)
    with Image.open(path) as image:
        assert as_picture(image).rgb.shape == read(path).rgb.shape == (20, 30, 3)


@pytest.mark.skipif(not pyvips.type_find("VipsOperation", "heifload_source"), reason="no AVIF")
def test_an_avif_turns_itself_and_xmp_does_not_turn_it_again(tmp_path):
    stored, exif = rotated(6)
    path = with_xmp(tmp_path / "a.avif", stored, ROTATED, exif=exif)
    with Image.open(path) as image:
        assert close(as_picture(image), SMOOTH, 0.05)
    assert close(read(path), SMOOTH, 0.05)
    path = with_xmp(tmp_path / "b.avif", Image.fromarray(COLORS), ROTATED)
    with Image.open(path) as image:
        assert as_picture(image).rgb.shape == read(path).rgb.shape == (20, 30, 3)


def test_reads_a_heic_photograph_upright_and_in_its_colors(tmp_path):
    pillow_heif = pytest.importorskip("pillow_heif")
    colors = np.zeros((32, 48, 3), np.uint8)
    colors[:16, :, 0], colors[16:, :, 2] = 200, 220
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right, as phones held upright write
    path = tmp_path / "IMG_0001.HEIC"
    heif = pillow_heif.from_pillow(Image.fromarray(colors))
    heif.save(path, quality=-1, exif=exif.tobytes())
    picture = read(path)
    assert picture.rgb.shape == (48, 32, 3)
    assert picture.rgb[24, 28, 0] > 0.7  # what was above is at the right
    assert picture.rgb[24, 4, 2] > 0.7


def test_a_damaged_heic_photograph_is_damaged(tmp_path):
    pillow_heif = pytest.importorskip("pillow_heif")
    path = tmp_path / "a.heic"
    pillow_heif.from_pillow(Image.fromarray(COLORS)).save(path)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(PictureError, match="damaged or incomplete"):
        read(path)
