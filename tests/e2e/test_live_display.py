"""What is shown while a picture is painted: bars on a terminal, plain lines elsewhere."""

import re

import pytest
import torch

from impasto.cli.display import PlainDisplay, displays, opening
from impasto.job import prepare
from impasto.optimize import Step
from impasto.run import Result, run
from impasto.settings import Settings
from tests.support.pictures import dimensions


def test_a_terminal_shows_a_bar_for_each_level_and_stdout_gets_the_path(
    terminal, photograph, painting, tmp_path, capfd, monkeypatch
):
    out = tmp_path / "out.png"
    words = ("paint", photograph, painting, "-o", out, "--plan", "32:7,64:5", "--size", "64")
    code = terminal.run(monkeypatch, *words, "--backbone", "pocket")
    seen = terminal.finish()
    assert code == 0, seen
    assert capfd.readouterr() == (f"{out}\n", "")
    assert dimensions(out) == (64, 48)
    assert "64 × 48 pixels with pocket on cpu" in seen
    assert "32 px × 7, 64 px × 5" in " ".join(seen.split())  # the line may be broken
    last = seen[seen.rindex("32 px") :]  # the last time that the bars were drawn
    assert re.search(r"32 px\s+━+\s+7/7\s+[\d.]+/s", last), last
    assert re.search(r"64 px\s+━+\s+5/5\s+[\d.]+/s", last), last
    number = r"[\d.e+-]+"
    shown = rf"loss {number}  \(content {number}  style {number}  tv {number}\)  left 0:00"
    assert re.search(shown, last), last
    assert str(out) not in seen


@pytest.fixture
def job(photograph, painting):
    settings = Settings(
        size=64, plan="32:3,64:2", precision="float32", threads=1, backbone="pocket"
    )
    return prepare(photograph, painting, settings)


def test_plain_lines_are_shown_where_there_is_no_terminal(job, capsys, monkeypatch):
    monkeypatch.setattr("impasto.cli.display.PLAIN_EVERY", float("inf"))  # no line for being slow
    *_, result = run(job, displays(quiet=False))
    out, err = capsys.readouterr()
    *opened, a, b, c, d = err.splitlines()
    assert out == ""
    assert "\n".join(opened) == opening(job)
    assert [line.split("  ")[:2] for line in (a, b, c, d)] == [
        *(["32 px", "1/3"], ["32 px", "3/3"], ["64 px", "1/2"], ["64 px", "2/2"])
    ]
    assert all(re.search(r"loss .* \(content .* style .* tv .*\) .*/s  left \d", x) for x in (a, d))
    assert d.endswith("left 0:00")
    assert "\x1b" not in err
    for line, step in ((a, result.history[0]), (d, result.history[-1])):
        style = sum(part for name, part in step.parts.items() if name.startswith("style "))
        assert f"loss {step.total:.4g}  " in line
        assert f"style {style:.4g}  tv {step.parts['tv']:.4g})" in line


def test_what_takes_long_is_to_be_looked_at_small_first(job, monkeypatch):
    assert "note:" not in opening(job)
    monkeypatch.setattr("impasto.cli.display.LONG_PAINTING", 0.0)
    assert opening(job).endswith("\nnote: that is long: --size 16 shows sooner whether you like it")


def test_the_bars_of_sizes_that_an_earlier_run_has_finished_are_full(
    impasto, terminal, photograph, painting, tmp_path, monkeypatch
):
    arguments = ("paint", photograph, painting, "-o", tmp_path / "out.png", "--size", 64)
    arguments = (*arguments, "--snapshot-every", 5, "--threads", 1, "--plan")
    assert impasto(*arguments, "32:7,64:5").code == 0
    assert terminal.run(monkeypatch, *arguments, "32:7,64:6", "--resume") == 0
    last = terminal.finish()
    last = last[last.rindex("32 px") :]
    assert re.search(r"32 px\s+━+\s+7/7\s", last), last
    assert re.search(r"64 px\s+━+\s+6/6\s+[\d.]+/s", last), last


def test_a_divergence_is_told(job, capsys):
    display = PlainDisplay()
    display.begin(Result(job))
    kinds = {"tv": 1.0}
    note = "the loss became nan: going on"
    display.add(Step(2, 32, 2, torch.zeros(1, 3, 4, 4), 1.0, kinds, kinds, 0.5, note))
    assert "the loss became nan: going on\n" in capsys.readouterr().err


def test_quiet_shows_nothing(job, capfd):
    for _ in run(job, displays(quiet=True)):
        pass
    assert capfd.readouterr() == ("", "")
