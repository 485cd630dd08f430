"""What goes from one size to the next, and how every size is painted."""

import pytest
import torch

from impasto import stylize, stylize_steps
from impasto.errors import SettingsError
from impasto.job import make_inputs, prepare
from impasto.optimize import State
from impasto.pyramid import LONG, continued
from impasto.samples import painting, photograph
from impasto.settings import Settings
from impasto.transfer import enlarge, paint


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
        ({"levels": 1, "iterations": 39}, [0]),
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
    assert Settings(iterations=80).completed().continuation == 60
    assert Settings(style_weight=0).completed().plan[-1] == (512, 80)
    assert Settings(continuation=0).completed().plan[-1] == (512, 80)
    assert Settings(converge=1e-3).completed().continuation == 180


def test_continuation_must_leave_evaluations_with_all_weights_as_given():
    with pytest.raises(SettingsError, match="continuation is 60 and iterations are 60"):
        Settings(iterations=60, continuation=60)
    Settings(plan="64:20", iterations=60, continuation=45)  # an interrupted run


def test_with_continuation_as_many_evaluations_reach_a_lower_loss():
    def lowest(**settings):
        pictures = photograph("cat"), painting("swirls")
        painted = stylize(*pictures, size=96, tile=0, levels=1, iterations=60, **settings)
        return painted.state.best.total

    assert lowest() < 0.98 * lowest(continuation=0)


def test_in_tiles_the_penalty_factors_are_the_same():
    def painted(tile):
        return stylize(
            photograph("coffee"), painting("swirls"), size=96, plan="96:6", continuation=15,
            tile=tile, precision="float64",
        )  # fmt: skip

    whole, tiled = painted(0), painted(64)
    assert [a.total for a in tiled.history] == pytest.approx([b.total for b in whole.history])
    assert whole.state.factor == tiled.state.factor > 1


def test_the_finer_size_starts_from_the_change_of_the_coarser_one():
    """Enlarged, and added to the content image, whose detail stays sharp."""
    job = prepare(
        photograph("cat"), painting("swirls"),
        Settings(size=64, plan="32:3,64:1", tile=0, precision="float64"),
    )  # fmt: skip
    state = State()
    seen = list(paint(job, state))
    coarse, fine = seen[2], seen[3]
    change = coarse.image - make_inputs(job, 32).content
    content = make_inputs(job, 64).content
    expected = content + enlarge(change, content.shape[2:])
    torch.testing.assert_close(fine.image, expected)
    assert [(step.size, step.iteration, step.index) for step in seen] == [
        (32, 1, 1), (32, 2, 2), (32, 3, 3), (64, 1, 4),
    ]  # fmt: skip
    assert (state.size, state.before, state.iteration) == (64, 3, 1)
