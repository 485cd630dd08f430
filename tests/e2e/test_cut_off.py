"""Whatever cuts a run off, the picture so far is kept, and can be painted again."""

import os
import signal
import subprocess

import numpy as np
import pytest

from impasto import images
from impasto.job import Recipe
from impasto.run import Result
from tests.support.pictures import dimensions, pixels
from tests.support.processes import command, rest_of, running
from tests.support.signaled import program

FAST = ("--backbone=pocket", "--size", 32, "--iterations", 3)


def test_ctrl_c_keeps_the_picture_so_far_and_it_can_be_repeated(photograph, painting, tmp_path):
    out, again = tmp_path / "out.png", tmp_path / "again.png"
    options = ("--json", "--quiet", "--size", 96, "--plan", "48:4,96:100000")
    with running(
        command("paint", photograph, painting, "-o", out, *options, "--backbone=pocket")
    ) as process:
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
    out, real = tmp_path / "out.png", Result.add

    def interrupted(result, step):
        real(result, step)
        if step.index == 2:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Result, "add", interrupted)
    done = impasto(
        "paint",
        photograph,
        painting,
        "-o",
        out,
        "--plan",
        "32:5,64:5",
        "--size",
        64,
        "--backbone=pocket",
    )
    assert done.code == 130
    assert dimensions(out) == (64, 48)
    assert Recipe.of_picture(out).settings.plan == ((32, 2),)
    monkeypatch.undo()
    again = tmp_path / "again.png"
    assert impasto("repeat", out, "-o", again).code == 0
    assert np.array_equal(pixels(out), pixels(again))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_during_the_final_write_does_not_lose_the_picture(
    impasto, photograph, painting, tmp_path, monkeypatch, number, code
):

    real = images.write

    def slow(*arguments, **keywords):
        os.kill(os.getpid(), number)
        real(*arguments, **keywords)

    monkeypatch.setattr(images, "write", slow)
    out = tmp_path / "out.png"
    done = impasto("paint", photograph, painting, "-o", out, *FAST)
    assert (done.code, done.out) == (code, f"{out}\n")
    assert dimensions(out) == (32, 24)
    assert Recipe.of_picture(out).settings.plan == ((32, 3),)


@pytest.fixture
def nobody():
    """The writing end of a pipe that nobody reads."""
    ours, theirs = os.pipe()
    os.close(ours)
    yield theirs
    os.close(theirs)


def test_a_reader_of_the_progress_who_goes_away_does_not_end_the_run(
    photograph, painting, tmp_path, nobody
):
    out = tmp_path / "out.png"
    words = command("paint", photograph, painting, "-o", out, *FAST)
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=nobody, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, f"{out}\n")
    assert out.is_file()


def test_a_reader_of_the_output_who_goes_away_does_not_end_the_run(
    photograph, painting, tmp_path, nobody
):
    """As in ``--json | head -1``."""
    out = tmp_path / "out.png"
    words = command("paint", photograph, painting, "-o", out, *FAST, "--quiet", "--json")
    done = subprocess.run(words, stdout=nobody, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, f"{out}\n")
    assert Recipe.of_picture(out).settings.plan == ((32, 3),)


def test_a_picture_is_painted_without_any_stream(photograph, painting, tmp_path):
    out = tmp_path / "out.png"
    words = command("paint", photograph, painting, "-o", out, *FAST)
    shell = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
    assert subprocess.run([*shell, *words], check=False).returncode == 0
    assert Recipe.of_picture(out).settings.plan == ((32, 3),)


def test_letters_that_an_encoding_lacks_end_no_run(photograph, painting, tmp_path, monkeypatch):
    """With a code page of Windows, and with a name that is no text in any encoding."""
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    out = os.fsencode(tmp_path) + "/картина-".encode() + b"\xff.png"
    words = command("paint", photograph, painting, *FAST, "-o")
    done = subprocess.run([*words, out], capture_output=True, check=False)
    said = os.fsencode(tmp_path) + rb"/\u043a\u0430\u0440\u0442\u0438\u043d\u0430-" + b"\xff.png\n"
    assert (done.returncode, done.stdout) == (0, said)
    assert os.path.exists(out)  # noqa: PTH110


def test_readers_who_have_gone_with_the_signal_change_no_exit_code(
    photograph, painting, tmp_path, nobody
):
    """As in ``2>&1 | tee log``: Ctrl-C ends the other program, too."""
    out = tmp_path / "out.png"
    start = program([signal.SIGINT, signal.SIGTERM], calling="impasto.optimize.loop.accept", nth=2)
    words = [*start, *map(str, ("paint", photograph, painting, "-o", out, *FAST))]
    done = subprocess.run(words, stdout=nobody, stderr=nobody, check=False)
    assert done.returncode == 130
    assert Recipe.of_picture(out).settings.plan == ((32, 2),)
