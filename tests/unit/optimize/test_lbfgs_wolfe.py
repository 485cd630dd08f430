"""Steps of L-BFGS with a line search, held to SciPy's and to minima that are known."""

import itertools

import pytest
import torch
from scipy.optimize import minimize as scipy_minimize
from scipy.optimize import rosen, rosen_der

from impasto.optimize import State, minimize
from impasto.optimize.lbfgs import LONGEST_STEP
from impasto.optimize.lbfgs_wolfe import SearchingLBFGS
from impasto.optimize.line_search import ARMIJO, MOST_TRIALS
from tests.support.functions import Plain, descend, evaluation, twin

CURVATURES = torch.logspace(0, 3, 40, dtype=torch.float64)
TARGET = torch.linspace(0, 1, 40, dtype=torch.float64)


def quadratic(x):
    total = (CURVATURES * (x - TARGET) ** 2).sum().item() / 2
    return evaluation(total, CURVATURES * (x - TARGET))


def rosenbrock(x):
    return evaluation(float(rosen(x.numpy())), torch.tensor(rosen_der(x.numpy())))


@pytest.mark.parametrize(
    ("function", "start", "least"),
    [
        (quadratic, torch.zeros(40, dtype=torch.float64), TARGET),
        (rosenbrock, torch.tensor([-1.2, 1.0], dtype=torch.float64), torch.ones(2)),
        (rosenbrock, torch.zeros(8, dtype=torch.float64), torch.ones(8)),
    ],
)
def test_it_finds_minima_that_are_known(function, start, least):
    steps = descend(function, start, SearchingLBFGS(), 300)
    torch.testing.assert_close(steps[-1].image, least.double(), rtol=0, atol=1e-6)
    assert function(steps[-1].image).total < 1e-10


def test_it_needs_about_as_many_evaluations_as_scipys_lbfgs():
    start = torch.zeros(8, dtype=torch.float64)
    theirs = scipy_minimize(
        rosen, start.numpy(), jac=rosen_der, method="L-BFGS-B", options={"ftol": 0, "gtol": 1e-6}
    )
    function = Plain(rosenbrock)
    descend(function, start, SearchingLBFGS(), 300)
    flat = (rosenbrock(x).gradient.abs().max() < 1e-6 for x in function.seen)
    ours = next(index for index, is_flat in enumerate(flat, start=1) if is_flat)
    assert ours < 2 * theirs.nfev


@pytest.mark.parametrize("function", [quadratic, rosenbrock])
def test_every_remembered_step_meets_the_conditions(function):
    """What begins the next search was an accepted trial of the last one."""
    optimizer, x, starts = SearchingLBFGS(), torch.zeros(40, dtype=torch.float64), []
    for _ in range(80):
        at_x = function(x)
        line, begun = optimizer.line, optimizer.last
        x_next = optimizer.step(x, at_x.gradient, at_x.total)
        if line is not None and optimizer.line is not line:
            slope = float(begun[1] @ line.direction)
            length = float((x - begun[0]).norm() / line.direction.norm())
            before = function(begun[0]).total
            starts.append(length)
            assert at_x.total <= before + ARMIJO * length * slope + 1e-12
            reached = length >= 0.999 * line.search.longest
            assert reached or abs(float(at_x.gradient @ line.direction)) <= -0.9 * slope * 1.001
            assert optimizer.pairs.newest.curvature > 0
        x = x_next
    assert len(starts) > 10


def test_it_goes_on_to_the_same_bits_from_the_middle_of_a_search():
    start = torch.full((8,), -1.0, dtype=torch.float64)
    whole = Plain(rosenbrock)
    descend(whole, start, SearchingLBFGS(), 40)
    state, middle = State().begin(start, SearchingLBFGS()), 0
    for step in itertools.islice(minimize(Plain(rosenbrock), state, [(1.0, 40)]), 30):
        middle += state.optimizer.line.search.count > 0
        other, rest = twin(state, SearchingLBFGS()), Plain(rosenbrock)
        list(minimize(rest, other, [(1.0, 40)]))
        for ours, theirs in zip(rest.seen, whole.seen[step.index :], strict=True):
            assert torch.equal(ours, theirs)
    assert middle > 0  # some of them were


def test_a_direction_that_leads_nowhere_is_given_up():
    """The gradient lies: it points uphill everywhere, so that no trial is lower."""

    def lying(x):
        return evaluation(1 + float(x.square().sum()), -2 * x)

    optimizer, x = SearchingLBFGS(), torch.ones(4, dtype=torch.float64)
    for _ in range(MOST_TRIALS + 1):
        at_x = lying(x)
        x = optimizer.step(x, at_x.gradient, at_x.total)
    assert optimizer.learning_rate == 0.5
    assert torch.equal(optimizer.last[0], torch.ones(4, dtype=torch.float64))


def test_a_search_goes_ten_times_as_far_as_the_first_step_and_no_further():
    """Along a slope without an end."""
    slope = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64)
    optimizer, start = SearchingLBFGS(), torch.zeros(3, dtype=torch.float64)
    x, lengths = start, []
    while len(lengths) < 2 or lengths[-1] > lengths[-2]:
        x = optimizer.step(x, slope, float(slope @ x))
        if not torch.equal(optimizer.last[0], start):
            break
        lengths.append(x.abs().mean().item())
    assert lengths[0] == pytest.approx(LONGEST_STEP)
    assert lengths[-1] == pytest.approx(10 * LONGEST_STEP)
    assert optimizer.last[0].abs().mean().item() == pytest.approx(10 * LONGEST_STEP)
