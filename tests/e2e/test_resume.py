"""Interrupted at any moment, a run goes on to the very pixels of an uninterrupted one."""

import errno
import json
import os
import pkgutil
import signal
from pathlib import Path

import pytest

from impasto import images
from impasto.images.destination import unwritable
from impasto.job.recipe import Recipe
from tests.support.processes import killed_after

RUN = (
    "--backbone=pocket",
    "--size",
    "48",
    "--plan",
    "24:12,48:18",
    "--init",
    "noise",
    "--snapshot-every",
    "5",
)


def arguments(photograph, painting, out, *options):
    return [*map(str, ("paint", photograph, painting, "-o", out, *RUN, *options))]


def test_a_killed_run_goes_on_to_the_same_file(impasto, photograph, painting, tmp_path):
    options = ("--log", tmp_path / "log.csv")
    whole, broken = tmp_path / "whole.png", tmp_path / "broken.png"
    assert impasto(*arguments(photograph, painting, whole, *options)).code == 0
    log = (tmp_path / "log.csv").read_text().splitlines()
    options = (*options, "--json", "--quiet")
    assert len(killed_after(8, *arguments(photograph, painting, broken, *options))) == 8
    assert not broken.exists()
    options = (*options, "--resume")
    seen = killed_after(9, *arguments(photograph, painting, broken, *options))
    assert json.loads(seen[0])["index"] == 6  # on from the last checkpoint
    done = impasto(*arguments(photograph, painting, broken, *options))
    assert done.code == 0, done.err
    assert json.loads(done.out.splitlines()[0])["index"] == 11
    assert broken.read_bytes() == whole.read_bytes()
    for number in range(5, 31, 5):
        snapshots = (tmp_path / f"{name}-{number:06}.png" for name in ("whole", "broken"))
        one, other = (path.read_bytes() for path in snapshots)
        assert one == other
    without_seconds = [[*line.split(",")[:3], *line.split(",")[4:]] for line in log]
    again = (tmp_path / "log.csv").read_text().splitlines()
    assert [[*line.split(",")[:3], *line.split(",")[4:]] for line in again] == without_seconds


POINTS = {
    "an evaluation": ("impasto.objective.Objective.__call__", 13),
    "taking it in": ("impasto.optimize.loop.accept", 9),
    "the optimizer's step": ("impasto.optimize.lbfgs_bounded.LBFGSB._apply_inverse_hessian", 8),
    "a recorder": ("impasto.run.snapshots.Snapshots.add", 8),
    "the first evaluation of a size": ("impasto.objective.Objective.__call__", 17),
    "the start of a size": ("impasto.transfer.begin", 2),
}


def interrupt(monkeypatch, point, act):
    """Let something happen at one call of a function, before it does its work."""
    where, nth = POINTS[point]
    owner, _, name = where.rpartition(".")
    owner = pkgutil.resolve_name(owner)
    real, calls = getattr(owner, name), []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == nth:
            act()
        return real(*arguments)

    monkeypatch.setattr(owner, name, interrupted)


def fail():
    raise RuntimeError("broken")


@pytest.mark.parametrize(("point", "first"), [*zip(POINTS, (9, 6, 6, 6, 13, 13), strict=True)])
def test_a_run_that_fails_keeps_the_last_evaluation_whose_state_is_whole(
    point, first, impasto, photograph, painting, tmp_path, monkeypatch
):
    whole, broken = tmp_path / "whole.png", tmp_path / "broken.png"
    assert impasto(*arguments(photograph, painting, whole)).code == 0
    with monkeypatch.context() as patched:
        interrupt(patched, point, fail)
        done = impasto(*arguments(photograph, painting, broken))
    assert done.code == 1
    assert "RuntimeError: broken" in done.err
    done = impasto(*arguments(photograph, painting, broken, "--resume", "--json"))
    assert json.loads(done.out.splitlines()[0])["index"] == first
    assert broken.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize(("point", "first"), [*zip(POINTS, (10, 10, 9, 9, 14, 14), strict=True)])
