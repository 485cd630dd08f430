"""Sounds through the command line."""

import re
import signal
from importlib import import_module

import numpy as np
import pytest
from PIL import Image

from impasto.sound import Sound, read_sound, write_sound
from tests.support.processes import command, rest_of, running
from tests.support.sounds import RATE, hiss, ticks

FAST = ("--filters", 8, "--iterations", 4)


@pytest.fixture
def clock(tmp_path):
    path = tmp_path / "clock.wav"
    write_sound(path, Sound(ticks(), RATE, tags={"title": "A clock"}))
    return path


@pytest.fixture
def rain(tmp_path):
    path = tmp_path / "rain.flac"
    write_sound(path, Sound(hiss(), RATE))
    return path


def test_a_texture_is_made_longer_and_seen(impasto, clock, tmp_path):
    out, picture = tmp_path / "long.flac", tmp_path / "both.png"
    done = impasto(
        "sound", "texture", clock, "-o", out, "--seconds", 3, "--picture", picture, *FAST
    )
    assert done.code == 0, done.err
    assert done.out.splitlines() == [str(out), str(picture)]
    assert "3.0 seconds, 8000 Hz, channels: 1" in done.err
    assert re.search(r"4/4  loss [\d.e-]+  0:00 left", done.err)
    made = read_sound(out)
    assert (made.seconds, made.tags["title"]) == (3, "A clock")
    with Image.open(picture) as both:
        assert both.size == (960, 360)
    said = impasto("info", out).out.splitlines()
    assert any(line.split()[:2] == ["texture", "clock.wav"] for line in said)
    assert any(line.split() == ["filters", "8"] for line in said)


def test_a_sound_is_made_again(impasto, clock, rain, tmp_path):
    out = tmp_path / "out" / "long.flac"
    out.parent.mkdir()
    assert impasto("sound", "texture", clock, "-o", out, "--seconds", 1, *FAST).code == 0
    done = impasto("repeat", out, "--quiet")
    assert done.code == 0, done.err
    again = out.with_name("long-again.flac")
    assert done.out.splitlines() == [str(again)]
    assert np.array_equal(read_sound(again).samples, read_sound(out).samples)

    painted = tmp_path / "painted.wav"
    assert impasto("sound", "paint", clock, rain, "-o", painted, *FAST).code == 0
    clock.unlink()
    done = impasto("repeat", painted)
    assert (done.code, "clock.wav' is missing" in done.err) == (2, True)
    for words, said in (
        (("repeat", out, "--content", rain, "--style", rain), "made without content"),
        (("repeat", out, "--init", rain), "--init is for pictures"),
    ):
        done = impasto(*words)
        assert (done.code, said in done.err) == (2, True), done.err


def test_a_recording_is_painted_with_a_texture(impasto, clock, rain, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("clock-rain.wav", "clock-rain-2.wav"):
        done = impasto("sound", "paint", clock, rain, "--quiet", *FAST)
        assert done.code == 0, done.err
        assert done.err == ""
        assert done.out == f"{name}\n"
        assert read_sound(tmp_path / name).seconds == 2


def test_the_figure_shows_which_statistics_carry_what(impasto, clock, tmp_path):
    folder = tmp_path / "figure"
    done = impasto("sound", "reconstruct", clock, "-o", folder, "--seconds", 1, *FAST)
    assert done.code == 0, done.err
    names = ["figure.png", "filters.wav", "loudness.wav", "rhythm.wav"]
    assert sorted(each.name for each in folder.iterdir()) == names
    assert {read_sound(folder / name).seconds for name in names if "wav" in name} == {1}
    with Image.open(folder / "figure.png") as figure:
        assert figure.size == (960, 4 * 180)


def test_the_demo_needs_nothing(impasto, tmp_path, monkeypatch):
    module = import_module("impasto.cli.sound")
    quick = {"seconds": 1, "filters": 8, "iterations": 2}
    monkeypatch.setattr(module, "DEMO", quick)
    done = impasto("sound", "demo", "bubbles", "-o", tmp_path / "out")
    assert done.code == 0, done.err
    names = {"bubbles.wav", "bubbles-texture.wav", "bubbles.png"}
    assert {each.name for each in (tmp_path / "out").iterdir()} == names
    assert impasto("sound", "demo", "bubles").code == 2


def test_what_is_made_so_far_is_kept(clock, tmp_path):
    out = tmp_path / "out.wav"
    words = ("sound", "texture", clock, "-o", out, "--filters", 8, "--iterations", 100_000)
    with running(command(*words)) as process:
        process.stderr.readline()  # listening
        process.stderr.readline()  # what will be done
        process.stderr.readline()  # the first numbers
        process.send_signal(signal.SIGINT)
        rest_of(process)
        assert process.wait() == 130
    samples = read_sound(out).samples
    assert samples.shape == (1, 2 * RATE)
    assert np.abs(samples).max() > 0.05
    assert [each.name for each in tmp_path.iterdir() if "tmp" in each.name] == []


def test_bad_input_is_one_sentence(impasto, clock, tmp_path):
    silent, text = tmp_path / "silent.wav", tmp_path / "text.wav"
    write_sound(silent, Sound(0 * ticks(), RATE))
    text.write_text("no sound")
    for words, said in (
        ((silent,), "is silent"),
        ((text,), "cannot be read as a sound"),
        ((tmp_path / "none.wav",), "cannot be read as a sound"),
        ((clock, "-o", tmp_path / "a.doc"), "a.doc"),
        ((clock, "-o", clock), "also an input"),
        ((clock, "-o", tmp_path / "no" / "a.wav"), "a.wav"),
        ((clock, "--picture", "a.jpg"), "must end in .png"),
        ((clock, "--seconds", "0.1"), "from 0.5"),
        ((clock, "--start", "silence"), "moments, noise"),
        ((clock, "--bits", "32", "-o", tmp_path / "a.flac"), "16 or 24"),
    ):
        done = impasto("sound", "texture", *words, *FAST)
        assert done.code == 2, (words, done)
        assert said in done.err, done.err
        assert len([line for line in done.err.splitlines() if line != "listening"]) == 1, done.err
    assert not (tmp_path / "clock-texture.wav").exists()
