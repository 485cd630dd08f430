"""The loss that is shown is that of the picture in the file: no pixel leaves what a file holds."""

import pytest
import torch

from impasto import images, samples, stylize
from impasto.job import prepare
from impasto.optimize import State
from impasto.registry import INITIALIZERS
from impasto.settings import Settings
from impasto.transfer import paint
from tests.support.objectives import objective_at

PAIRS = [("astronaut", "swirls"), ("cat", "dots"), ("coffee", "ink"), ("rocket", "woodcut")]


def loss_of_file(path, job):
    rgb = images.read(path).rgb
    image = torch.tensor(rgb).permute(2, 0, 1)[None].contiguous()
    return objective_at(job, max(rgb.shape[:2]))(image).total


@pytest.mark.parametrize("pair", PAIRS)
def test_the_file_of_the_defaults_has_the_recorded_loss(pair, tmp_path):
    path = tmp_path / "out.png"
    result = stylize(samples.photograph(pair[0]), samples.painting(pair[1]), size=64)
    result.save(path)
    recorded = min(step.total for step in result.history)
    assert loss_of_file(path, result.job) == pytest.approx(recorded, rel=0.005)


def test_the_file_of_an_optimizer_without_bounds_has_another(tmp_path):
    path = tmp_path / "out.png"
    pictures = samples.photograph("astronaut"), samples.painting("swirls")
    result = stylize(*pictures, size=64, optimizer="lbfgs", iterations=40)
    result.save(path)
    assert loss_of_file(path, result.job) > 1.02 * min(step.total for step in result.history)


WAYS = {
    **{init: {"init": init, "init_noise": 0.5} for init in INITIALIZERS},
    "a picture": {"init": str(samples.painting("woodcut"))},
    "luminance": {"color": "luminance", "init": "noise"},
    "tiles": {"tile": 128, "size": 160, "plan": "160:3"},
    "balance": {"balance": True},
}


@pytest.mark.parametrize("way", WAYS)
def test_every_image_that_is_evaluated_can_be_held_by_a_file(way, photograph, painting):
    given = {"size": 64, "plan": "32:5,64:5", "style_weight": 1000, **WAYS[way]}
    state = State()
    for _ in paint(prepare(photograph, painting, Settings(**given)), state):
        assert state.image.min() >= 0
        assert state.image.max() <= 1
