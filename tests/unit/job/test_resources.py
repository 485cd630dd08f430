import subprocess
import sys
from mmap import mmap

import pytest
import torch

from impasto.backbones import load_backbone
from impasto.backbones.pocket import PROJECTIONS
from impasto.errors import SettingsError
from impasto.job import resources
from impasto.job.resources import (
    GIB,
    Cost,
    Extent,
    Tally,
    choose_tile,
    free_memory,
    measure,
    peak,
    taken,
)
from impasto.losses import GramLoss
from impasto.objective import Kind, Term

LAYERS = ["relu1_1", "relu5_1"]


def test_the_tally_counts_what_is_alive_at_once():
    with Tally() as tally:
        first = torch.zeros(1000, dtype=torch.float32)
        del first
        second = torch.zeros(500) + 1  # two of them for a moment
        view = second[10:20]  # no memory of its own
    assert tally.peak == 4000
    assert sum(tally.alive.values()) == 2000
    del view


def test_counting_does_not_start_a_compiler():
    """Its import would take as long as all the rest until the first evaluation."""
    code = (
        "import sys, torch; from impasto.job.resources import Tally\n"
        "with Tally(): torch.zeros(3)\n"
        "sys.exit(any(name in sys.modules for name in ('torch._dynamo', 'sympy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def style(image):
    loss = GramLoss(torch.zeros(24, 24), lambda target: 1.0)
    return [Term("style", Kind.STYLE, 1.0, ("relu1_1",), loss)]


def test_the_cost_of_a_pixel_does_not_depend_on_where_it_is_measured(monkeypatch):
    backbone = load_backbone("pocket", layers=LAYERS)
    backbone(torch.rand(1, 3, 128, 128), LAYERS)  # what is made of the weights once, is made
    small = measure(backbone, ["relu5_1"], style)
    monkeypatch.setattr("impasto.job.resources.PROBE", 192)
    assert measure(backbone, ["relu5_1"], style).memory == pytest.approx(small.memory, rel=0.05)
    assert small.seconds > 0
    assert 200 < small.memory < 4000
    half = measure(backbone.to(torch.bfloat16), ["relu5_1"], style)
    assert half.memory < small.memory
    assert small.targets == half.targets == PROJECTIONS["relu5_1"] * 4 / 16**2  # relu5_1 in float32


def test_targets_are_needed_in_tiles_too():
    cost = Cost(1000.0, 1e-7, targets=32.0)
    for tile in (0, 512):
        more = peak(extent(400, 300), cost, tile, 70) - peak(
            extent(400, 300), Cost(1e3, 0), tile, 70
        )
        assert more == 32 * 400 * 300


def extent(height: int, width: int, vectors: int = 20) -> Extent:
    return Extent((height, width), (height, width), vectors)


def test_tiles_bound_the_memory_of_features_and_history_that_of_the_optimizer():
    cost = Cost(1000.0, 1e-7)
    whole = peak(extent(4000, 3000), cost, 0, 70)
    assert peak(extent(4000, 3000), cost, 512, 70) < whole / 3
    assert extent(1, 1, 20).fixed - extent(1, 1, 10).fixed == 10 * 12
    # Whatever the image, a tile's features cost the same.
    large, small = extent(8000, 8000), extent(4000, 3000)
    assert peak(large, cost, 512, 70) - large.fixed == pytest.approx(
        peak(small, cost, 512, 70) - small.fixed
    )


@pytest.mark.parametrize("budget", [2.5, 3, 5, 8, 100])
def test_the_chosen_tile_fits_and_is_the_largest(budget):
    cost, size = Cost(1000.0, 1e-7), extent(2000, 3000)
    tile = choose_tile(size, cost, 70, 16, budget * GIB)
    assert tile % 16 == 0
    assert peak(size, cost, tile, 70) <= budget * GIB
    if tile and tile + 16 + 140 <= 2000:
        assert peak(size, cost, tile + 16, 70) > budget * GIB


def test_what_does_not_fit_in_the_least_tile_is_refused():
    with pytest.raises(SettingsError, match=r"3000 x 2000 pixels need about .* GiB and 1 GiB"):
        choose_tile(extent(2000, 3000), Cost(1000.0, 1e-7), 70, 16, GIB)


def test_a_container_limits_what_is_free(monkeypatch):
    assert free_memory("cpu") > 1
    monkeypatch.setattr(resources, "container_rest", lambda: 1.0)
    assert free_memory("cpu") == 1


def test_what_the_process_takes_already_counts():
    before, size = taken("cpu"), 2**26
    with mmap(-1, size) as held:  # fresh from the system, where a tensor may take what was freed
        held.write(b"x" * size)
        assert taken("cpu") - before > 0.9 * size
