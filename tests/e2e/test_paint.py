"""Painting through the command line, with the network that ships."""

import json

import numpy as np
import pytest
from PIL import Image

from impasto import images
from impasto.job.recipe import Recipe
from impasto.job.resources import GIB, taken
from tests.support.pictures import dimensions, pixels

FAST = ("--backbone=pocket", "--size", 32, "--iterations", 3)


def test_paint_writes_a_picture_of_the_size_asked_for_and_prints_its_path(
    impasto, photograph, painting, tmp_path
):
    out = tmp_path / "out.png"
    done = impasto(
        "paint",
        photograph,
        painting,
        "-o",
        out,
        "--size",
        64,
        "--iterations",
        8,
        "--backbone=pocket",
    )
    assert done.code == 0, done.err
    assert done.out == f"{out}\n"
    assert dimensions(out) == (64, 48)
    assert "64 px" in done.err
    assert "left" in done.err
    start = images.resize(pixels(photograph), 64, 48)
    assert np.abs(pixels(out) - start).mean() > 0.02  # it has been painted
    assert np.abs(pixels(out) - start).mean() < 0.4  # and is still the photograph


def test_the_loss_falls_and_json_has_a_line_per_evaluation(impasto, photograph, painting, tmp_path):
    done = impasto(
        *("paint", photograph, painting, "-o", tmp_path / "o.png", "--quiet", "--json"),
        *("--size", 64, "--plan", "32:6,64:9"),
    )
    steps = [json.loads(line) for line in done.out.splitlines()]
    assert [step["index"] for step in steps] == list(range(1, 16))
    assert [step["size"] for step in steps] == [32] * 6 + [64] * 9
    for step in steps:
        assert sum(step["parts"].values()) == pytest.approx(step["total"], rel=1e-5)
        assert step["seconds"] > 0
    assert {"content relu4_2", "style relu1_1", "style relu5_1", "tv"} <= set(steps[0]["parts"])
    assert steps[5]["total"] < steps[0]["total"] / 2
    assert done.err == f"{tmp_path / 'o.png'}\n"


def test_quiet_shows_nothing_but_the_path(impasto, photograph, painting, tmp_path):
    done = impasto("paint", photograph, painting, "-o", tmp_path / "o.png", "--quiet", *FAST)
    assert (done.code, done.out, done.err) == (0, f"{tmp_path / 'o.png'}\n", "")


