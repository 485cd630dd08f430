import pytest
import torch

from impasto.backbones import load_backbone
from impasto.memory import (
    LEAST_TILE,
    Cost,
    Tally,
    choose_tile,
    container_rest,
    free_memory,
    image_bytes,
    measure,
    peak,
)

LAYERS = ["relu1_1", "relu5_1"]
GIB = 2**30


def test_the_tally_counts_what_is_alive_at_once():
    with Tally() as tally:
        first = torch.zeros(1000, dtype=torch.float32)
        del first
        second = torch.zeros(500) + 1  # two of them for a moment
        view = second[10:20]  # no memory of its own
    assert tally.peak == 4000
    assert sum(tally.alive.values()) == 2000
    del view


def test_the_cost_of_a_pixel_does_not_depend_on_where_it_is_measured(monkeypatch):
    backbone = load_backbone("pocket", layers=LAYERS)
    small = measure(backbone, LAYERS)
    monkeypatch.setattr("impasto.memory.PROBE", 192)
    assert measure(backbone, LAYERS).memory == pytest.approx(small.memory, rel=0.05)
    assert small.seconds > 0
    assert 200 < small.memory < 4000
    half = measure(backbone.to(torch.bfloat16), LAYERS)
    assert half.memory < small.memory


def test_tiles_bound_the_memory_of_features_and_history_that_of_the_optimizer():
    cost = Cost(1000.0, 1e-7)
    whole = peak(4000, 3000, cost, 10, 0, 70)
    assert peak(4000, 3000, cost, 10, 512, 70) < whole / 3
    assert image_bytes(10) - image_bytes(5) == 10 * 12
    # Whatever the image, a tile's features cost the same.
    large = peak(8000, 8000, cost, 10, 512, 70) - image_bytes(10) * 8000**2
    small = peak(4000, 3000, cost, 10, 512, 70) - image_bytes(10) * 4000 * 3000
    assert large == pytest.approx(small)


@pytest.mark.parametrize("budget", [0.01, 0.2, 1, 3, 8, 100])
def test_the_chosen_tile_fits_and_is_the_largest(budget):
    backbone, cost = load_backbone("pocket", layers=LAYERS), Cost(1000.0, 1e-7)
    margin = backbone.margin(LAYERS)
    tile = choose_tile(2000, 3000, backbone, LAYERS, cost, 10, budget * GIB)
    assert tile % 16 == 0
    if tile > LEAST_TILE:
        assert peak(2000, 3000, cost, 10, tile, margin) <= budget * GIB
        larger = tile + 16
        if larger + 2 * margin <= 2000:
            assert peak(2000, 3000, cost, 10, larger, margin) > budget * GIB
    elif tile == 0:
        assert peak(2000, 3000, cost, 10, 0, margin) <= budget * GIB


def test_a_container_limits_what_is_free(tmp_path):
    assert container_rest(tmp_path) == float("inf")
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("100\n")
    assert container_rest(tmp_path) == float("inf")
    (tmp_path / "memory.max").write_text("1000\n")
    assert container_rest(tmp_path) == 900
    assert free_memory("cpu") > 0
