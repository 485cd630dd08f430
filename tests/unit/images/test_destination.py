"""Whether a file can be written is found out before the work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from impasto.errors import PictureError, SettingsError
from impasto.images import check_output, write
from tests.support.picture_files import COLORS, FORMATS, UNIT, save_pil, sentence


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


def test_bits_that_the_format_does_not_have_are_refused(tmp_path):
    assert "8 or 16" in unfit(SettingsError, tmp_path / "a.png", bits=12)
    assert "JPEG holds 8" in unfit(SettingsError, tmp_path / "a.jpg", bits=16)
    assert "WebP holds 8" in unfit(SettingsError, tmp_path / "a.webp", bits=16)
    with pytest.raises(SettingsError):
        write(tmp_path / "a.webp", UNIT, bits=16)


def test_alpha_and_size_are_checked_too(tmp_path):
    assert "transparency" in unfit(PictureError, tmp_path / "a.jpg", alpha=True)
    assert "16383" in unfit(PictureError, tmp_path / "a.webp", size=(20000, 100))


def test_places_where_no_file_can_be_are_named(tmp_path):
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


def test_a_protected_file_is_not_overwritten(tmp_path):
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    path.chmod(0o444)
    assert "write-protected" in unfit(PictureError, path)


def test_a_folder_without_permission_is_refused(tmp_path, monkeypatch):
    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", deny)
    assert "Permission denied" in unfit(PictureError, tmp_path / "a.png")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="a folder that nobody can write to")
def test_a_folder_that_even_the_superuser_cannot_write_to_is_refused():
    unfit(PictureError, Path("/proc/a.png"))


def test_an_output_that_is_an_input_is_refused(tmp_path, monkeypatch):
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    (tmp_path / "link.png").symlink_to(path)
    (tmp_path / "hard.png").hardlink_to(path)
    for name in ("a.png", "link.png", "hard.png"):
        assert "input" in unfit(PictureError, tmp_path / name, inputs=["x.png", path])
    monkeypatch.chdir(tmp_path)
    assert "input" in unfit(PictureError, Path("a.png"), inputs=[path])
