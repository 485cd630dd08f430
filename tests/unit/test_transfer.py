"""What goes from one size to the next."""

from collections import defaultdict

import numpy as np
import pytest
import torch
from PIL import Image

from impasto.job import make_inputs
from impasto.job.prepare import prepare
from impasto.optimize import State
from impasto.pyramid import Level
from impasto.settings import Settings
from impasto.transfer import enlarge, make_optimizer, paint


def keys(distance: float) -> float:
    """The kernel of cubic convolution, with the slope that most programs take.

    Source: Keys (1981), "Cubic Convolution Interpolation for Digital Image Processing".
    """
    a, t = -0.75, abs(distance)
    if t <= 1:
        return (a + 2) * t**3 - (a + 3) * t**2 + 1
    return a * t**3 - 5 * a * t**2 + 8 * a * t - 4 * a if t < 2 else 0.0


def cubic(row: list[float], length: int) -> list[float]:
    """Sample a row anew at the middles of other pixels; beyond its ends it goes on unchanged."""
    last, found = len(row) - 1, []
    for index in range(length):
        at = (index + 0.5) * len(row) / length - 0.5
        near = range(int(at) - 3, int(at) + 5)
        found.append(sum(keys(at - k) * row[min(max(k, 0), last)] for k in near))
    return found


def test_a_change_is_enlarged_by_cubic_convolution_without_a_shift():
    row = [0.1, -0.3, 0.8, 0.4, 0.4, -0.9, 0.2]
    for length in (14, 17, 23):
        expected = torch.tensor(cubic(row, length), dtype=torch.float64)
        across = torch.tensor(row, dtype=torch.float64).expand(1, 3, 5, 7)
        found = enlarge(across, (10, length))
        torch.testing.assert_close(found, expected.expand(1, 3, 10, length))
        found = enlarge(across.mT, (length, 10))
        torch.testing.assert_close(found, expected[:, None].expand(1, 3, length, 10))


def test_a_slope_stays_a_slope_and_gets_no_steps():
    slope = torch.linspace(0, 1, 32, dtype=torch.float64).expand(1, 3, 8, 32)
    rises = enlarge(slope, (16, 64)).diff(dim=3)[..., 4:-4] * 62
    assert rises.min() > 0.75  # this kernel is exact for no slope, but nowhere near a step
    assert rises.max() < 1.25


SMALL = {"size": 40, "levels": 2, "iterations": 4, "precision": "float64"}


def painted(job):
    """The steps by their sizes."""
    steps = defaultdict(list)
    for step in paint(job, State()):
        steps[step.size].append(step)
    return steps


@pytest.mark.parametrize("init", ["content", "gray"])
def test_a_size_starts_from_its_own_content_and_what_the_last_has_changed(
    photograph, painting, init
):
    """Another start than the content is changed from black on: it is enlarged as a whole."""
    job = prepare(photograph, painting, Settings(init=init, **SMALL))
    steps = painted(job)
    assert list(steps) == [20, 40]
    coarse, fine = (make_inputs(job, size).content * (init == "content") for size in (20, 40))
    best = steps[20][-1].image
    height, width = job.sizes.shape(40)
    assert (height, width) == (30, 40)
    change = enlarge(job.sizes.cut(best - coarse, 20), (height, width))
    start = job.sizes.cut(steps[40][0].image, 40)
    torch.testing.assert_close(start, job.sizes.cut(fine, 40) + change)
    assert change.abs().max() > 0.01


def test_the_first_size_starts_from_the_initializer(photograph, painting):
    job = prepare(photograph, painting, Settings(init="content", **SMALL))
    first = painted(job)[20][0]
    assert torch.equal(first.image, make_inputs(job, 20).content)


def test_what_must_stay_is_the_content_at_every_size(photograph, painting, tmp_path):
    mask = np.zeros((48, 64), np.uint8)
    mask[:, :32] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    settings = Settings(content_mask=tmp_path / "mask.png", **SMALL)
    job = prepare(photograph, painting, settings)
    for size, steps in painted(job).items():
        content = job.sizes.cut(make_inputs(job, size).content, size)
        kept = slice(round(0.75 * size), None)  # beyond where the border of the mask is soft
        for step in steps:
            image = job.sizes.cut(step.image, size)
            assert torch.equal(image[..., kept], content[..., kept])
        assert (image - content).abs().max() > 0.01


def test_an_optimizer_has_the_settings_and_remembers_no_more_steps_than_there_are(
    photograph, painting
):
    job = prepare(photograph, painting, Settings(history=6, learning_rate=0.5, **SMALL))
    for evaluations, history in ((4, 4), (6, 6), (50, 6)):
        optimizer = make_optimizer(job, Level(40, evaluations))
        assert (optimizer.pairs.history, optimizer.learning_rate) == (history, 0.5)
