"""Interrupted at any moment, a run goes on to the very pixels of an uninterrupted one."""

import errno
import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from impasto import images
from impasto.images.destination import unwritable
from impasto.job.recipe import Recipe

RUN = ("--size", "48", "--plan", "24:12,48:18", "--init", "noise", "--snapshot-every", "5")


def command(photograph, painting, out, *options):
    arguments = ("paint", photograph, painting, "-o", out, *RUN, *options)
    return [sys.executable, "-m", "impasto", *map(str, arguments)]


def killed_after(lines, arguments):
    """Run until some evaluations are done, and kill the process without warning."""
    with subprocess.Popen(
        [*arguments, "--json", "--quiet"], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(lines)]
        process.kill()
    assert process.returncode < 0
    return seen


def test_a_killed_run_goes_on_to_the_same_file(impasto, photograph, painting, tmp_path):
    options = ("--log", tmp_path / "log.csv")
    whole, broken = tmp_path / "whole.png", tmp_path / "broken.png"
    assert impasto(*command(photograph, painting, whole, *options)[3:]).code == 0
    log = (tmp_path / "log.csv").read_text().splitlines()
    killed_after(8, command(photograph, painting, broken, *options))
    assert not broken.exists()
    seen = killed_after(9, command(photograph, painting, broken, *options, "--resume"))
    assert json.loads(seen[0])["index"] == 6  # on from the last checkpoint
    done = impasto(*command(photograph, painting, broken, *options, "--resume")[3:])
    assert done.code == 0, done.err
    assert broken.read_bytes() == whole.read_bytes()
    for number in range(5, 31, 5):
        snapshots = (tmp_path / f"{name}-{number:06}.png" for name in ("whole", "broken"))
        one, other = (path.read_bytes() for path in snapshots)
        assert one == other
    without_seconds = [[*line.split(",")[:3], *line.split(",")[4:]] for line in log]
    again = (tmp_path / "log.csv").read_text().splitlines()
    assert [[*line.split(",")[:3], *line.split(",")[4:]] for line in again] == without_seconds


@pytest.mark.parametrize(
    ("where", "method", "first"),
    [
        ("impasto.optimize.loop", "evaluate", 9),
        ("impasto.optimize.lbfgs.LBFGS", "_apply_inverse_hessian", 6),
        ("impasto.run.snapshots.Snapshots", "add", 6),
    ],
)
def test_an_interrupted_run_keeps_the_last_evaluation_whose_state_is_whole(
    where, method, first, impasto, photograph, painting, tmp_path, monkeypatch
):
    whole, broken = tmp_path / "whole.png", tmp_path / "broken.png"
    assert impasto(*command(photograph, painting, whole)[3:]).code == 0
    owner = pkgutil.resolve_name(where)
    real, calls = getattr(owner, method), []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == (9 if method == "evaluate" else 8):
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(owner, method, interrupted)
    assert impasto(*command(photograph, painting, broken)[3:]).code == 130
    monkeypatch.undo()
    done = impasto(*command(photograph, painting, broken, "--resume", "--json")[3:])
    assert json.loads(done.out.splitlines()[0])["index"] == first
    assert broken.read_bytes() == whole.read_bytes()


def test_before_the_first_checkpoint_it_begins_at_the_start_and_says_so(
    impasto, photograph, painting, tmp_path
):
    out = tmp_path / "out.png"
    done = impasto(*command(photograph, painting, out, "--resume")[3:])
    assert done.code == 0
    assert "there is no checkpoint beside" in done.err
    assert out.exists()


def test_a_finished_run_is_written_again_or_goes_on_with_more_iterations(
    impasto, photograph, painting, tmp_path
):
    out = tmp_path / "out.png"
    impasto(*command(photograph, painting, out)[3:])
    first = out.read_bytes()
    out.unlink()
    done = impasto(*command(photograph, painting, out, "--resume", "--json")[3:])
    assert (done.code, done.out) == (0, "")  # no evaluation was left to do
    assert out.read_bytes() == first
    longer = command(photograph, painting, out, "--resume", "--json")[3:]
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
    impasto(*command(photograph, painting, out)[3:])
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for extra in (["--style-weight", "5"], ["--optimizer", "adam"], ["--seed", "3"]):
        done = impasto(*command(photograph, painting, out, "--resume", *extra)[3:])
        assert (done.code, done.out) == (2, ""), done.err
        assert done.err.count("\n") == 1
        assert "to begin anew" in done.err
    done = impasto(*command(painting, painting, out, "--resume")[3:])
    assert (done.code, done.out) == (2, "")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def full(*arguments, **keywords):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_fills_on_the_way_is_told_once_and_the_picture_is_painted(
    impasto, photograph, painting, tmp_path, monkeypatch
):
    monkeypatch.setattr("impasto.run.snapshots.write_checkpoint", full)
    out = tmp_path / "out.png"
    done = impasto(*command(photograph, painting, out, "--quiet")[3:])
    assert done.code == 0
    assert out.exists()
    assert done.err.count("\n") == 1
    assert "out.checkpoint.safetensors' cannot be written (No space left on device)" in done.err


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
    done = impasto("paint", photograph, painting, "-o", out, "--size", 32, "--iterations", 2)
    assert done.code == 1
    (kept,) = elsewhere.rglob("*.png")
    assert f"the picture is kept in '{kept}'" in done.err.splitlines()[-1]
    assert images.read(kept).rgb.shape == (24, 32, 3)

    def fails_everywhere(path, *arguments, **keywords):
        raise no_space(path)

    monkeypatch.setattr(images, "write", fails_everywhere)
    done = impasto("paint", photograph, painting, "-o", out, "--size", 32, "--iterations", 2)
    assert done.code == 2
    assert "No space left on device" in done.err


def no_space(path):
    return unwritable(path, OSError(errno.ENOSPC, "No space left on device"))
