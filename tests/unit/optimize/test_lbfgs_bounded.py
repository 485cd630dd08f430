"""L-BFGS in a box, held to SciPy's."""

import numpy as np
import pytest
import torch
from scipy.optimize import fmin_l_bfgs_b

from impasto.job import make_inputs, prepare
from impasto.optimize.lbfgs import LBFGS, LONGEST_STEP
from impasto.optimize.lbfgs_bounded import LBFGSB, where_free
from impasto.settings import Settings
from tests.support.objectives import objective_at

COUNT = 40
MIXED = torch.randn(COUNT, COUNT, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
HESSIAN = MIXED @ MIXED.T / COUNT + 0.1 * torch.eye(COUNT, dtype=torch.float64)
TARGET = torch.linspace(-1, 2, COUNT, dtype=torch.float64)


def separate(x):
    return (torch.logspace(0, 2, COUNT, dtype=torch.float64) * (x - TARGET) ** 2).sum()


def coupled(x):
    return (x - TARGET) @ HESSIAN @ (x - TARGET)


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def inner_rosenbrock(x):
    return rosenbrock(2.5 * x - 1) / 100


def scipy_minimum(function, start):
    def both(values):
        x = torch.tensor(values.reshape(start.shape), requires_grad=True)
        value = function(x)
        (gradient,) = torch.autograd.grad(value, x)
        return value.item(), gradient.numpy().ravel()

    bounds = [(0, 1)] * start.numel()
    x, value, _ = fmin_l_bfgs_b(
        both, start.numpy().ravel(), bounds=bounds, factr=10, pgtol=1e-10, maxfun=5000
    )
    return torch.tensor(x).view_as(start), value


def descend(function, start, steps):
    optimizer, x = LBFGSB(), start
    values = []
    for _ in range(steps):
        x = x.detach().requires_grad_()
        value = function(x)
        (gradient,) = torch.autograd.grad(value, x)
        values.append((value.item(), x.detach()))
        x = optimizer.step(x.detach(), gradient)
        assert x.min() >= 0
        assert x.max() <= 1
    return min(values, key=lambda pair: pair[0])


@pytest.mark.parametrize("function", [separate, coupled, rosenbrock, inner_rosenbrock])
def test_it_finds_scipys_minimum(function):
    start = torch.full((COUNT if function in (separate, coupled) else 8,), 0.5, dtype=torch.float64)
    expected, least = scipy_minimum(function, start)
    value, found = descend(function, start, 200)
    assert value == pytest.approx(least, rel=1e-9, abs=1e-12)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)
    if function in (separate, coupled):
        assert ((found == 0) | (found == 1)).sum() > COUNT / 2  # the bounds do hold it


def test_it_paints_as_low_a_loss_as_scipy(photograph, painting):
    settings = Settings(
        size=24,
        precision="float64",
        content_weight=100,
        style_weight=3,
        init="gray",
        backbone="pocket",
    )
    job = prepare(photograph, painting, settings)
    content, objective = make_inputs(job, 24).content, objective_at(job, 24)

    def both(values):
        at = objective(torch.tensor(values.reshape(content.shape)))
        return at.total, at.gradient.contiguous().numpy().ravel()

    bounds = [(0, 1)] * content.numel()
    start = torch.full_like(content, 0.5)
    _, least, _ = fmin_l_bfgs_b(both, start.numpy().ravel(), bounds=bounds, maxfun=60)
    optimizer, image, losses = LBFGSB(), start, []
    for _ in range(60):
        at = objective(image)
        losses.append(at.total)
        image = optimizer.step(image, at.gradient)
    assert min(losses) < 1.03 * least
    assert np.isfinite(losses).all()


def test_a_start_outside_of_the_box_is_brought_in():
    x = LBFGSB().step(torch.tensor([-2.0, 0.5, 3.0]), torch.zeros(3))
    assert x.tolist() == [0.0, 0.5, 1.0]


def test_a_pixel_at_its_bound_may_leave_it_again():
    x = torch.tensor([0.0, 1.0])
    x = LBFGSB().step(x, torch.tensor([-1.0, 1.0]))
    torch.testing.assert_close(x, torch.tensor([LONGEST_STEP, 1 - LONGEST_STEP]))


