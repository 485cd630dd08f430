"""In a terminal: Ctrl-C ends a command, and leaves cursor and echo as they were."""

import signal
import subprocess

import pytest

from impasto.job import Recipe
from impasto.run.checkpoint_file import checkpoint_path, read_checkpoint
from tests.support.pictures import dimensions
from tests.support.signaled import program
from tests.support.studio import wait_for
from tests.support.terminal import PATIENCE, in_a_terminal

LONG = ("--backbone=pocket", "--size", 64, "--iterations", 10**6)

BEGUN = r" [2-9]\d*/1000000 .* left \d"
"""A live display after the second evaluation."""


def test_ctrl_c_keeps_the_picture_and_ends_with_130(terminal, photograph, painting, tmp_path):
    out = tmp_path / "out.png"
    words = in_a_terminal("paint", photograph, painting, "-o", out, *LONG)
    with terminal.running(words, stdin=subprocess.DEVNULL) as process:
        terminal.wait_for(BEGUN)
        terminal.press(b"\x03")
        printed, _ = process.communicate(timeout=PATIENCE)
    seen = terminal.finish()
    assert (process.returncode, printed.decode()) == (130, f"{out}\n"), seen
    assert dimensions(out) == (64, 48)
    (level,) = Recipe.of_picture(out).settings.plan
    assert 2 <= level[1] < 10**6
    assert seen.endswith("impasto: interrupted\r\n")
    assert "Traceback" not in seen
    assert terminal.has_cursor()


def test_a_terminal_that_is_closed_loses_nothing(terminal, photograph, painting, tmp_path):
    out = tmp_path / "out.png"
    options = (*LONG, "--snapshot-every", 10**6)
    words = in_a_terminal("paint", photograph, painting, "-o", out, *options)
    with terminal.running(words) as process:
        terminal.wait_for(BEGUN)
        terminal.hang_up()
        printed, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, printed.decode()) == (129, f"{out}\n")
    (level,) = Recipe.of_picture(out).settings.plan
    assert level[1] == len(read_checkpoint(checkpoint_path(out)).history) > 1
    assert not list(tmp_path.glob("*.tmp"))


def test_a_terminal_that_is_closed_loses_no_finished_cell(terminal, photograph, painting, tmp_path):
    out = tmp_path / "out"
    options = ("--size", 64, "--vary", "seed=1", "--vary", "plan=64:1;64:1000000")
    words = in_a_terminal("sweep", photograph, painting, "-o", out, *options)
    with terminal.running(words) as process:
        terminal.wait_for(r"cells .*1/2.* [2-9]\d*/1000000 ")
        terminal.hang_up()
        printed, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, printed.decode()) == (129, f"{out / 'report.html'}\n")
    assert "1 of 2 cells painted" in (out / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("numbers", "nth", "code"),
    [
        pytest.param([signal.SIGTERM], 1, 143, id="before the first picture"),
        pytest.param([signal.SIGINT] * 2, 3, -signal.SIGINT, id="second Ctrl-C"),
    ],
)
def test_a_process_that_ends_at_once_shows_the_cursor(
    terminal, photograph, painting, tmp_path, numbers, nth, code
):
    start = program(numbers, calling="impasto.optimize.loop.accept", nth=nth)
    words = ["paint", photograph, painting, "-o", tmp_path / "out.png", *LONG]
    with terminal.running([*start, *map(str, words)]) as process:
        process.communicate(timeout=PATIENCE)
    seen = terminal.finish()
    assert process.returncode == code, seen
    assert terminal.has_cursor()
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_after_a_prompt_for_a_password_letters_are_shown_again(
    terminal, tmp_path, monkeypatch, number, code
):
    monkeypatch.delenv("IMPASTO_STUDIO_PASSWORD", raising=False)
    words = in_a_terminal("studio", "--host", "0.0.0.0", "--user", "ann", "--folder", tmp_path)
    assert terminal.echoes()
    with terminal.running(words, stdin=terminal.screen) as process:
        terminal.wait_for("Password")
        wait_for(lambda: not terminal.echoes())
        process.send_signal(number)
        process.wait(PATIENCE)
        assert terminal.echoes()
    seen = terminal.finish()
    assert process.returncode == code
    assert seen.endswith("impasto: interrupted\r\n")
    assert "Traceback" not in seen
