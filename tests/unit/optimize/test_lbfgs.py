import pytest
import torch

from impasto.optimize.curvature_pairs import CurvaturePair
from impasto.optimize.lbfgs import LBFGS, LONGEST_STEP
from impasto.optimize.lbfgs_bounded import LBFGSB
from impasto.optimize.lbfgs_wolfe import SearchingLBFGS

CURVATURES = torch.logspace(0, 2, 30, dtype=torch.float64)
MINIMUM = torch.linspace(-1, 1, 30, dtype=torch.float64)


def gradient(x: torch.Tensor) -> torch.Tensor:
    return CURVATURES * (x - MINIMUM)


def descend(optimizer, steps: int) -> torch.Tensor:
    x = torch.zeros(30, dtype=torch.float64)
    for _ in range(steps):
        x = optimizer.step(x, gradient(x))
    return x


def test_lbfgs_finds_the_minimum_of_a_quadratic():
    torch.testing.assert_close(descend(LBFGS(), 150), MINIMUM, rtol=0, atol=1e-6)


def test_lbfgs_needs_far_fewer_steps_than_gradient_descent():
    x = torch.zeros(30, dtype=torch.float64)
    for _ in range(60):
        x = x - gradient(x) / CURVATURES.max()
    assert (descend(LBFGS(), 60) - MINIMUM).norm() < (x - MINIMUM).norm() / 5


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_lbfgs_does_not_see_the_scale_of_the_objective(scale):
    x = torch.zeros(30, dtype=torch.float64)
    optimizer = LBFGS()
    for _ in range(20):
        x = optimizer.step(x, gradient(x) * scale)
    torch.testing.assert_close(x, descend(LBFGS(), 20), rtol=1e-6, atol=1e-9)


def test_no_step_of_lbfgs_is_longer_than_the_bound():
    x = torch.zeros(30, dtype=torch.float64)
    optimizer = LBFGS()
    for step in range(10):
        new = optimizer.step(x, gradient(x))
        length = (new - x).abs().mean().item()
        assert length <= LONGEST_STEP * (1 + 1e-9)
        assert step or length == pytest.approx(LONGEST_STEP)
        x = new


def test_lbfgs_keeps_no_more_than_its_history_and_no_negative_curvature():
    optimizer = LBFGS(history=3)
    descend(optimizer, 9)
    assert len(optimizer.pairs) == 3
    bent = LBFGS()
    x = torch.ones(4)
    x = bent.step(x, -x)  # a maximum: the gradient falls along the step
    bent.step(x, -x)
    assert len(bent.pairs) == 0


def test_lbfgs_at_a_stationary_point_stays():
    x = torch.ones(4)
    assert torch.equal(LBFGS().step(x, torch.zeros(4)), x)


def test_restart_halves_the_step_and_forgets():
    optimizer = LBFGS()
    first = optimizer.step(torch.zeros(3), torch.tensor([1.0, 2.0, 4.0]))
    for _ in range(3):
        optimizer.step(torch.zeros(3), torch.rand(3))
    optimizer.restart()
    again = optimizer.step(torch.zeros(3), torch.tensor([1.0, 2.0, 4.0]))
    torch.testing.assert_close(again, first / 2)


def test_a_step_changes_neither_image_nor_gradient():
    optimizer, image, slope = LBFGS(), torch.zeros(3), torch.tensor([1.0, 2.0, 3.0])
    for _ in range(4):
        optimizer.step(image, slope)
    assert torch.equal(image, torch.zeros(3))
    assert torch.equal(slope, torch.tensor([1.0, 2.0, 3.0]))


# --- what is remembered, and the first guess of the curvature


def test_the_scale_is_the_inverse_curvature_of_a_ball():
    s = torch.tensor([3.0, 4.0])
    assert LBFGS()._scale(CurvaturePair.of(s, 8 * s)) == pytest.approx(1 / 8)


def test_the_scale_lies_between_the_textbooks_and_the_ratio_of_lengths():
    pair = CurvaturePair.of(torch.tensor([1.0, 0.0]), torch.tensor([3.0, 4.0]))  # a cosine of 0.6
    assert pair.curvature / pair.y[0].dot(pair.y[0]) == pytest.approx(0.6 / 5)
    assert pair.ratio == pytest.approx(1 / 5)
    assert LBFGS()._scale(pair) == pytest.approx((0.6 / 5 * 1 / 5) ** 0.5)


def test_large_pairs_of_float32_take_half_the_memory(monkeypatch):
    monkeypatch.setattr("impasto.optimize.curvature_pairs.LARGE", 30)
    for dtype, kept in ((torch.float32, torch.bfloat16), (torch.float64, torch.float64)):
        optimizer, x = LBFGS(), torch.zeros(30, dtype=dtype)
        for _ in range(4):
            x = optimizer.step(x, gradient(x.double()).to(dtype))
        assert {v.dtype for pair in optimizer.pairs for v in (*pair.s, *pair.y)} == {kept}
        assert x.dtype == dtype


def test_short_pairs_lead_to_the_same_minimum(monkeypatch):
    monkeypatch.setattr("impasto.optimize.curvature_pairs.LARGE", 30)
    optimizer, x = LBFGS(), torch.zeros(30)
    for _ in range(150):
        x = optimizer.step(x, gradient(x.double()).float())
    torch.testing.assert_close(x, MINIMUM.float(), rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", [LBFGS, LBFGSB, SearchingLBFGS])
def test_restored_to_a_state_before_the_first_step_it_begins_anew(kind):
    x, slope = torch.full((4,), 0.5), torch.tensor([1.0, -2.0, 4.0, 8.0])
    fresh, used = kind(), kind(0.25)
    for _ in range(3):
        used.step(x, slope, 1.0)
    used.restore(fresh.state())
    assert torch.equal(used.step(x, -slope, 1.0), fresh.step(x, -slope, 1.0))


@pytest.mark.parametrize("kind", [LBFGS, LBFGSB, SearchingLBFGS])
def test_wherever_its_vectors_lie_in_memory_it_goes_on_to_the_same_bits(kind):
    """A file is read to other places than those that the vectors had: 180000 is 300 x 200 pixels.

    Sums are rounded in another order there.
    """
    length, drawn = 180_000, torch.Generator().manual_seed(1)
    x, slopes = torch.rand(length, generator=drawn), torch.rand(length, generator=drawn) * 8
    optimizer = kind()
    for _ in range(5):
        gradient = slopes * (x - 0.5)
        x = optimizer.step(x, gradient, float(gradient @ (x - 0.5)) / 2)
    state = {name: elsewhere(value) for name, value in optimizer.state().items()}
    restored = kind()
    restored.restore(state)
    gradient = slopes * (x - 0.5)
    total = float(gradient @ (x - 0.5)) / 2
    assert torch.equal(restored.step(x, gradient, total), optimizer.step(x, gradient, total))


def elsewhere(value):
    """Return a copy of a tensor that begins four or eight bytes behind a multiple of 64."""
    if not isinstance(value, torch.Tensor):
        return value
    place = value.new_empty(value.numel() + 1)[1:]
    return place.view_as(value).copy_(value)
