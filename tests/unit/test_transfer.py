"""What goes from one size to the next, and how every size is painted."""

from collections import defaultdict

import numpy as np
import pytest
import torch
from PIL import Image

from impasto import stylize, stylize_steps
from impasto.errors import SettingsError
from impasto.job import make_inputs, prepare
from impasto.optimize import State
from impasto.pyramid import LONG, Level, continued
from impasto.samples import painting, photograph
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


def begun(**settings):
    """A painting after its first evaluation."""
    return next(stylize_steps(photograph("cat"), painting("swirls"), size=96, tile=0, **settings))


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"levels": 1, "iterations": 60}, [45]),
        ({"levels": 1, "iterations": 23}, [0]),
        ({"plan": "32:20,64:60"}, [0, 45]),
        ({"plan": "32:20", "continuation": 45}, [0]),
        ({"levels": 1, "iterations": 60, "continuation": 20}, [20]),
        ({"levels": 1, "iterations": 60, "content_weight": 0}, [0]),
        ({"levels": 1, "iterations": 60, "init": str(photograph("coffee"))}, [0]),
        ({"levels": 1, "iterations": 60, "preset": "paper", "backbone": "pocket"}, [0]),
    ],
)
def test_every_size_has_continuation_but_the_coarsest_of_several(settings, found):
    job = begun(**settings).job
    assert [job.continuation(level) for level in job.levels] == found


def test_continuation_takes_three_quarters_of_the_evaluations_and_no_more_than_of_240():
    assert continued(LONG) == continued(10 * LONG) == 180
    assert Settings(iterations=80, backbone="pocket").completed().continuation == 60
    assert Settings(style_weight=0, backbone="pocket").completed().plan[-1] == (512, 47)
    assert Settings(continuation=0, backbone="pocket").completed().plan[-1] == (512, 47)
    assert Settings(converge=1e-3, backbone="pocket").completed().continuation == 180


def test_continuation_must_leave_evaluations_with_all_weights_as_given():
    with pytest.raises(SettingsError, match="continuation is 60 and iterations are 60"):
        Settings(iterations=60, continuation=60, backbone="pocket")
    Settings(plan="64:20", iterations=60, continuation=45, backbone="pocket")  # an interrupted run


def test_with_continuation_as_many_evaluations_reach_a_lower_loss():
    def lowest(pair, **settings):
        pictures = photograph(pair[0]), painting(pair[1])
        quick = {"size": 96, "levels": 1, "iterations": 60, "backbone": "pocket"}
        # In 16 bits, which only some processors have, the path would differ.
        exact = {"style_weight": 100, "precision": "float32"}
        painted = stylize(*pictures, tile=0, **quick, **exact, **settings)
        return painted.state.best.total

    pairs = ("cat", "swirls"), ("astronaut", "swirls"), ("coffee", "ink")
    gains = [lowest(pair) / lowest(pair, continuation=0) for pair in pairs]
    assert np.exp(np.mean(np.log(gains))) < 0.98  # of one pair it may be anything from 0.94 to 1


def test_in_tiles_the_penalty_factors_are_the_same():
    def painted(tile):
        return stylize(
            photograph("coffee"), painting("swirls"), size=96, plan="96:6", continuation=15,
            tile=tile, precision="float64",
        backbone="pocket")  # fmt: skip

    whole, tiled = painted(0), painted(64)
    assert [a.total for a in tiled.history] == pytest.approx([b.total for b in whole.history])
    assert whole.state.factor == tiled.state.factor > 1


def test_the_finer_size_starts_from_the_change_of_the_coarser_one():
    """Enlarged, and added to the content image, whose detail stays sharp."""
    job = prepare(
        photograph("cat"), painting("swirls"),
        Settings(size=64, plan="32:3,64:1", tile=0, precision="float64", backbone="pocket",
                 style_weight=100),
    )  # fmt: skip
    state = State()
    seen = list(paint(job, state))
    coarse, fine = seen[2], seen[3]
    change = coarse.image - make_inputs(job, 32).content
    content = make_inputs(job, 64).content
    expected = content + enlarge(change, content.shape[2:])
    torch.testing.assert_close(fine.image, expected.clamp(0, 1))
    assert [(step.size, step.iteration, step.index) for step in seen] == [
        (32, 1, 1), (32, 2, 2), (32, 3, 3), (64, 1, 4),
    ]  # fmt: skip
    assert (state.size, state.before, state.iteration) == (64, 3, 1)


SMALL = {"backbone": "pocket", "size": 40, "levels": 2, "iterations": 4, "precision": "float64"}


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
    torch.testing.assert_close(start, (job.sizes.cut(fine, 40) + change).clamp(0, 1))
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
