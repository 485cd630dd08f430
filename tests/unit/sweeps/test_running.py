"""Cells that one run gives, and what is kept of it."""

import torch

from impasto.optimize import Step
from impasto.run import Result
from impasto.sweeps.cells import CellResult
from impasto.sweeps.running import curve, same_run, schedule, work
from impasto.sweeps.store import make_folder, read_result


def test_iterations_share_the_coarser_sizes_of_the_longest(make):
    sweep = make("iterations=10,40,20", "seed=1,2", size="240")
    plans = {cell.settings.completed().plan for cell in sweep.cells}
    assert plans == {((120, 80), (240, n)) for n in (10, 20, 40)}
    runs = same_run(sweep.cells)
    assert [[cell.settings.iterations for cell in run] for run in runs] == [[10, 20, 40]] * 2
    assert "one run" in sweep.notes[0]


def test_curves_keep_the_ends_and_few_points():
    parts, none = {"style a": 1, "style b": 2, "tv": 4}, torch.empty(0)
    kinds = {"style": 3, "tv": 4}
    history = [Step(n, 32, n, none, 1000 / n, parts, kinds, n) for n in range(1, 998)]
    found = curve(history)
    assert found["evaluation"][0] == 1
    assert found["evaluation"][-1] == 997
    assert len(found["total"]) == len(found["evaluation"]) <= 201
    assert set(found["style"]) == {3.0}


def painted(sweep, folder, evaluations):
    """Paint until so many evaluations have been made; return what was yielded, as types."""
    make_folder(folder, [], sweep)
    plan, seen = schedule(sweep, folder), []
    for event in work(plan, lambda: seen.count(Result) >= evaluations):
        seen.append(type(event))
    return seen


def test_work_that_is_to_stop_gives_up_the_cell_that_is_being_painted(make, tmp_path):
    sweep = make("seed=1,2,3", size="32", iterations="2")
    assert painted(sweep, tmp_path, 3) == [Result, Result, CellResult, Result]
    assert [read_result(tmp_path, cell, {}) is not None for cell in sweep.cells] == [
        *(True, False, False),
    ]


def test_a_cell_whose_last_evaluation_is_made_is_kept_though_the_work_is_to_stop(make, tmp_path):
    sweep = make("iterations=1,3", size="32")
    assert painted(sweep, tmp_path, 1) == [Result, CellResult]
    assert [read_result(tmp_path, cell, {}) is not None for cell in sweep.cells] == [True, False]


def test_cells_that_a_run_did_not_reach_get_the_picture_that_it_converged_to(make, tmp_path):
    sweep = make("iterations=30,2000", size="32", converge="0.5")
    make_folder(tmp_path, [], sweep)
    *_, last, first, second = work(schedule(sweep, tmp_path))
    assert isinstance(first, CellResult)
    assert isinstance(second, CellResult)
    assert first.evaluations == second.evaluations == last.evaluations < 30
