"""Whatever cuts a run off, the picture so far is kept, and can be painted again."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from impasto import images
from impasto.job.recipe import Recipe
from tests.support.pictures import dimensions, pixels
from tests.support.processes import command, rest_of, running

FAST = ("--size", 32, "--iterations", 3)


def test_ctrl_c_keeps_the_picture_so_far_and_it_can_be_repeated(photograph, painting, tmp_path):
    out, again = tmp_path / "out.png", tmp_path / "again.png"
    options = ("--json", "--quiet", "--size", 96, "--plan", "48:4,96:100000")
    with running(command("paint", photograph, painting, "-o", out, *options)) as process:
        for _ in range(6):
            assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, err = rest_of(process)
    assert process.returncode == 130, err
    assert err.endswith("impasto: interrupted\n")
    assert dimensions(out) == (96, 72)
    (_, count), (_, done) = Recipe.of_picture(out).settings.plan
    assert (count, done) == (4, 2 + len(rest.splitlines()))
    with running(command("repeat", out, "-o", again, "--quiet")) as process:
        _, err = rest_of(process)
    assert process.returncode == 0, err
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


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_final_write_does_not_lose_the_picture(
    impasto, photograph, painting, tmp_path, monkeypatch, signal_
):

    real = images.write

    def slow(*arguments, **keywords):
        os.kill(os.getpid(), signal_)
        real(*arguments, **keywords)

    monkeypatch.setattr(images, "write", slow)
    out = tmp_path / "out.png"
    done = impasto("paint", photograph, painting, "-o", out, *FAST)
    assert done.code == 0
    assert dimensions(out) == (32, 24)


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
