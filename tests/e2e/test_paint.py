"""Painting through the command line, with the network that ships."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from impasto import images
from impasto.job.resources import GIB, taken
from impasto.job.recipe import Recipe
from tests.e2e.conftest import dimensions

FAST = ("--size", 32, "--iterations", 3)


def pixels(path) -> np.ndarray:
    return images.read(path).rgb


def test_paint_writes_a_picture_of_the_size_asked_for_and_prints_its_path(
    impasto, photograph, painting, tmp_path
):
    out = tmp_path / "out.png"
    done = impasto("paint", photograph, painting, "-o", out, "--size", 64, "--iterations", 8)
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
        ["--optimizer", "lbfgsb"],
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
    # At this size there is one level of three steps, and float64 rounds to the same 8 bits.
    same = {"--levels", "--history", "--threads", "--converge", "float64"}
    if not same & set(options):
        default = ("--precision", "float32") if "--precision" in options else ()
        impasto("paint", photograph, painting, "-o", plain, *FAST, *default)
        assert not np.array_equal(pixels(out), pixels(plain))


def test_tiles_change_nothing_and_are_chosen_when_memory_is_short(
    impasto, photograph, painting, tmp_path
):
    whole, tiled, short = (tmp_path / f"{name}.png" for name in ("whole", "tiled", "short"))
    command = ("paint", photograph, painting, "--size", 700, "--plan", "350:2,700:2", "--bits", 16)
    command = (*command, "--precision", "float32", "-o")
    assert impasto(*command, whole).code == 0
    assert impasto(*command, tiled, "--tile", 256).code == 0
    assert np.abs(pixels(whole) - pixels(tiled)).max() < 1e-3
    done = impasto(*command, short, "--memory", 0.4 + taken("cpu") / GIB)
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
            *("--size", 32, "--iterations", 20, "--style-weight", 1000),
        )
        assert done.code == 0, done.err
        found.append(pixels(out)[..., 0].mean() - pixels(out)[..., 2].mean())
    assert found[1] > found[0]  # more of the red one


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_every_format_carries_the_recipe(impasto, photograph, painting, tmp_path, suffix):
    out = tmp_path / f"out{suffix}"
    assert impasto("paint", photograph, painting, "-o", out, *FAST).code == 0
    recipe = Recipe.of_picture(out)
    assert recipe.settings.size == 32
    assert recipe.content.path == str(photograph)
    assert recipe.settings.device == "cpu"


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bits(impasto, photograph, painting, tmp_path, suffix):
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
def test_very_wide_and_very_small_pictures(impasto, painting, tmp_path, size):
    content, out = tmp_path / "thin.png", tmp_path / "out.png"
    Image.radial_gradient("L").convert("RGB").resize(size).save(content)
    done = impasto("paint", content, painting, "-o", out, "--size", max(size), "--iterations", 2)
    assert done.code == 0, done.err
    assert dimensions(out) == size


def test_the_long_side_is_exact_and_odd_sizes_work(impasto, photograph, painting, tmp_path):
    out = tmp_path / "out.png"
    impasto("paint", photograph, painting, "-o", out, "--size", 51, "--iterations", 2)
    assert dimensions(out) == (51, 38)


def test_the_same_settings_give_the_same_file(impasto, photograph, painting, tmp_path):
    first, second = tmp_path / "1.png", tmp_path / "2.png"
    for out in (first, second):
        assert impasto("paint", photograph, painting, "-o", out, *FAST, "--init", "noise").code == 0
    assert first.read_bytes() == second.read_bytes()


def test_ctrl_c_keeps_the_picture_so_far_and_it_can_be_repeated(photograph, painting, tmp_path):
    out, again = tmp_path / "out.png", tmp_path / "again.png"
    command = [sys.executable, "-m", "impasto"]
    arguments = ["paint", photograph, painting, "-o", out, "--json", "--quiet"]
    with subprocess.Popen(
        [*command, *map(str, arguments), "--size", "96", "--plan", "48:4,96:100000"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for _ in range(6):
            assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        rest, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err.endswith("impasto: interrupted\n")
    assert dimensions(out) == (96, 72)
    (_, count), (_, done) = Recipe.of_picture(out).settings.plan
    assert (count, done) == (4, 2 + len(rest.splitlines()))
    repeated = subprocess.run(
        [*command, "repeat", str(out), "-o", str(again), "--quiet"], check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert repeated.returncode == 0
    assert np.array_equal(pixels(out), pixels(again))


def test_ctrl_c_at_a_coarse_size_gives_the_size_asked_for(
    impasto, photograph, painting, tmp_path, monkeypatch
):
    from impasto import transfer

    out, real = tmp_path / "out.png", transfer.paint

    def interrupted(job, position=None):
        for progress in real(job, position):
            yield progress
            if progress.evaluations == 2:
                raise KeyboardInterrupt

    monkeypatch.setattr(transfer, "paint", interrupted)
    done = impasto("paint", photograph, painting, "-o", out, "--plan", "32:5,64:5", "--size", 64)
    assert done.code == 130
    assert dimensions(out) == (64, 48)
    assert Recipe.of_picture(out).settings.plan == ((32, 2),)
    monkeypatch.undo()
    again = tmp_path / "again.png"
    assert impasto("repeat", out, "-o", again).code == 0
    assert np.array_equal(pixels(out), pixels(again))


def test_a_level_that_has_converged_is_left_early(impasto, photograph, painting, tmp_path):
    out = tmp_path / "out.png"
    done = impasto(
        *("paint", photograph, painting, "-o", out, "--quiet", "--json", "--converge", 0.02),
        *("--size", 64, "--plan", "32:500,64:500"),
    )
    steps = [json.loads(line) for line in done.out.splitlines()]
    assert [step["index"] for step in steps] == list(range(1, len(steps) + 1))
    assert len(steps) < 300
    counts = [sum(step["size"] == size for step in steps) for size in (32, 64)]
    assert Recipe.of_picture(out).settings.plan == ((32, counts[0]), (64, counts[1]))


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


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_final_write_does_not_lose_the_picture(
    impasto, photograph, painting, tmp_path, monkeypatch, signal_
):
    from impasto import images

    real = images.write

    def slow(*arguments, **keywords):
        os.kill(os.getpid(), signal_)
        real(*arguments, **keywords)

    monkeypatch.setattr(images, "write", slow)
    out = tmp_path / "out.png"
    done = impasto("paint", photograph, painting, "-o", out, *FAST)
    assert done.code == 0
    assert dimensions(out) == (32, 24)


@pytest.mark.parametrize("name", ["neural-style", "gatys2016"])
def test_other_normalizations_do_paint(impasto, photograph, painting, tmp_path, name):
    out = tmp_path / "out.png"
    options = ("--normalization", name, "--size", 64, "--iterations", 60)
    assert impasto("paint", photograph, painting, "-o", out, *options).code == 0
    assert np.abs(pixels(out) - pixels(photograph)).mean() > 0.01


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


def test_a_preset_is_recorded_as_settings_and_options_win(impasto, photograph, painting, tmp_path):
    out, again = tmp_path / "out.png", tmp_path / "again.png"
    options = ("--preset", "liu", "--backbone", "pocket", "--size", 32, "--iterations", 3)
    assert impasto("paint", photograph, painting, "-o", out, *options).code == 0
    recorded = Recipe.of_picture(out).settings
    assert (recorded.optimizer, recorded.history, recorded.style_scale) == ("lbfgsb", 8, (1.2,))
    assert recorded.plan == ((32, 3),)
    assert impasto("repeat", out, "-o", again).code == 0
    assert again.read_bytes() == out.read_bytes()


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


def test_a_reader_of_the_progress_who_goes_away_does_not_end_the_run(
    photograph, painting, tmp_path
):
    out, (ours, theirs) = tmp_path / "out.png", os.pipe()
    os.close(ours)  # nobody reads
    program = [sys.executable, "-m", "impasto", "paint", photograph, painting, "-o", out]
    command = [*map(str, program), "--size", "16", "--iterations", "2"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=False)
    os.close(theirs)
    assert done.returncode == 0
    assert out.is_file()
