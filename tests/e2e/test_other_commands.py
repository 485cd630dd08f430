"""repeat, info, models, demo."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from impasto import __version__, images
from impasto.backbones.weights.published import POCKET, PUBLISHED
from impasto.job import Recipe, SourceFile, is_packaged
from tests.support.pictures import dimensions


@pytest.fixture
def painted(impasto, photograph, painting, tmp_path):
    out = tmp_path / "painted.png"
    done = impasto(
        *("paint", photograph, painting, "-o", out, "--size", 40, "--plan", "20:3,40:3"),
        *("--init", "noise", "--seed", 5),
    )
    assert done.code == 0, done.err
    return out


def test_repeat_paints_the_same_pixels_from_the_picture_alone(impasto, painted, tmp_path):
    done = impasto("repeat", painted)
    again = tmp_path / "painted-again.png"
    assert done.out == f"{again}\n"
    assert np.array_equal(images.read(again).rgb, images.read(painted).rgb)
    assert images.read_settings(again) == images.read_settings(painted)


def test_repeat_finds_its_inputs_beside_the_picture(
    impasto, painted, photograph, painting, tmp_path
):
    folder = tmp_path / "moved"
    folder.mkdir()
    for path in (painted, photograph, painting):
        shutil.move(path, folder)
    assert impasto("repeat", folder / "painted.png", "-o", folder / "again.png").code == 0


def test_repeat_names_what_is_missing_or_changed(impasto, painted, photograph, painting):
    painting.write_bytes(photograph.read_bytes())
    done = impasto("repeat", painted)
    assert done.code == 2
    assert "the style" in done.err
    assert "has changed" in done.err
    painting.unlink()
    done = impasto("repeat", painted)
    assert (done.code, "is missing" in done.err) == (2, True)


def test_repeat_takes_other_inputs(impasto, painted, photograph, painting, tmp_path):
    content = tmp_path / "renamed.png"
    photograph.rename(content)
    out = tmp_path / "again.png"
    done = impasto("repeat", painted, "--content", content, "--style", painting, "-o", out)
    assert done.code == 0, done.err
    assert np.array_equal(images.read(out).rgb, images.read(painted).rgb)


def test_repeat_never_overwrites_the_picture_it_reads(impasto, painted):
    done = impasto("repeat", painted, "-o", painted)
    assert done.code == 2
    assert "is also an input" in done.err


def test_info_shows_settings_and_inputs(impasto, painted, photograph):
    done = impasto("info", painted)
    assert done.code == 0
    assert f"content         {photograph.name} (sha256" in done.out
    assert "seed            5" in done.out
    values = json.loads(impasto("info", painted, "--json").out)
    assert values["settings"]["plan"] == [[20, 3], [40, 3]]
    assert values["impasto"] == __version__


def test_info_on_another_picture_is_one_sentence(impasto, photograph):
    done = impasto("info", photograph)
    assert done.code == 2
    assert done.err.count("\n") == 1


def test_models_lists_every_network(impasto):
    done = impasto("models")
    assert done.code == 0
    for name in ("pocket", "vgg19", "vgg16", "vgg19-caffe", "in the package"):
        assert name in done.out


def test_demo_paints_a_sample(impasto, tmp_path):
    done = impasto("demo", "-o", tmp_path / "out", "--size", 48, "--quiet")
    assert done.code == 0, done.err
    assert max(dimensions(done.out.strip())) == 48


def test_version_and_help_are_printed(impasto):
    assert impasto("--version").out == f"impasto {__version__}\n"
    assert "paint" in impasto("--help").out
    assert "Optimization:" in impasto("paint", "--help").out


def test_repeat_finds_inputs_that_were_named_from_another_folder(
    impasto, photograph, painting, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    fast = ("--size", 32, "--iterations", 2)
    assert (
        impasto(
            "paint", "photo.png", "painting.jpg", "-o", "sub/out.png", *fast, "--backbone=pocket"
        ).code
        == 0
    )
    monkeypatch.chdir(tmp_path / "sub")
    assert impasto("repeat", "out.png").code == 0


def test_repeat_refuses_an_input_that_the_picture_never_had(impasto, painted):
    done = impasto("repeat", painted, "--fine-style", "some.png")
    assert (done.code, "painted without fine_style" in done.err) == (2, True)


def test_weights_of_the_package_are_known_wherever_it_lies():
    digest = PUBLISHED["vgg19-8bit"].sha256
    assert is_packaged(SourceFile("/elsewhere/vgg19-8bit.safetensors", digest))
    assert not is_packaged(SourceFile("vgg19-8bit.safetensors", digest[::-1]))
    assert not is_packaged(None)


def test_the_pocket_network_is_recorded_like_any_weights(impasto, photograph, painting, tmp_path):
    out = tmp_path / "quick.png"
    fast = ("--size", 32, "--iterations", 2, "--backbone=pocket")
    assert impasto("paint", photograph, painting, "-o", out, *fast).code == 0
    recorded = Recipe.of_picture(out).weights
    assert recorded.sha256 == hashlib.sha256(POCKET.read_bytes()).hexdigest()
    assert (Path(recorded.path).name, is_packaged(recorded)) == ("pocket.safetensors", True)


def test_a_folder_name_with_brackets_is_printed_as_it_is(impasto, tmp_path, monkeypatch):
    monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path / "[/a]"))
    monkeypatch.setenv("COLUMNS", "400")
    (tmp_path / "[/a]" / "weights").mkdir(parents=True)
    (tmp_path / "[/a]" / "weights" / "vgg_conv.pth").touch()
    done = impasto("models")
    assert done.code == 0
    assert "[/a]" in done.out


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_the_bare_command_shows_its_help(impasto, arguments):
    done = impasto(*arguments)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Usage: impasto [OPTIONS]")