def test_without_output_the_picture_is_named_after_its_inputs(
    impasto, photograph, painting, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert impasto("paint", photograph, painting, *FAST).out == "photo-painting.png\n"
    assert (tmp_path / "photo-painting.png").exists()


@pytest.mark.parametrize(
    "options",
    [
        ["--init", "noise", "--seed", 3],
        ["--init", "style"],
        ["--init", "gray"],
        ["--init", "white"],
        ["--init", "blend", "--init-noise", 0.25],
        ["--init-noise", 0.5],
        ["--optimizer", "lbfgs"],
        ["--tv", "kang", "--tv-weight", 9],
        ["--normalization", "kang"],
        ["--normalization", "neuralart"],
        ["--optimizer", "adam", "--learning-rate", 0.05],
        ["--history", 2],
        ["--pooling", "max"],
        ["--normalization", "paper"],
        ["--normalization", "gatys2016"],
        ["--normalization", "neural-style"],
        ["--tv", "absolute", "--tv-weight", 3],
        ["--style-layers", "relu1_1:0.5,relu2_1:2", "--content-layers", "relu3_1"],
        ["--style-scale", 0.5],
        ["--style-weight", 0],
        ["--content-weight", 0],
        ["--color", "content", "--color-match", "histogram"],
        ["--color", "luminance"],
        ["--protect-edges", 5],
        ["--photoreal-weight", 1e6],
        ["--finish", "guided"],
        ["--precision", "bfloat16"],
        ["--precision", "float64"],
        ["--levels", 1],
        ["--converge", 0.5],
        ["--threads", 1, "--device", "cpu"],
    ],
    ids=lambda options: " ".join(map(str, options)),
)
def test_every_option_changes_the_picture_and_is_recorded(
    impasto, photograph, painting, tmp_path, options
):
    out, plain = tmp_path / "out.png", tmp_path / "plain.png"
    done = impasto("paint", photograph, painting, "-o", out, *FAST, *options)
    assert done.code == 0, done.err
    recorded = Recipe.of_picture(out).settings.to_dict()
    for flag, value in zip(options[::2], options[1::2], strict=True):
        name = flag.removeprefix("--").replace("-", "_")
        if name not in ("style_layers", "content_layers"):
            assert recorded[name] == ((value,) if name == "style_scale" else value)
    # At this size there is one level of three steps, no pixel meets a bound, and float64 rounds to
    # the same 8 bits.
    same = {"--levels", "--history", "--threads", "--converge", "float64", "lbfgs"}
    if not same & set(options):
        default = ("--precision", "float32") if "--precision" in options else ()
        impasto("paint", photograph, painting, "-o", plain, *FAST, *default)
        assert not np.array_equal(pixels(out), pixels(plain))


def test_tiles_change_nothing_and_are_chosen_when_memory_is_short(
    impasto, photograph, painting, tmp_path
):
    whole, tiled, short = (tmp_path / f"{name}.png" for name in ("whole", "tiled", "short"))
    command = ("paint", photograph, painting, "--size", 400, "--plan", "200:1,400:2", "--bits", 16)
    command = (*command, "--backbone=pocket", "--precision", "float32", "-o")
    assert impasto(*command, whole).code == 0
    assert impasto(*command, tiled, "--tile", 192).code == 0
    assert np.abs(pixels(whole) - pixels(tiled)).max() < 1e-3
    # Whole it takes 0.18 GiB. Reading the network takes up to 0.06, if nothing is left of it.
    done = impasto(*command, short, "--memory", 0.14 + taken("cpu") / GIB)
    assert "tiles of" in done.err
    assert Recipe.of_picture(short).settings.tile > 0
    assert Recipe.of_picture(whole).settings.tile == 0


def test_a_picture_file_can_be_the_start(impasto, photograph, painting, tmp_path):
    out = tmp_path / "out.png"
    assert impasto("paint", photograph, painting, "-o", out, *FAST, "--init", painting).code == 0
    assert Recipe.of_picture(out).init is not None


def test_several_styles_are_blended_by_their_weights(impasto, photograph, painting, tmp_path):
    other = tmp_path / "other.png"
    Image.new("RGB", (40, 40), (250, 10, 10)).save(other)
    found = []
    for blend in ("1,0", "1,3"):
        out = tmp_path / f"{blend}.png"
        done = impasto(
            *("paint", photograph, painting, other, "-o", out, "--style-blend", blend),
            *("--size", 32, "--iterations", 20, "--style-weight", 1000, "--backbone=pocket"),
        )
        assert done.code == 0, done.err
        found.append(pixels(out)[..., 0].mean() - pixels(out)[..., 2].mean())
    assert found[1] > found[0]  # more of the red one


def test_the_same_settings_give_the_same_file(impasto, photograph, painting, tmp_path):
    first, second = tmp_path / "1.png", tmp_path / "2.png"
    for out in (first, second):
        assert impasto("paint", photograph, painting, "-o", out, *FAST, "--init", "noise").code == 0
    assert first.read_bytes() == second.read_bytes()


def test_a_level_that_has_converged_is_left_early(impasto, photograph, painting, tmp_path):
    out = tmp_path / "out.png"
    done = impasto(
        *("paint", photograph, painting, "-o", out, "--quiet", "--json", "--converge", 0.02),
        *("--size", 64, "--plan", "32:500,64:500", "--backbone=pocket"),
    )
    steps = [json.loads(line) for line in done.out.splitlines()]
    assert [step["index"] for step in steps] == list(range(1, len(steps) + 1))
    assert len(steps) < 300
    counts = [sum(step["size"] == size for step in steps) for size in (32, 64)]
    assert Recipe.of_picture(out).settings.plan == ((32, counts[0]), (64, counts[1]))


@pytest.mark.parametrize("name", ["neural-style", "gatys2016"])
def test_other_normalizations_do_paint(impasto, photograph, painting, tmp_path, name):
    out = tmp_path / "out.png"
    options = ("--normalization", name, "--size", 64, "--iterations", 60)
    assert (
        impasto("paint", photograph, painting, "-o", out, *options, "--backbone=pocket").code == 0
    )
    assert np.abs(pixels(out) - pixels(photograph)).mean() > 0.01


def test_a_preset_is_recorded_as_settings_and_options_win(impasto, photograph, painting, tmp_path):
    out, again = tmp_path / "out.png", tmp_path / "again.png"
    options = ("--preset", "liu", "--backbone", "pocket", "--size", 32, "--iterations", 3)
    assert (
        impasto("paint", photograph, painting, "-o", out, *options, "--backbone=pocket").code == 0
    )
    recorded = Recipe.of_picture(out).settings
    assert (recorded.optimizer, recorded.history, recorded.style_scale) == ("lbfgsb", 8, (1.2,))
    assert recorded.plan == ((32, 3),)
    assert impasto("repeat", out, "-o", again).code == 0
    assert again.read_bytes() == out.read_bytes()