def test_where_everything_is_held_nothing_moves():
    optimizer, corner = LBFGSB(), torch.tensor([0.0, 1.0, 0.0])
    for _ in range(4):
        assert torch.equal(optimizer.step(corner, torch.tensor([1.0, -1.0, 2.0])), corner)


def test_no_step_in_the_box_is_longer_than_the_bound():
    optimizer, x = LBFGSB(), torch.full((COUNT,), 0.5, dtype=torch.float64)
    for step in range(12):
        slope = 2 * HESSIAN @ (x - TARGET)
        new = optimizer.step(x, slope if step % 3 else 1e-3 * slope)  # leaps where it seems flat
        assert (new - x).abs().mean() <= LONGEST_STEP * (1 + 1e-9)
        x = new


class Textbook:
    """The same step, with whole vectors, loops over pairs, and masks of truth values."""

    def __init__(self, history):
        self.history, self.pairs, self.last = history, [], None

    def step(self, x, g):
        held = ((x <= 0) & (g > 0)) | ((x >= 1) & (g < 0))
        if self.last is not None:
            s, y = x - self.last[0], torch.where(held, 0.0, g - self.last[1])
            if s @ y > 1e-10 * s.norm() * y.norm():
                self.pairs = [*self.pairs, (s, y)][-self.history :]
        self.last = (x, g)
        change = torch.where(held, 0.0, self.recursion(torch.where(held, 0.0, g)))
        length = change.abs().mean()
        if length > LONGEST_STEP or not self.pairs:
            change = change * LONGEST_STEP / length
        return (x - change).clamp(0, 1)

    def recursion(self, q):
        """Nocedal and Wright (2006), algorithm 7.4."""
        trail = []
        for s, y in reversed(self.pairs):
            trail.append((s @ q) / (s @ y))
            q = q - trail[-1] * y
        if self.pairs:
            s, y = self.pairs[-1]
            q = q * s.norm() / y.norm() * ((s @ y) / (s.norm() * y.norm())).sqrt()
        for (s, y), a in zip(self.pairs, reversed(trail), strict=True):
            q = q + (a - (y @ q) / (s @ y)) * s
        return q


@pytest.mark.parametrize("history", [1, 3, 10])
def test_it_takes_the_textbooks_steps(history, monkeypatch):
    monkeypatch.setattr("impasto.optimize.lbfgs_bounded.VECTOR_PIECE", 16)
    optimizer, plain = LBFGSB(history=history), Textbook(history)
    x = twin = torch.full((COUNT,), 0.5, dtype=torch.float64)
    held = set()
    for _ in range(25):
        slope = 2 * HESSIAN @ (x - TARGET)
        held.add(int((1 - where_free(x, slope)).sum()))
        x, twin = optimizer.step(x, slope), plain.step(twin, 2 * HESSIAN @ (twin - TARGET))
        torch.testing.assert_close(x, twin, rtol=0, atol=1e-9)
    assert len(held) > 3  # pixels come to their bounds, and leave them


def test_away_from_the_bounds_it_is_lbfgs():
    optimizer, other = LBFGSB(), LBFGS()
    x = twin = torch.full((COUNT,), 0.5, dtype=torch.float64)
    target = torch.linspace(0.3, 0.7, COUNT, dtype=torch.float64)
    for _ in range(20):
        x = optimizer.step(x, 2 * HESSIAN @ (x - target))
        twin = other.step(twin, 2 * HESSIAN @ (twin - target))
        assert torch.equal(x, twin)
        assert x.min() > 0
        assert x.max() < 1


def test_pixels_are_free_unless_the_gradient_pushes_them_against_a_bound():
    x = torch.tensor([0.0, 0.0, 0.5, 0.5, 1.0, 1.0, 1e-30, 1.0])
    slope = torch.tensor([1e-30, -1e-30, 9.0, -1e-30, 1e-30, -1e-30, 1.0, 1e30])
    assert where_free(x, slope).tolist() == [0, 1, 1, 1, 1, 0, 1, 1]


def test_a_picture_is_projected_on_the_box():
    assert LBFGSB().project(torch.tensor([-2.0, 0.5, 3.0])).tolist() == [0.0, 0.5, 1.0]
    outside = torch.tensor([-2.0, 3.0])
    assert LBFGS().project(outside) is outside
