"""Plugins through the command line: painted with, swept over, named by pictures, and refused."""

import csv
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from impasto import images
from impasto.job.recipe import fields_of, read_embedded

EXAMPLES = Path(__file__).parents[2] / "examples" / "plugins"
SKEW = EXAMPLES / "skew_loss.py"
FAST = ("--backbone=pocket", "--size", 48, "--levels", 1, "--iterations", 2, "--threads", 1)
CHOSEN = {
    "skew_loss": ("--style-loss", "gram:1,skew:0.5"),
    "momentum": ("--optimizer", "momentum"),
    "average_start": ("--init", "average"),
    "random_network": ("--backbone", "random"),
}


@pytest.fixture(autouse=True)
def no_rows_are_left(forget_plugins):
    return


@pytest.fixture
def skew(tmp_path):
    """A copy of the example, which tests may change."""
    path = tmp_path / "skew.py"
    path.write_text(SKEW.read_text())
    return path


@pytest.fixture
def painted(impasto, forget_plugins, skew, photograph, painting, tmp_path):
    """A picture painted with the plugin, which is not loaded anymore."""
    out = tmp_path / "painted.png"
    done = impasto(
        *("--plugin", skew, "paint", photograph, painting, "-o", out, *FAST),
        *("--style-loss", "skew"),
    )
    assert done.code == 0, done.err
    forget_plugins()
    return out


def test_every_example_is_painted_with():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(CHOSEN)


@pytest.mark.parametrize("name", CHOSEN)
def test_an_example_is_accepted_painted_with_and_recorded(
    impasto, photograph, painting, tmp_path, name
):
    out, file = tmp_path / "out.png", EXAMPLES / f"{name}.py"
    paint = ("paint", photograph, painting, "-o", out, *FAST, *CHOSEN[name])
    done = impasto(*paint)
    assert done.code == 2
    assert not out.exists()
    done = impasto("--plugin", file, *paint, "--tile", 32)
    assert done.code == 0, done.err
    (plugin,) = fields_of(read_embedded(out))["plugins"]
    assert ((tmp_path / plugin.path).resolve(), plugin.sha256) == (file, images.sha256(file))
    setting = CHOSEN[name][0].removeprefix("--").replace("-", "_")
    assert [row[0] for row in plugin.rows] == [setting]


def test_help_lists_what_plugins_add(impasto):
    assert "skew" not in impasto("paint", "--help").out
    done = impasto(
        "--plugin",
        SKEW,
        "--plugin",
        EXAMPLES / "random_network.py",
        "paint",
        "-h",
        "--backbone=pocket",
    )
    assert "skew" in done.out
    assert "caffenet, random" in " ".join(done.out.split())
    assert "random  RandomNetwork: two layers of random filters" in impasto("models").out


def test_the_environment_names_plugins_too(impasto, monkeypatch):
    paths = (SKEW, EXAMPLES / "average_start.py")
    monkeypatch.setenv("IMPASTO_PLUGINS", os.pathsep.join(map(str, paths)))
    done = impasto("paint", "--help")
    assert "skew" in done.out
    assert "average" in done.out


@pytest.mark.parametrize("code", ["1 / 0", "import", "x = 1", None])
def test_a_plugin_that_cannot_be_loaded_is_one_sentence(impasto, tmp_path, code):
    path = tmp_path / "bad.py"
    if code is not None:
        path.write_text(code)
    done = impasto("--plugin", path, "paint", "--help")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert str(path) in done.err


def test_behind_the_command_it_is_told_where_plugins_stand(impasto, photograph, painting):
    done = impasto("paint", photograph, painting, "--plugin", SKEW, "--backbone=pocket")
    assert done.code == 2
    assert (
        done.err
        == "impasto: --plugin stands before the command, as in impasto --plugin FILE paint.\n"
    )


def test_info_names_the_plugin_whether_or_not_it_is_loaded(impasto, painted, skew):
    line = f"plugin          '{skew.name}' (sha256 {images.sha256(skew)[:12]}…): style_loss skew; "
    done = impasto("info", painted)
    assert done.code == 0, done.err
    assert f"{line}not loaded\n" in done.out
    assert 'style_loss      [["skew", 1.0]]' in done.out
    assert json.loads(impasto("info", painted, "--json").out)["plugins"][0]["name"] == "skew"
    assert f"{line}as it was\n" in impasto("--plugin", skew, "info", painted).out
    skew.write_text(skew.read_text() + "\n")
    assert f"{line}changed\n" in impasto("--plugin", skew, "info", painted).out


