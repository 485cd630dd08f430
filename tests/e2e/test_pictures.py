"""Pictures of every kind, shape and name go in and come out."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from impasto import images
from impasto.job.recipe import Recipe
from tests.support.pictures import dimensions, pixels

FAST = ("--backbone=pocket", "--size", 32, "--iterations", 3)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_every_format_carries_the_recipe(impasto, photograph, painting, tmp_path, suffix):
    out = tmp_path / f"out{suffix}"
    assert impasto("paint", photograph, painting, "-o", out, *FAST).code == 0
    recipe = Recipe.of_picture(out)
    assert recipe.settings.size == 32
    assert recipe.content.path == photograph.name
    assert recipe.settings.device == "cpu"


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bits_are_written_and_not_8_bits_stretched(
    impasto, photograph, painting, tmp_path, suffix
):
    out = tmp_path / f"out{suffix}"
    assert impasto("paint", photograph, painting, "-o", out, *FAST, "--bits", 16).code == 0
    levels = pixels(out) * 65535
    assert np.abs(levels - levels.round()).max() < 0.01
    assert len(np.unique(levels.round() % 257)) > 100  # not 8 bits stretched


def test_transparency_is_put_back_on_request(impasto, painting, tmp_path):
    content, out = tmp_path / "cut-out.png", tmp_path / "out.png"
    picture = Image.new("RGBA", (40, 30), (20, 90, 160, 255))
    picture.paste((0, 0, 0, 0), (0, 0, 20, 30))
    picture.save(content)
    assert impasto("paint", content, painting, "-o", out, *FAST).code == 0
    assert images.read(out).alpha is None
    out.unlink()
    assert impasto("paint", content, painting, "-o", out, *FAST, "--keep-alpha").code == 0
    alpha = images.read(out).alpha
    assert alpha is not None
    assert alpha[:, :10].max() == 0
    assert alpha[:, -10:].min() == 1


@pytest.mark.parametrize("size", [(100, 3), (3, 100), (200, 1), (16, 16), (17, 16)])
def test_very_wide_and_very_small_pictures_keep_their_size(impasto, painting, tmp_path, size):
    content, out = tmp_path / "thin.png", tmp_path / "out.png"
    Image.radial_gradient("L").convert("RGB").resize(size).save(content)
    done = impasto(
        "paint",
        content,
        painting,
        "-o",
        out,
        "--size",
        max(size),
        "--iterations",
        2,
        "--backbone=pocket",
    )
    assert done.code == 0, done.err
    assert dimensions(out) == size


def test_the_long_side_is_exact_and_odd_sizes_work(impasto, photograph, painting, tmp_path):
    out = tmp_path / "out.png"
    impasto(
        "paint",
        photograph,
        painting,
        "-o",
        out,
        "--size",
        51,
        "--iterations",
        2,
        "--backbone=pocket",
    )
    assert dimensions(out) == (51, 38)


def test_a_thin_picture_stays_in_place_from_size_to_size(impasto, painting, tmp_path):
    """What pads a thin picture must not be enlarged with it."""
    content, out = tmp_path / "thin.png", tmp_path / "out.png"
    ramp = np.linspace(0, 255, 20).astype(np.uint8)[:, None, None]
    Image.fromarray(np.broadcast_to(ramp, (20, 512, 3)).copy()).save(content)
    done = impasto(
        *("paint", content, painting, "-o", out, "--size", 256, "--plan", "128:4,256:1"),
        *("--style-weight", 0.01, "--tv-weight", 0),
    )
    assert done.code == 0, done.err
    rows = pixels(out).mean(axis=(1, 2))
    assert (np.diff(rows) > 0).all()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has file names of any bytes")
def test_file_names_that_are_no_text_are_read_written_and_found_again(
    photograph, painting, tmp_path
):
    content, out = (os.fsencode(tmp_path) + name for name in (b"/a\xff.png", b"/out\xfe.png"))
    os.link(photograph, content)
    program = [sys.executable, "-m", "impasto"]
    command = [*program, "paint", content, painting, "-o", out, "--size", "16", "--iterations", "1"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout == out + b"\n"
    again = [*program, "repeat", out, "-o", tmp_path / "again.png"]
    subprocess.run(again, capture_output=True, check=True)
    assert (pixels(tmp_path / "again.png") == pixels(os.fsdecode(out))).all()


def test_a_start_of_another_shape_is_cut_and_this_is_said(impasto, photograph, tmp_path):
    start, painting, out = (tmp_path / f"{name}.png" for name in ("start", "style", "out"))
    Image.fromarray(np.full((90, 30, 3), 127, np.uint8)).save(painting)
    tall = np.zeros((90, 30, 3), np.uint8)
    tall[33:57] = 255  # its middle has the photograph's shape
    Image.fromarray(tall).save(start)
    done = impasto(
        *("paint", photograph, painting, "-o", out, "--init", start, "--size", 32),
        *("--iterations", 1, "--levels", 1),
    )
    assert done.code == 0
    assert "its middle is used, 25% of it" in done.err
    assert pixels(out).min() > 0.9
    assert "middle" not in impasto("paint", photograph, painting, "-o", out, *FAST).err
