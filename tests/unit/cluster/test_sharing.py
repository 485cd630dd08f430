"""The cells of a sweep, painted by other processes: the same files as without them."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file

import impasto
from impasto.backbones import pocket
from impasto.cluster import Answer, Hands, Order, WorkerReport
from impasto.job import Recipe
from impasto.sweeps import (
    CellResult,
    SweepSchedule,
    errand,
    make_folder,
    make_sweep,
    schedule,
    work,
)
from impasto.sweeps.sharing import delivered, share
from impasto.sweeps.store import read_result

SMALL = {"size": "32", "levels": "1", "iterations": "2", "backbone": "pocket", "threads": "1"}


@pytest.fixture(scope="module")
def two():
    with Hands.of(2, None).hired(0, 9) as workers:
        yield workers


def files(folder):
    return {path.name: path.read_bytes() for path in (folder / "cells").glob("*.png")}


def painted(sweep, folder, workers, judge=""):
    make_folder(folder, [], sweep)
    plan = schedule(sweep, folder)
    return [each for each in share(plan, workers, judge) if isinstance(each, CellResult)]


@pytest.mark.parametrize("recipe", ["paths", "names", "none"])
def test_the_files_are_the_same_to_the_byte(two, photograph, painting, tmp_path, recipe):
    mask = tmp_path / "mask.png"
    Image.linear_gradient("L").resize((64, 48)).save(mask)
    given = {**SMALL, "content_mask": str(mask), "recipe": recipe}
    sweep = make_sweep(str(photograph), [str(painting)], given, ["tv_weight=0,1", "seed=1,2"])
    results = painted(sweep, tmp_path / "shared", two, judge="pocket")
    assert len(results) == 4
    assert all(result.scores and result.judged_by == "pocket" for result in results)
    make_folder(tmp_path / "alone", [], sweep)
    assert list(work(schedule(sweep, tmp_path / "alone")))
    assert files(tmp_path / "shared") == files(tmp_path / "alone")
    for cell in sweep.cells:
        one, other = (read_result(tmp_path / each, cell, {}) for each in ("shared", "alone"))
        assert one.losses == other.losses
        assert one.curve == other.curve


def test_what_is_wrong_with_a_cell_is_said_in_the_words_of_this_machine(
    two, photograph, painting, tmp_path
):
    sweep = make_sweep(str(photograph), [str(painting)], SMALL, ["seed=1,2"])
    make_folder(tmp_path / "out", [], sweep)
    plan = schedule(sweep, tmp_path / "out")
    painting.write_bytes(painting.read_bytes()[:300])
    results = [each for each in share(plan, two) if isinstance(each, CellResult)]
    assert all(str(painting) in result.error for result in results)
    assert "dask" not in results[0].error


def test_a_worker_that_is_killed_loses_no_cell(two, photograph, painting, tmp_path):
    sweep = make_sweep(
        str(photograph), [str(painting)], {**SMALL, "iterations": "40"}, ["seed=1,2,3"]
    )
    make_folder(tmp_path / "out", [], sweep)
    before, killed, done = pids(two), False, []
    for event in share(schedule(sweep, tmp_path / "out"), two):
        if isinstance(event, WorkerReport) and not killed:
            os.kill(next(iter(before)), signal.SIGKILL)
            killed = True
        elif isinstance(event, CellResult):
            done.append(event)
    assert killed
    assert [result.error for result in done] == [""] * 3
    assert pids(two) != before
    impasto.sweep(photograph, painting, {"seed": [1, 2, 3]}, tmp_path / "alone",
                  **{**SMALL, "iterations": 40})  # fmt: skip
    assert files(tmp_path / "out") == files(tmp_path / "alone")


def pids(workers):
    end = time.monotonic() + 60
    while True:
        found = {each["pid"] if isinstance(each, dict) else each
                 for each in workers.client.run(os.getpid).values()}  # fmt: skip
        if len(found) == 2 or time.monotonic() > end:
            return found
        time.sleep(0.1)


def test_processes_of_this_machine_end_with_the_work(photograph, painting, tmp_path):
    before = {each.pid for each in psutil.Process().children(recursive=True)}
    cells = impasto.sweep(photograph, painting, {"seed": [1, 2]}, tmp_path / "out", workers=1,
                          **SMALL)  # fmt: skip
    assert [cell.error for cell in cells] == ["", ""]
    left = [each for each in psutil.Process().children(recursive=True) if each.pid not in before]
    # Python's own watch over shared memory stays
    assert [each for each in left if "spawn_main" in " ".join(each.cmdline())] == []


PLUGIN = """
from impasto.plugins import register
from impasto.losses import GramLoss

@register.style_loss('part', 'part of it')
class Part(GramLoss):
    def distance(self, statistic):
        return super().distance(statistic) / {}
"""


def test_plugins_travel_too_and_may_change(two, photograph, painting, tmp_path, forget_plugins):
    code = tmp_path / "part.py"
    sizes = []
    for part in (2, 4):
        code.write_text(PLUGIN.format(part))
        impasto.load_plugin(code)
        given = {**SMALL, "style_loss": "part"}
        sweep = make_sweep(str(photograph), [str(painting)], given, ["seed=1"])
        (result,) = painted(sweep, tmp_path / f"out{part}", two)
        assert result.error == ""
        make_folder(tmp_path / f"alone{part}", [], sweep)
        assert list(work(schedule(sweep, tmp_path / f"alone{part}")))
        assert files(tmp_path / f"out{part}") == files(tmp_path / f"alone{part}")
        sizes.append(result.losses["style"])
    assert sizes[0] > 1.5 * sizes[1]


def test_weights_that_nobody_has_named_travel_and_are_told_as_here(
    two, photograph, painting, tmp_path, monkeypatch
):
    shipped = Path(pocket.WEIGHTS)
    other = tmp_path / "cache" / "other.safetensors"
    other.parent.mkdir()
    with safe_open(shipped, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    save_file(tensors, other, metadata={"name": "another"})
    sweep = make_sweep(str(photograph), [str(painting)], SMALL, ["seed=1"])
    (cell,) = sweep.cells
    make_folder(tmp_path / "out", [], sweep)
    plan = schedule(sweep, tmp_path / "out")
    monkeypatch.setattr(errand, "weight_file", lambda settings: other)
    (result,) = (each for each in share(plan, two) if isinstance(each, CellResult))
    assert result.error == ""
    recipe = Recipe.of_picture(tmp_path / "out" / cell.picture)
    assert recipe.weights.path == "../../cache/other.safetensors"
    assert recipe.settings.weights is None


def test_a_cell_that_a_worker_gave_up_is_no_success(photograph, painting, tmp_path):
    sweep = make_sweep(str(photograph), [str(painting)], SMALL, ["seed=1,2"])
    cells = sweep.cells
    given_up = errand.Errand(cells, (tmp_path, tmp_path), "", "", ())
    (first, second) = delivered(Answer(Order("x", given_up), []), SweepSchedule(tmp_path))
    assert "was given up" in first.error
    assert "was given up" in second.error
