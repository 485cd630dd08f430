"""Pictures from the features of one layer, and textures, through the command line."""

import numpy as np
from PIL import Image

from impasto.cli.sweeps import RECONSTRUCTION
from impasto.job.reconstruction import DEFAULTS, TV
from tests.support.pictures import dimensions, pixels

FAST = ("--backbone=pocket", "--size", 32, "--iterations", 2, "--threads", 1)


def test_reconstructions_can_be_repeated(impasto, photograph, painting, tmp_path):
    inverted, texture = tmp_path / "inverted.png", tmp_path / "texture.png"
    done = impasto("reconstruct", photograph, "--content", "relu2_1", "-o", inverted, *FAST)
    assert done.code == 0, done.err
    command = ("reconstruct", painting, "--style", "relu1_1,relu2_1", "-o", texture)
    done = impasto(*command, FAST[0], *FAST[3:], "--size", "60x20")
    assert done.code == 0, done.err
    assert dimensions(inverted) == (32, 24)
    assert dimensions(texture) == (60, 20)
    assert "60 x 20" in impasto("info", texture).out
    for path in (inverted, texture):
        done = impasto("repeat", path)
        assert done.code == 0, done.err
        assert np.array_equal(pixels(done.out.strip()), pixels(path))
    assert impasto("repeat", texture, "--content", photograph).code == 2


def test_reconstruct_names_its_result_after_the_picture(impasto, photograph, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (
        impasto("reconstruct", photograph, "--style", "relu1_1", *FAST).out == "photo-texture.png\n"
    )
    assert (
        impasto("reconstruct", photograph, "--content", "relu1_1", *FAST).out
        == "photo-content.png\n"
    )
    assert impasto("reconstruct", photograph, *FAST).code == 2


def test_the_help_of_reconstruct_names_its_own_defaults():
    assert {**DEFAULTS, "tv_weight": TV} == RECONSTRUCTION


def test_a_reconstruction_resumes_to_the_same_pixels_and_writes_its_losses(
    impasto, photograph, tmp_path
):
    whole, parts = tmp_path / "whole.png", tmp_path / "parts.png"
    command = ("reconstruct", photograph, "--content", "relu2_1", *FAST, "--snapshot-every", 2)
    log, film = tmp_path / "losses.csv", tmp_path / "film.gif"
    assert (
        impasto(*command, "-o", whole, "--iterations", 6, "--log", log, "--animate", film).code == 0
    )
    assert impasto(*command, "-o", parts, "--iterations", 3).code == 0
    assert impasto(*command, "-o", parts, "--iterations", 6, "--resume").code == 0
    assert np.array_equal(pixels(whole), pixels(parts))
    assert len(log.read_text().splitlines()) == 1 + 6
    with Image.open(film) as opened:
        assert opened.n_frames > 1
