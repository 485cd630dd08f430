"""Pictures as tiles, and the page that shows them."""

import numpy as np
import pytest
from PIL import Image

from impasto.errors import PictureError
from impasto.images import check_zoomable, write_zoomable
from tests.scenes import scene


@pytest.fixture
def rgb():
    return scene(1300, 700).astype(np.float32) / 255


def test_the_finest_tiles_are_the_picture(rgb, tmp_path):
    write_zoomable(tmp_path / "zoom", rgb, "a picture")
    finest = tmp_path / "zoom" / "tiles_files" / "11"  # of 2048 pixels
    assert {path.name for path in finest.iterdir()} == {
        f"{column}_{row}.jpg" for column in range(3) for row in range(2)
    }
    whole = Image.new("RGB", (1300, 700))
    for path in finest.iterdir():
        column, row = map(int, path.stem.split("_"))
        with Image.open(path) as tile:
            whole.paste(tile, (512 * column, 512 * row))
    difference = np.abs(np.asarray(whole, np.float32) / 255 - rgb)
    assert difference.mean() < 0.02
    with Image.open(tmp_path / "zoom" / "tiles_files" / "0" / "0_0.jpg") as dot:
        assert dot.size == (1, 1)
    page = (tmp_path / "zoom" / "index.html").read_text("utf-8")
    assert "WIDTH = 1300, HEIGHT = 700, TILE = 512" in page
    assert "http" not in page  # nothing is loaded from elsewhere


def test_it_takes_the_place_of_another_and_of_nothing_else(rgb, tmp_path):
    write_zoomable(tmp_path / "zoom", rgb, "one")
    write_zoomable(tmp_path / "zoom", rgb[:50, :60], "other & <more>")
    assert "other &amp; &lt;more&gt;" in (tmp_path / "zoom" / "index.html").read_text("utf-8")
    assert not (tmp_path / "zoom" / "tiles_files" / "11").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["zoom"]
    (tmp_path / "zoom" / "diary.txt").touch()
    for taken in (tmp_path / "zoom", tmp_path / "zoom" / "diary.txt"):
        with pytest.raises(PictureError, match="is no zoomable picture"):
            check_zoomable(taken)
    check_zoomable(tmp_path / "new")


def test_what_cannot_be_written_leaves_nothing_and_keeps_the_old(rgb, tmp_path, monkeypatch):
    import pyvips

    write_zoomable(tmp_path / "zoom", rgb[:50, :60], "one")

    def full(*words, **more):
        raise pyvips.Error("no space")

    monkeypatch.setattr(pyvips.Image, "dzsave", full, raising=False)
    with pytest.raises(PictureError, match="cannot be written"):
        write_zoomable(tmp_path / "zoom", rgb, "other")
    assert [path.name for path in tmp_path.iterdir()] == ["zoom"]
    assert "one" in (tmp_path / "zoom" / "index.html").read_text("utf-8")
