"""What a run writes: never over an input, never by two at once, and nothing missing unsaid."""

import errno
import os
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from impasto.filesystem import alone, beside, lock_of
from impasto.images import read_settings
from impasto.run.logs import LogFile
from impasto.run.recorder import Guarded
from tests.support.steps import step

FAST = ("--backbone=pocket", "--size", 32, "--plan", "32:2", "--threads", 1, "--quiet")


@pytest.fixture
def here(monkeypatch, tmp_path, photograph, painting) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder: Path) -> set[str]:
    """Return what there is besides the pictures to paint from."""
    return {path.name for path in folder.iterdir()} - {"photo.png", "painting.jpg"}


INPUTS = {
    "content": ("{}", "painting.jpg"),
    "style": ("photo.png", "{}"),
    "start": ("photo.png", "painting.jpg", "--init", "{}"),
    "mask": ("photo.png", "painting.jpg", "--content-mask", "{}"),
}


@pytest.mark.parametrize("kind", INPUTS)
@pytest.mark.parametrize("link", [False, True])
def test_a_snapshot_never_takes_the_place_of_an_input(impasto, here, kind, link):
    taken = Path("out-000002.png")
    if link:
        taken.symlink_to("photo.png")
    else:
        shutil.copy("photo.png", taken)
    words = [word.format("photo.png" if link else taken) for word in INPUTS[kind]]
    done = impasto("paint", *words, "-o", "out.png", "--snapshot-every", 2, *FAST)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done.err
    assert "'out-000002.png' would be written, and is also an input" in done.err
    assert taken.read_bytes() == Path("photo.png").read_bytes()
    assert names(here) == {"out-000002.png"}


def test_names_that_are_too_long_with_what_belongs_to_them_are_found_before_the_run(impasto, here):
    name = f"{'a' * 240}.png"
    done = impasto("paint", "photo.png", "painting.jpg", "-o", name, "--snapshot-every", 2, *FAST)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "choose a shorter name" in done.err
    assert names(here) == set()


def test_a_default_name_that_is_taken_gets_a_number(impasto, here):
    Path("photo-painting.png").write_bytes(b"old")
    command = ("paint", "photo.png", "painting.jpg", *FAST)
    assert impasto(*command).out == "photo-painting-2.png\n"
    assert Path("photo-painting.png").read_bytes() == b"old"
    assert impasto(*command, "--overwrite").out == "photo-painting.png\n"
    assert read_settings("photo-painting.png")


def test_a_second_run_on_one_output_is_told_and_a_dead_one_holds_nobody_up(impasto, here):
    command = ("paint", "photo.png", "painting.jpg", "-o", "out.png", *FAST)
    with alone(here / "out.png"):
        done = impasto(*command)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "'out.png' is being written by another run: wait for its end" in done.err
    lock_of(here / "out.png").touch()  # as after kill -9
    assert impasto(*command).code == 0
    assert names(here) == {"out.png"}


def test_what_a_killed_run_has_left_is_swept_up_and_nothing_else(impasto, here):
    own = ("out.png", "out.png.checkpoint.safetensors", "out-000002.png")
    left = [beside(here / name) for name in (*own, "log.gif")]
    foreign = [beside(here / "other.png"), here / ".impasto-mine.tmp", here / ".other.tmp"]
    for path in (*left, *foreign):
        path.touch()
    options = ("--snapshot-every", 2, "--animate", "log.gif")
    assert impasto("paint", "photo.png", "painting.jpg", "-o", "out.png", *options, *FAST).code == 0
    assert names(here) == {*own, "log.gif", *(path.name for path in foreign)}


@pytest.fixture
def full(monkeypatch):
    """Let the disk be full for files of some names."""

    def fill(pattern: str) -> None:
        real = Path.replace

        def replace(self, target):
            if re.search(pattern, Path(target).name):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(self, target)

        monkeypatch.setattr(Path, "replace", replace)

    return fill


def test_what_is_lost_on_a_full_disk_is_told_and_the_picture_is_kept(impasto, here, full):
    full("gif$|curve|-000001|checkpoint")
    done = impasto(
        *("paint", "photo.png", "painting.jpg", "-o", "out.png", *FAST, "--snapshot-every", 1),
        *("--animate", "film.gif", "--curve", "curve.png", "--log", "l.csv"),
    )
    assert (done.code, done.out) == (1, "out.png\n"), done.err
    said = done.err.splitlines()
    lost = ("out-000001.png", "out.png.checkpoint.safetensors", "curve.png", "film.gif")
    assert sorted(line.split("'")[1] for line in said) == sorted(lost)
    assert all("(No space left on device): make room on the disk." in line for line in said)
    assert names(here) == {"out.png", "out-000002.png", "l.csv"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_a_log_that_does_not_fit_is_told(photograph, painting, tmp_path):
    (tmp_path / "log.csv").symlink_to("/dev/full")
    said: list[str] = []
    log = Guarded(LogFile(tmp_path / "log.csv"), said.append)
    log.begin(SimpleNamespace(history=[]))
    log.add(step(1, total=1.0, parts={"tv": 1.0}, seconds=0.1))
    log.close(finished=True)
    (sentence,) = said
    assert "log.csv' cannot be written (No space left on device): make room" in sentence


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("option", [(), ("--json",)])
def test_a_full_standard_output_is_one_sentence(impasto, here, monkeypatch, option):
    with Path("/dev/full").open("w") as place, monkeypatch.context() as patched:
        patched.setattr("sys.stdout", place)
        done = impasto("paint", "photo.png", "painting.jpg", "-o", "out.png", *FAST, *option)
    assert done.code == 1
    assert "standard output cannot be written (No space left on device)" in done.err
    assert "Errno" not in done.err
    assert names(here) == {"out.png"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_a_full_standard_error_costs_no_picture_and_no_exit_code(impasto, here, monkeypatch):
    with Path("/dev/full").open("w") as place, monkeypatch.context() as patched:
        patched.setattr("sys.stderr", place)
        done = impasto("paint", "photo.png", "painting.jpg", "-o", "out.png", *FAST[:-1])
    assert (done.code, done.out) == (0, "out.png\n")


def test_a_sweep_whose_reports_do_not_fit_paints_its_cells(impasto, here, full):
    full("report|cells.csv|sheet")
    done = impasto("sweep", "photo.png", "painting.jpg", "--vary", "seed=1,2", *FAST)
    assert (done.code, done.out) == (1, ""), done.err
    assert [path.name for path in sorted((here / "sweep" / "cells").glob("*.png"))] == [
        "seed-1.png", "seed-2.png",
    ]  # fmt: skip
    note, *said = done.err.splitlines()
    assert note == "seed is given and changes nothing: the start has no noise."
    assert len(said) == 3
    assert all("(No space left on device): make room on the disk." in line for line in said)


def test_a_cell_whose_numbers_do_not_fit_has_failed_and_the_next_is_painted(impasto, here, full):
    full("2.json$")
    quick = (*FAST[:3], "--levels", 1, "--quiet")
    done = impasto("sweep", "photo.png", "painting.jpg", "--vary", "iterations=2,3", *quick)
    assert done.code == 1
    assert "1 of 2 cells failed" in done.err
    table = (here / "sweep" / "cells.csv").read_text()
    assert "No space left on device" in table
