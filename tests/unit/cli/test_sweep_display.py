"""What is shown while a sweep is painted."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from impasto.cli.sweep_display import Rest, opening
from impasto.cluster import WorkerReport
from impasto.sweeps.axes import make_sweep
from impasto.sweeps.cells import CellResult
from impasto.sweeps.running import Painting, SweepSchedule


@pytest.fixture
def make(photograph, painting):
    return lambda vary: make_sweep(str(photograph), [str(painting)], {}, [vary])


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set."""
    now = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(
        "impasto.cli.sweep_display.time", SimpleNamespace(monotonic=lambda: now.seconds)
    )
    return now


def test_the_time_left_covers_the_whole_and_learns_from_what_was_done(make, clock):
    cells = make("seed=1,2,3").cells
    rest = Rest(SweepSchedule(Path(), [Painting((cell,), 2.0, 10) for cell in cells]))
    clock.seconds = 4.0
    assert rest.update(CellResult(cells[0])) == pytest.approx(8.0)  # each took twice its estimate
    clock.seconds = 6.0
    assert rest.update(CellResult(cells[1])) == pytest.approx(3.0)


def test_the_time_left_counts_what_several_workers_do_at_once(make, clock):
    cells = make("seed=1,2,3").cells
    rest = Rest(SweepSchedule(Path(), [Painting((cell,), 4.0, 10) for cell in cells]))
    clock.seconds = 30.0  # they took so long to start
    assert rest.update(WorkerReport(cells[2].name, "worker 0", 0.25)) == pytest.approx(11.0)
    clock.seconds = 31.0
    rest.update(WorkerReport(cells[0].name, "worker 1", 0.5))
    assert rest.update(WorkerReport(cells[2].name, "worker 0", 0.5)) == pytest.approx(4.0)


def test_the_opening_tells_what_is_there_and_what_is_not(make):
    sweep = make("seed=1,2,3,4")
    one, two, three, four = sweep.cells
    plan = SweepSchedule(
        Path(), [Painting((three, four), 65.0, 10)], [CellResult(one), CellResult(two, error="bad")]
    )
    assert opening(sweep, plan) == (
        "4 cells; 1 there already; 1 that cannot be painted; 2 to paint in 1 run, 10 evaluations; "
        "about 1:05"
    )
    assert opening(
        sweep, SweepSchedule(Path(), [], [CellResult(cell) for cell in sweep.cells])
    ) == ("4 cells; 4 there already")
