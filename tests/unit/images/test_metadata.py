"""The settings inside a picture file."""

from __future__ import annotations

import json
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageSequence

from impasto.errors import PictureError, SettingsError
from impasto.images import add_settings, read, read_settings, write
from tests.support.picture_files import COLORS, FORMATS, UNIT, png_chunk, save_pil, sentence

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


def test_long_settings_come_back_and_too_long_ones_for_jpeg_are_refused(tmp_path):
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


def test_a_keyword_that_is_not_unicode_hides_no_settings(tmp_path):
    """PNG's keywords are Latin-1."""
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    data = path.read_bytes()
    other = png_chunk(b"tEXt", "Größe\0groß".encode("latin-1"))
    path.write_bytes(data[:33] + other + data[33:])
    assert read_settings(path) is None
    assert read(path).rgb.shape == UNIT.shape
    write(path, UNIT, settings="{}")
    data = path.read_bytes()
    path.write_bytes(data[:33] + other + data[33:])
    assert read_settings(path) == "{}"


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_an_escape_that_is_no_character_is_no_error(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    write(path, UNIT, settings="abc")
    data = path.read_bytes().replace(b"abc", b"%FF")
    if suffix == ".png":
        at = data.index(b"iTXt")
        text = data[at : data.index(b"%FF") + 3]
        data = data.replace(png_chunk(b"", text)[4:-4] + data[at + len(text) :][:4],
                            text + struct.pack(">I", zlib.crc32(text)))  # fmt: skip
    path.write_bytes(data)
    assert read_settings(path) == "\ufffd"


@pytest.mark.parametrize(("suffix", "kind"), [(".gif", "GIF"), (".webp", "WEBP"), (".apng", "PNG")])
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("colors", ["RGB", "P"])
def test_animated_pictures_carry_settings_and_play_as_before(tmp_path, suffix, kind, colors, count):
    path, settings = tmp_path / f"a{suffix}", SETTINGS * 40 + "😀"
    frames = [Image.new("RGB", (9, 7), (60 * at, 99, 255)).convert(colors) for at in range(count)]
    frames[0].save(path, kind, save_all=True, append_images=frames[1:], duration=40, lossless=True)
    with Image.open(path) as before:
        shown = [np.array(each.convert("RGB")) for each in ImageSequence.Iterator(before)]
    assert read_settings(path) is None
    add_settings(path, suffix, settings)
    assert read_settings(path) == settings
    with Image.open(path) as after:
        again = [np.array(each.convert("RGB")) for each in ImageSequence.Iterator(after)]
    assert np.array_equal(shown, again)
    assert len(again) == count
