"""Sweeps, figures and reconstructions through the command line."""

import csv
import math
import os
import re
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from impasto.job.recipe import Recipe
from tests.support.pictures import dimensions, pixels
from tests.support.processes import command, rest_of, running

FAST = ("--backbone=pocket", "--size", 32, "--iterations", 2, "--threads", 1)


def rows(folder) -> list[dict[str, str]]:
    with (folder / "cells.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_sweep_writes_cells_sheet_page_and_table(impasto, photograph, painting, tmp_path):
    out = tmp_path / "out"
    done = impasto(
        *("sweep", photograph, painting, "-o", out, *FAST),
        *("--vary", "style_weight=1,1000", "--vary", "optimizer=lbfgs,adam"),
    )
    assert done.code == 0, done.err
    assert done.out == f"{out / 'report.html'}\n"
    opening = r"4 cells; 4 to paint in 4 runs, 8 evaluations; about \d+:\d\d\n"
    assert re.search(opening, done.err)
    assert "4/4" in done.err
    found = rows(out)
    assert [row["optimizer"] for row in found] == ["lbfgs", "adam"] * 2
    for row in found:
        assert dimensions(out / row["picture"]) == (32, 24)
        assert Recipe.of_picture(out / row["picture"]).settings.optimizer == row["optimizer"]
        assert row["evaluations"] == "2"
    assert not np.array_equal(*(pixels(out / found[at]["picture"]) for at in (0, 1)))
    assert {path.name for path in out.iterdir()} == {
        *("cells", "cells.csv", "contact-sheet.png", "pareto.png", "report.html")
    }
    assert not list(out.rglob("*.tmp"))


def test_cells_that_exist_are_skipped_and_new_values_added(impasto, photograph, painting, tmp_path):
    out = tmp_path / "out"
    command = ("sweep", photograph, painting, "-o", out, *FAST, "--vary")
    assert impasto(*command, "seed=1,2").code == 0
    before = {path.name: path.stat().st_mtime_ns for path in (out / "cells").iterdir()}
    done = impasto(*command, "seed=1,2,3")
    assert "2 there already; 1 to paint" in done.err
    after = {path.name: path.stat().st_mtime_ns for path in (out / "cells").iterdir()}
    assert before.items() <= after.items()
    assert len(after) == 6
    assert len(rows(out)) == 3
    (out / "cells" / "seed-2.png").write_bytes(b"")
    assert "2 there already; 1 to paint" in impasto(*command, "seed=1,2,3").err
    assert dimensions(out / "cells" / "seed-2.png") == (32, 24)


MEASURES = ("gram", "wasserstein", "structure", "edges", "ssim")


def test_cells_are_judged_and_those_that_were_not_are_judged_later(
    impasto, photograph, painting, tmp_path, monkeypatch
):
    import impasto.sweeps.judging as judging

    def broken(name):
        raise RuntimeError(f"{name} is broken")

    out = tmp_path / "out"
    command = ("sweep", photograph, painting, "-o", out, *FAST, "--vary", "init=content,noise")
    monkeypatch.setattr(judging, "load_network", broken)
    done = impasto(*command)
    assert done.code == 0
    assert [row["picture"] != "" and row["gram"] == "" for row in rows(out)] == [True, True]
    assert "not judged: internal error" in (out / "report.html").read_text(encoding="utf-8")
    assert not (out / "pareto.png").exists()
    monkeypatch.undo()
    done = impasto(*command)
    assert done.code == 0
    assert "2 there already" in done.err
    found = rows(out)
    for row in found:
        assert all(math.isfinite(float(row[name])) for name in MEASURES)
        assert row["judged_by"] not in ("", row["backbone"])
    assert float(found[0]["structure"]) > float(found[1]["structure"])
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.count("judged by ") == 2
    assert page.count('xlink:href="#cell-') == page.count('<td id="cell-') == 2
    assert dimensions(out / "pareto.png")[0] > 1000


def test_iterations_come_from_one_run_and_repeat_as_painted(
    impasto, photograph, painting, tmp_path, monkeypatch
):
    import shlex

    out = tmp_path / "out"
    done = impasto(
        *("sweep", photograph, painting, "-o", out, "--size", 48, "--levels", 2),
        *("--threads", 1, "--backbone=pocket", "--vary", "iterations=2,9,4"),
    )
    assert "3 to paint in 1 run, 23 evaluations" in done.err
    monkeypatch.chdir(tmp_path)
    found = rows(out)
    assert [row["evaluations"] for row in found] == ["16", "23", "18"]
    for row in found:
        assert impasto(*shlex.split(row["command"])[1:]).code == 0
        again = tmp_path / f"{row['cell']}.png"
        assert np.array_equal(pixels(again), pixels(out / row["picture"]))
    pictures = [pixels(out / row["picture"]) for row in found]
    assert not np.array_equal(pictures[0], pictures[1])


def test_one_bad_cell_does_not_stop_the_rest(impasto, photograph, painting, tmp_path):
    out, broken = tmp_path / "out", tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n broken")
    done = impasto(
        *("sweep", photograph, painting, "-o", out, *FAST),
        *("--vary", f"style={broken},{painting}", "--vary", "plan=32:2;64:2"),
    )
    assert done.code == 1
    assert "3 of 4 cells failed" in done.err
    found = rows(out)
    assert [bool(row["picture"]) for row in found] == [True, False, False, False]
    assert "broken.png" in found[2]["error"]
    assert "plan ends at 64" in found[1]["error"]
    assert "plan ends at 64" in (out / "report.html").read_text(encoding="utf-8")


def test_a_cell_that_breaks_during_the_work_does_not_stop_the_rest(
    impasto, photograph, painting, tmp_path, monkeypatch
):
    import impasto.sweeps.running as running

    run = running.run

    def breaking(job, *followers, **options):
        if job.settings.seed == 1:
            raise RuntimeError("not enough memory: you tried to allocate memory")
        return run(job, *followers, **options)

    monkeypatch.setattr(running, "run", breaking)
    out = tmp_path / "out"
    command = ("sweep", photograph, painting, "-o", out, *FAST, "--vary", "seed=1,2")
    done = impasto(*command)
    assert done.code == 1
    assert "there is not enough memory" in rows(out)[0]["error"]
    assert rows(out)[1]["picture"]
    monkeypatch.undo()
    done = impasto(*command)
    assert done.code == 0
    assert "1 there already; 1 to paint" in done.err
    assert rows(out)[0]["error"] == ""


def test_an_interrupted_sweep_keeps_its_cells_and_goes_on(impasto, photograph, painting, tmp_path):
    out = tmp_path / "out"
    sweep = ("sweep", photograph, painting, "-o", out, "--size", 128, "--threads", 1)
    sweep = (*sweep, "--vary", "seed=1", "--vary")
    with running(command(*sweep, "plan=128:2;128:100000")) as process:
        assert any(line.startswith("1/2") for line in process.stderr)
        process.send_signal(signal.SIGINT)
        stdout, err = rest_of(process)
    assert process.returncode == 130, err
    assert stdout == f"{out / 'report.html'}\n"
    first, second = rows(out)
    assert dimensions(out / first["picture"]) == (128, 96)
    assert (second["picture"], second["error"]) == ("", "")
    assert "1 of 2 cells painted" in (out / "report.html").read_text(encoding="utf-8")
    stamp = (out / first["picture"]).stat().st_mtime_ns
    done = impasto(*sweep, "plan=128:2;128:3")
    assert done.code == 0, done.err
    assert "1 there already" in done.err
    assert (out / first["picture"]).stat().st_mtime_ns == stamp


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_the_report_is_written_ends_the_sweep_after_it(
    impasto, photograph, painting, tmp_path, monkeypatch, number, code
):
    from impasto.sweeps.report.writing import Report

    refresh = Report.refresh

    def disturbed(report):
        os.kill(os.getpid(), number)
        refresh(report)

    monkeypatch.setattr(Report, "refresh", disturbed)
    out = tmp_path / "out"
    done = impasto("sweep", photograph, painting, "-o", out, *FAST, "--vary", "seed=1,2,3")
    assert done.code == code
    assert [bool(row["picture"]) for row in rows(out)] == [True, False, False]
    assert "1 of 3 cells painted" in (out / "report.html").read_text(encoding="utf-8")


def test_a_signal_while_older_cells_are_judged_leaves_the_rest_for_later(
    impasto, photograph, painting, tmp_path, monkeypatch
):
    import impasto.sweeps.judging as judging

    out = tmp_path / "out"
    command = ("sweep", photograph, painting, "-o", out, *FAST, "--vary", "seed=1,2,3")
    with monkeypatch.context() as patched:
        patched.setattr(judging, "load_network", lambda name: 1 / 0)
        assert impasto(*command).code == 0
    assert [row["gram"] for row in rows(out)] == ["", "", ""]
    real = judging.load_network

    def disturbed(name):
        os.kill(os.getpid(), signal.SIGTERM)
        return real(name)

    with monkeypatch.context() as patched:
        patched.setattr(judging, "load_network", disturbed)
        assert impasto(*command).code == 143
    assert [row["gram"] != "" for row in rows(out)] == [True, False, False]
    assert impasto(*command).code == 0
    assert all(row["gram"] for row in rows(out))


def test_a_terminal_shows_a_bar_over_all_cells(photograph, painting, tmp_path, terminal):
    command = ("sweep", photograph, painting, "-o", tmp_path / "out", *FAST, "--vary", "seed=1,2")
    done = subprocess.run(
        [sys.executable, "-m", "impasto", *map(str, command)], stderr=terminal.screen,
        stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(terminal.screen)
    seen = terminal.finish()
    assert done.returncode == 0, seen
    assert "2 cells; 2 to paint" in seen
    assert re.search("seed-1: loss .*seed-2: loss .*cells.*2/2.*left 0:00", seen, re.DOTALL)
    assert done.stdout == f"{tmp_path / 'out' / 'report.html'}\n"


CASES = {
    "unknown axis": (["--vary", "syle_weight=1,2"], "did you mean 'style_weight'"),
    "no axis": ([], "--vary"),
    "bad value": (["--vary", "size=32,small"], "whole number"),
    "unwritable folder": (["--vary", "size=32,48", "-o", "photo.png"], "cannot be made a folder"),
    "every cell bad": (["--vary", "seed=1,2", "--weights", "none.pth"], "none.pth"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_one_sentence(impasto, photograph, painting, tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    options, words = CASES[case]
    done = impasto("sweep", "photo.png", "painting.jpg", *options, "--backbone=pocket")
    assert done.code == 2
    assert words in done.err
    assert "Traceback" not in done.err
    assert not list(tmp_path.rglob("contact-sheet.png"))


@pytest.mark.parametrize(("number", "cells"), [(1, 10), (2, 2), (3, 20)])
def test_every_figure_of_the_paper_is_painted(
    impasto, photograph, painting, tmp_path, number, cells
):
    out = tmp_path / "out"
    other = tmp_path / "other.png"
    Image.radial_gradient("L").convert("RGB").save(other)
    styles = (painting, other) if number == 2 else (painting,)
    done = impasto("figure", number, photograph, *styles, "-o", out, *FAST)
    assert done.code == 0, done.err
    assert f"{cells} cells; {cells} to paint" in done.err
    assert re.search(r"; about \d+:\d\d\n", done.err)
    for row in rows(out):
        assert dimensions(out / row["picture"]) == (32, 24)
    assert (out / "contact-sheet.png").exists()
