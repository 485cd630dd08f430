"""A picture whose tiles are evaluated by workers: the same, whatever becomes of them."""

import os
import signal
from functools import partial

import pytest
import torch

pytest.importorskip("distributed", reason='pip install "impasto[cluster]"')

from impasto.cluster import FarMap, Hands
from impasto.errors import SettingsError
from impasto.gigapixel import best_forecast, with_workers
from impasto.gigapixel.workers import TRAVEL_ONCE
from impasto.job import Cost, prepare
from impasto.objective import Objective, collect_features, tiled
from impasto.run import run
from impasto.settings import Settings
from tests.support.narrow_networks import both, narrow_vgg19, picture


@pytest.fixture(scope="module")
def two():
    with Hands.of(2, None).hired(0, 9) as workers:
        yield workers


@pytest.mark.parametrize("keep", [0, 1, 100])
def test_loss_and_gradient_are_those_of_one_process(two, keep):
    backbone, image = narrow_vgg19(), picture(131, 170, seed=3)
    entire, plain = both(backbone, 131, 170, 64)
    each = FarMap(two, TRAVEL_ONCE)
    mapped = Objective(plain.terms, tiled(backbone, 64, each, keep))
    expected = plain(image)
    for _ in range(2):
        found = mapped(image)
        assert found.parts == expected.parts
        assert torch.equal(found.gradient, expected.gradient)
    whole = entire(image)
    assert found.total == pytest.approx(whole.total, rel=1e-12)
    assert (found.gradient - whole.gradient).norm() < 1e-12 * whole.gradient.norm()


def test_network_and_targets_travel_once_and_pixels_once_an_evaluation(two):
    backbone, image = narrow_vgg19(), picture(131, 170, seed=3)
    _, plain = both(backbone, 131, 170, 64, content_layers=["relu1_1"])
    each = FarMap(two, TRAVEL_ONCE)
    mapped = Objective(plain.terms, tiled(backbone, 64, each, 100))
    sent = []
    for factor in (30, 1, 1):
        mapped.with_penalty_factor(factor)(image)
        sent.append(each.sent - sum(sent))
    weights = sum(weight.nbytes for weight in backbone.parameters())
    target = 4 * 131 * 170 * 8
    assert sent[0] > sent[1] + target + 2 * weights
    places = [place for band in mapped.evaluate.places for place in band]
    pixels = sum(place.tile.cut(image).nbytes for place in places)
    assert sent[1] < 1.1 * pixels
    assert sent[2] == pytest.approx(sent[1], rel=0.01)


@pytest.mark.parametrize("moment", [1, 13])
def test_a_worker_killed_at_any_moment_changes_nothing(two, moment):
    backbone, image = narrow_vgg19(), picture(131, 170, seed=3)
    _, plain = both(backbone, 131, 170, 64)
    count, each = 0, FarMap(two, TRAVEL_ONCE)

    def deadly(function, items):
        nonlocal count
        for answer in each(function, items):
            count += 1
            if count == moment:
                os.kill(next(iter(two.client.run(os.getpid).values())), signal.SIGKILL)
            yield answer

    found = Objective(plain.terms, tiled(backbone, 64, deadly, 100))(image)
    expected = plain(image)
    assert count == 18  # tiles, twice
    assert found.parts == expected.parts
    assert torch.equal(found.gradient, expected.gradient)


def test_features_of_the_content_come_from_workers(two):
    backbone, image = narrow_vgg19(), picture(131, 170, seed=3)
    layers = ["relu2_1", "relu4_2"]
    expected = collect_features(backbone, image, layers, 64)
    found = collect_features(backbone, image, layers, 64, FarMap(two, TRAVEL_ONCE))
    for layer in layers:
        assert torch.equal(found[layer], expected[layer])


SMALL = {"size": 150, "levels": 1, "iterations": 2, "backbone": "pocket", "threads": 1}


def test_a_picture_is_the_same_and_said_to_be_before(two, photograph, painting):
    job = prepare(photograph, painting, Settings(**SMALL, tile=128))
    said, hands = [], Hands(cluster=two.client.scheduler.address)
    with with_workers(job, hands, 128, said.append) as shared:
        *_, found = run(shared)
    *_, expected = run(job)
    assert (found.rgb == expected.rgb).all()
    assert found.recipe.settings == expected.recipe.settings
    assert "workers: 2; 2 tiles of 128 px" in said[0]
    assert "such workers would gain nothing" in said[0]


def test_a_loss_that_needs_the_whole_picture_is_refused(two, photograph, painting):
    job = prepare(photograph, painting, Settings(**SMALL, style_loss="patches"))
    hands = Hands(cluster=two.client.scheduler.address)
    with (
        pytest.raises(SettingsError, match="style_loss patches needs the whole image at once"),
        with_workers(job, hands),
    ):
        pass


def forecast(**changes):
    given = {
        "shape": (8192, 8192), "cost": Cost(800, 6e-6, 5), "margin": 49, "stride": 16,
        "value": 4, "workers": 4, "budget": 2e9,
    }  # fmt: skip
    return best_forecast(**{**given, **changes})


def test_tiles_fit_into_what_a_worker_may_take():
    for budget in (1.5e9, 2e9, 8e9, 64e9):
        found = forecast(budget=budget)
        assert found.memory <= budget
        assert found.side % 16 == 0
        assert 0 <= found.keep <= found.share


def test_with_more_memory_and_more_workers_it_takes_less_time():
    seconds = [forecast(budget=budget).seconds for budget in (1.5e9, 4e9, 64e9)]
    assert seconds == sorted(seconds, reverse=True)
    assert forecast(workers=8).seconds < 0.7 * forecast().seconds
    most = forecast().most_workers
    assert forecast(workers=4 * most).seconds > 0.8 * forecast(workers=most).seconds


def test_too_little_memory_is_one_sentence():
    with pytest.raises(SettingsError, match=r"a tile of 128 pixels does not fit into 0.47 GiB"):
        forecast(budget=0.5e9)
    with pytest.raises(SettingsError, match="a tile of 4096 pixels does not fit"):
        forecast(side=4096)
    assert forecast(side=512).side == 512
    assert partial(forecast, side=512)().tiles == 256
