"""A clip through the command line."""

import json
import re
import signal

import pytest

from tests.support.clips import heard, panning, shown, write_film, write_pictures
from tests.support.processes import command, killed_after, rest_of, running

FAST = (
    *("--backbone=pocket", "--size", 48, "--iterations", 2, "--levels", 1, "--threads", 1),
    *("--content-layers", "relu2_1", "--style-layers", "relu1_1"),
)


@pytest.fixture
def film(tmp_path):
    return write_film(tmp_path / "in.mp4", panning(count=3), sound="aac")


def test_a_film_is_painted_with_its_times_and_its_sound(impasto, film, painting, tmp_path):
    out = tmp_path / "out.mp4"
    done = impasto("video", film, painting, "-o", out, *FAST)
    assert done.code == 0, done.err
    assert done.out == f"{out}\n"
    assert "3 frames, 0.1 seconds; 48 × 32 pixels with pocket" in done.err
    assert "frame 3/3" in done.err
    assert [at for at, _ in shown(out)] == pytest.approx([0, 0.04, 0.08])
    assert heard(out) == heard(film)
    assert not (tmp_path / "out.mp4.frames").exists()


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".webm", ".mkv", ".gif", ".webp", ".apng"])
def test_a_film_tells_how_it_was_painted(impasto, film, painting, tmp_path, suffix):
    out = tmp_path / f"out{suffix}"
    words = ("video", film, painting, "-o", out, *FAST, "--frames", 1, "--no-sound")
    assert impasto(*words, "--sweeps", 2).code == 0
    said = impasto("info", out).out.splitlines()
    assert any(line.split()[:2] == ["content", "in.mp4"] for line in said)
    assert any(line.split()[:2] == ["style", "painting.jpg"] for line in said)
    assert any(line.split() == ["sweeps", "2"] for line in said)
    assert any(line.split() == ["size", "48"] for line in said)
    assert impasto(*words, "--recipe", "none").code == 0
    done = impasto("info", out)
    assert done.code == 2
    assert "holds no settings" in done.err


@pytest.mark.parametrize("suffix", [".mkv", ".gif"])
def test_a_film_is_painted_again_pixel_for_pixel(impasto, film, painting, tmp_path, suffix):
    out = tmp_path / f"out{suffix}"
    words = ("--from", 0.04, "--temporal-weight", 7, "--levels", 2, "--iterations", 3)
    assert impasto("video", film, painting, "-o", out, *FAST, *words, "--quiet").code == 0
    done = impasto("repeat", out, "--quiet")
    assert done.code == 0, done.err
    again = tmp_path / f"out-again{suffix}"
    assert done.out == f"{again}\n"
    assert again.read_bytes() == out.read_bytes()


def test_pictures_are_painted_again_and_changed_ones_are_not(impasto, painting, tmp_path):
    folder, out = write_pictures(tmp_path / "in", panning(count=2)), tmp_path / "out.mkv"
    assert impasto("video", folder, painting, "-o", out, *FAST, "--quiet").code == 0
    (tmp_path / "elsewhere").mkdir()
    moved = folder.rename(tmp_path / "elsewhere" / "frames")
    lost = impasto("repeat", out)
    assert (lost.code, len(lost.err.splitlines())) == (2, 1)
    assert "the content 'in' is missing" in lost.err
    assert impasto("repeat", out, "--content", moved, "--quiet").code == 0
    assert (tmp_path / "out-again.mkv").is_file()
    folder.mkdir()
    changed = impasto("repeat", out, "-o", out)
    assert changed.code == 2
    write_pictures(tmp_path / "new", panning(count=2, step=1)).rename(folder)
    changed = impasto("repeat", out)
    assert "has changed since" in changed.err
    nothing = impasto("info", folder)
    assert (nothing.code, len(nothing.err.splitlines())) == (2, 1)
    assert "is a folder" in nothing.err


def test_json_has_a_line_for_every_frame(impasto, film, painting, tmp_path):
    out = tmp_path / "out.gif"
    done = impasto("video", film, painting, "-o", out, *FAST, "--json", "--quiet", "--frames", 2)
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [(line["sweep"], line["frame"]) for line in lines] == [(1, 1), (1, 2)]
    assert "temporal -1" in lines[1]["parts"]
    assert done.err == f"{out}\n"


