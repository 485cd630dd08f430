"""A picture file holds what was given, is the same every time, and is whole or not there."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image

from impasto.errors import PictureError
from impasto.images import as_picture, check_output, read, write
from tests.support.picture_files import COLORS, FORMATS, SMOOTH, SRGB, UNIT, close, sentence


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


def test_the_file_and_its_folder_are_on_the_disk_before_anybody_is_told(tmp_path, monkeypatch):
    events: list[str] = []
    sync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        events.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def replaced(self: Path, target: Path) -> Path:
        events.append("name")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    write(tmp_path / "a.png", UNIT)
    assert events == ["file", "name", "folder"]


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_cannot_sync_is_written_to(tmp_path, monkeypatch, number):
    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    write(tmp_path / "a.png", UNIT)
    assert close(read(tmp_path / "a.png"), UNIT)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
@pytest.mark.parametrize("resolution", [300.0, 72.0, 118.0])
def test_a_file_says_how_large_it_is_on_paper(tmp_path, suffix, resolution):
    path = tmp_path / f"a.{suffix}"
    write(path, np.zeros((16, 24, 3), np.float32), resolution=resolution)
    assert read(path).resolution == pytest.approx(resolution, abs=0.5)
    with Image.open(path) as seen:
        assert seen.info["dpi"] == pytest.approx((resolution, resolution), abs=0.5)


def test_where_nobody_says_a_file_has_72_pixels_per_inch(tmp_path):
    write(tmp_path / "a.png", np.zeros((16, 24, 3), np.float32))
    with Image.open(tmp_path / "a.png") as seen:
        assert round(seen.info["dpi"][0]) == 72
        seen.save(tmp_path / "silent.png", dpi=None)
    assert read(tmp_path / "silent.png").resolution == pytest.approx(72, abs=0.5)
    as_it_is = Image.new("RGB", (24, 16))
    assert as_picture(as_it_is).resolution is None
    as_it_is.info["dpi"] = (150, 150)
    assert as_picture(as_it_is).resolution == 150