def test_repeat_names_a_missing_plugin_and_paints_the_same_pixels_with_it(
    impasto, painted, skew, tmp_path
):
    done = impasto("repeat", painted)
    assert done.code == 2
    for part in ("style_loss 'skew'", f"'{skew.name}'", images.sha256(skew)[:12], "--plugin FILE"):
        assert part in done.err
    moved = skew.rename(tmp_path / "moved.py")
    done = impasto("--plugin", moved, "repeat", painted)
    assert done.code == 0, done.err
    again = images.read(tmp_path / "painted-again.png").rgb
    assert np.array_equal(again, images.read(painted).rgb)


def test_repeat_refuses_a_changed_plugin_unless_told_to_take_it(impasto, painted, skew, tmp_path):
    skew.write_text(skew.read_text().replace("** 3", "** 5"))
    done = impasto("--plugin", skew, "repeat", painted)
    assert done.code == 2
    assert "give --changed-plugins" in done.err
    done = impasto("--plugin", skew, "repeat", painted, "--changed-plugins")
    assert done.code == 0, done.err
    again = tmp_path / "painted-again.png"
    assert not np.array_equal(images.read(again).rgb, images.read(painted).rgb)
    assert fields_of(read_embedded(again))["plugins"][0].sha256 == images.sha256(skew)


def test_a_run_goes_on_with_the_plugin_that_it_began_with_only(
    impasto, forget_plugins, photograph, painting, tmp_path
):
    """With an optimizer, so that what it has learned is in the checkpoint."""
    momentum, out = tmp_path / "momentum.py", tmp_path / "out.png"
    momentum.write_text((EXAMPLES / "momentum.py").read_text())
    paint = ("paint", photograph, painting, "-o", out, *FAST, "--snapshot-every", 1, "--resume")
    paint = (*paint, "--optimizer", "momentum", "--iterations")
    assert impasto("--plugin", momentum, *paint, 2).code == 0
    done = impasto("--plugin", momentum, *paint, 3)
    assert done.code == 0, done.err
    assert "48 px  3/3" in done.err
    assert "48 px  1/3" not in done.err
    momentum.write_text(momentum.read_text() + "\n")
    done = impasto("--plugin", momentum, *paint, 4)
    assert done.code == 2
    assert "was made with other contents of the plugin" in done.err
    forget_plugins()
    done = impasto(*[word for word in paint if word not in ("--optimizer", "momentum")], 4)
    assert done.code == 2
    assert "optimizer 'momentum' is of the plugin" in done.err


def test_a_sweep_over_the_new_loss_reports_it_and_sees_when_it_changes(
    impasto, forget_plugins, skew, photograph, painting, tmp_path
):
    out = tmp_path / "sweep"
    sweep = ("sweep", photograph, painting, "-o", out, *FAST, "--vary", "style_loss=gram,skew")
    done = impasto("--plugin", skew, *sweep)
    assert done.code == 0, done.err
    with (out / "cells.csv").open(encoding="utf-8", newline="") as file:
        gram, mine = csv.DictReader(file)
    assert mine["style_loss"] == "skew"
    assert float(mine["loss"]) > 0
    assert mine["command"].startswith(f"impasto --plugin {skew} paint ")
    assert gram["command"].startswith("impasto paint ")
    page = (out / "report.html").read_text(encoding="utf-8")
    assert f"impasto --plugin {skew} paint " in page
    assert "2 there already" in impasto("--plugin", skew, *sweep).err
    skew.write_text(skew.read_text() + "\n")
    assert "1 there already; 1 to paint" in impasto("--plugin", skew, *sweep).err
    forget_plugins()
    assert impasto(*sweep).code == 2
    again = impasto(*shlex.split(mine["command"])[1:], "-o", tmp_path / "again.png")
    assert again.code == 0, again.err
    pixels = [images.read(path).rgb for path in (out / mine["picture"], tmp_path / "again.png")]
    assert np.array_equal(*pixels)


def test_the_rows_of_a_plugin_keep_what_every_row_promises():
    tests = Path(__file__).parents[1] / "contract"
    rows = "skew or momentum or average or random"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests, "-k", rows],
        env={**os.environ, "IMPASTO_PLUGINS": os.pathsep.join(map(str, EXAMPLES.glob("*.py")))},
        cwd=EXAMPLES.parents[1], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert int(done.stdout.rpartition(" passed")[0].split()[-1]) >= 40