def test_a_preview_is_small_and_beside_the_film(impasto, painting, tmp_path):
    film = write_film(tmp_path / "in.mp4", panning(count=12), sound="aac")
    out = tmp_path / "out.mkv"
    words = ("--content-layers", "relu2_1", "--style-layers", "relu1_1", "--size", 48)
    done = impasto("video", film, painting, "-o", out, *words, "--preview", "--sweeps", 2)
    assert done.code == 0, done.err
    assert "2 frames, 0.5 seconds; 48 × 32 pixels with pocket" in done.err
    assert "then 30 a frame" in done.err
    preview = tmp_path / "out-preview.mkv"
    assert done.out == f"{preview}\n"
    assert [at for at, _ in shown(preview)] == pytest.approx([0, 0.4])
    assert heard(film)[-10:] == heard(preview)[-10:]
    assert not out.exists()


def test_an_interrupted_command_leaves_a_film_and_goes_on(impasto, painting, tmp_path):
    folder, out = write_pictures(tmp_path / "in", panning(count=4)), tmp_path / "out.mkv"
    words = ("video", folder, painting, "-o", out, *FAST)
    with running(command(*words, "--json", "--quiet")) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        said = rest_of(process)[1]
        assert process.wait() == 130
    some = len(shown(out))
    assert 1 <= some < 4
    assert f"{some} of 4 frames are in the film so far" in said
    kept = tmp_path / "out.mkv.frames"
    done = impasto(*words, "--json")
    assert done.code == 0, done.err
    assert f"4 frames, {some} of them painted already" in done.err
    assert [json.loads(line)["frame"] for line in done.out.splitlines()] == [*range(some + 1, 5)]
    assert len(shown(out)) == 4
    assert not kept.exists()


def test_a_killed_command_goes_on_to_the_same_bytes(impasto, painting, tmp_path):
    folder, films = write_pictures(tmp_path / "in", panning(count=3)), []
    for kills in (1, 0):
        out = tmp_path / "out.mkv"
        words = ("video", folder, painting, "-o", out, *FAST, "--json", "--quiet")
        if kills:
            assert len(killed_after(1, *words)) == 1
            assert not out.exists()
            assert (tmp_path / "out.mkv.frames" / "painted-1" / "000001.png").exists()
        done = impasto(*words)
        assert len(done.out.splitlines()) == 3 - kills
        films.append(out.read_bytes())
        out.unlink()
    assert films[0] == films[1]
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


def test_a_terminal_shows_the_frames_and_the_last_one_in_letters(
    terminal, film, painting, tmp_path, monkeypatch
):
    monkeypatch.setenv("COLORTERM", "truecolor")
    words = ("video", film, painting, "-o", tmp_path / "out.mp4", *FAST, "--frames", 2)
    code = terminal.run(monkeypatch, *words)
    seen = terminal.finish()
    assert code == 0, seen
    assert re.search(r"frames\s+━+\s+2/2\s+[\d.]+ s a frame, left 0:00", seen)
    assert re.search(r"frame 2/2  48 px  2  loss [\d.e+-]+  \(content ", seen)
    assert "▀" * 48 in seen


def test_names_are_chosen_so_that_nothing_is_lost(impasto, film, painting, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments = ("video", film, painting, *FAST, "--frames", 1, "--quiet")
    assert impasto(*arguments).out == "in-painting.mp4\n"
    assert impasto(*arguments).out == "in-painting-2.mp4\n"
    assert impasto(*arguments, "--overwrite").out == "in-painting.mp4\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sweeps", 0), "sweeps is '0': it must be from 1 to 20"),
        (("--from", "x"), "start is 'x'"),
        (("-o", "out.png"), "wrong extension"),
        (("-o", "nowhere/out.mp4"), "there is no folder"),
        (("-o", "in.mp4"), "is also an input"),
        (("-o", "out.webm"), "--no-sound"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_before_the_work(
    impasto, film, painting, tmp_path, monkeypatch, arguments, said
):
    monkeypatch.chdir(tmp_path)
    done = impasto("video", film, painting, *FAST, *arguments)
    assert done.code == 2
    assert said in done.err
    assert len(done.err.splitlines()) == 1
    assert not list(tmp_path.glob("*.frames"))


def test_a_style_that_is_a_film_is_no_picture(impasto, film, tmp_path):
    done = impasto("video", film, film, "-o", tmp_path / "out.mp4", *FAST)
    assert done.code == 2
    assert "in.mp4" in done.err.splitlines()[-1]
    assert not (tmp_path / "out.mp4.frames").exists()