def test_an_interrupted_run_keeps_the_evaluation_that_it_is_in(
    point, first, impasto, photograph, painting, tmp_path, monkeypatch
):
    whole, broken = tmp_path / "whole.png", tmp_path / "broken.png"
    assert impasto(*arguments(photograph, painting, whole)).code == 0
    with monkeypatch.context() as patched:
        interrupt(patched, point, lambda: os.kill(os.getpid(), signal.SIGINT))
        assert impasto(*arguments(photograph, painting, broken)).code == 130
    done = impasto(*arguments(photograph, painting, broken, "--resume", "--json"))
    assert json.loads(done.out.splitlines()[0])["index"] == first
    assert broken.read_bytes() == whole.read_bytes()


def test_before_the_first_checkpoint_it_begins_at_the_start_and_says_so(
    impasto, photograph, painting, tmp_path
):
    out = tmp_path / "out.png"
    done = impasto(*arguments(photograph, painting, out, "--resume"))
    assert done.code == 0
    assert "there is no checkpoint beside" in done.err
    assert out.exists()


def test_a_finished_run_is_written_again_or_goes_on_with_more_iterations(
    impasto, photograph, painting, tmp_path
):
    out = tmp_path / "out.png"
    impasto(*arguments(photograph, painting, out))
    first = out.read_bytes()
    out.unlink()
    done = impasto(*arguments(photograph, painting, out, "--resume", "--json"))
    assert (done.code, done.out) == (0, "")  # no evaluation was left to do
    assert out.read_bytes() == first
    longer = arguments(photograph, painting, out, "--resume", "--json")
    done = impasto(*[word.replace("48:18", "48:20") for word in longer])
    assert [json.loads(line)["index"] for line in done.out.splitlines()] == [31, 32]
    assert Recipe.of_picture(out).settings.plan == ((24, 12), (48, 20))
    again = tmp_path / "again.png"
    assert impasto("repeat", out, "-o", again).code == 0
    assert again.read_bytes() == out.read_bytes()


def test_another_picture_or_setting_is_refused_and_nothing_is_lost(
    impasto, photograph, painting, tmp_path
):
    out = tmp_path / "out.png"
    impasto(*arguments(photograph, painting, out))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for extra in (["--style-weight", "5"], ["--optimizer", "adam"], ["--seed", "3"]):
        done = impasto(*arguments(photograph, painting, out, "--resume", *extra))
        assert (done.code, done.out) == (2, ""), done.err
        assert done.err.count("\n") == 1
        assert "to begin anew" in done.err
    done = impasto(*arguments(painting, painting, out, "--resume"))
    assert (done.code, done.out) == (2, "")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def full(*arguments, **keywords):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_fills_on_the_way_is_told_once_and_the_picture_is_painted(
    impasto, photograph, painting, tmp_path, monkeypatch
):
    monkeypatch.setattr("impasto.run.snapshots.write_checkpoint", full)
    out = tmp_path / "out.png"
    done = impasto(*arguments(photograph, painting, out, "--quiet"))
    assert (done.code, done.out) == (1, f"{out}\n")
    assert out.exists()
    assert done.err.count("\n") == 1
    name = "out.png.checkpoint.safetensors"
    assert f"{name}' cannot be written (No space left on device): make room" in done.err


def test_a_picture_that_cannot_be_written_is_kept_elsewhere(
    impasto, photograph, painting, tmp_path, monkeypatch
):
    out, elsewhere, real = tmp_path / "out.png", tmp_path / "elsewhere", images.write
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))

    def fails_here(path, *arguments, **keywords):
        if Path(path) == out:
            raise no_space(path)
        real(path, *arguments, **keywords)

    monkeypatch.setattr(images, "write", fails_here)
    done = impasto(
        "paint",
        photograph,
        painting,
        "-o",
        out,
        "--size",
        32,
        "--iterations",
        2,
        "--backbone=pocket",
    )
    assert done.code == 1
    (kept,) = elsewhere.rglob("*.png")
    assert f"the picture is kept in '{kept}'" in done.err.splitlines()[-1]
    assert images.read(kept).rgb.shape == (24, 32, 3)

    def fails_everywhere(path, *arguments, **keywords):
        raise no_space(path)

    monkeypatch.setattr(images, "write", fails_everywhere)
    done = impasto(
        "paint",
        photograph,
        painting,
        "-o",
        out,
        "--size",
        32,
        "--iterations",
        2,
        "--backbone=pocket",
    )
    assert done.code == 1
    assert "No space left on device" in done.err


def no_space(path):
    return unwritable(path, OSError(errno.ENOSPC, "No space left on device"))
