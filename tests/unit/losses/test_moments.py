"""Distances of means and covariances that are known in closed form."""

import pytest
import torch

from impasto.losses import MeanStdLoss, ShiftedGramLoss, WassersteinLoss
from impasto.normalization import NORMALIZATIONS
from impasto.statistics import gram

RELATIVE = NORMALIZATIONS["relative"].style


def test_the_distance_of_gaussians_in_one_dimension_is_known():
    """``(μ - μ̂)² + (σ - σ̂)²``."""
    draw = torch.randn(1, 1, 50, 60, generator=torch.Generator().manual_seed(1)).double()
    draw = (draw - draw.mean()) / draw.std(correction=0)
    target = WassersteinLoss.statistic(2 * draw + 1).mean
    loss = WassersteinLoss(target, lambda target: 1.0)
    assert loss(0.5 * draw - 2).item() == pytest.approx(3**2 + 1.5**2, rel=1e-3)


def test_the_distance_of_gaussians_that_commute_is_known():
    """Diagonal covariances: the sum over dimensions."""
    generator = torch.Generator().manual_seed(1)
    base = torch.randn(1, 3, 50, 60, generator=generator).double()
    flat = base.flatten(2)[0]
    flat = flat - flat.mean(dim=1, keepdim=True)
    white = torch.linalg.solve(torch.linalg.cholesky(flat @ flat.T / 3000), flat)
    white = white.view_as(base)
    spread = torch.tensor([1.0, 2.0, 3.0]).double()[:, None, None]
    loss = WassersteinLoss(WassersteinLoss.statistic(white * spread).mean, lambda target: 1.0)
    assert loss(white).item() == pytest.approx(0 + 1 + 4, rel=2e-3)


def test_equal_eigenvalues_do_no_harm():
    base = torch.randn(1, 4, 30, 30, generator=torch.Generator().manual_seed(1)).double()
    loss = WassersteinLoss(WassersteinLoss.statistic(base).mean, RELATIVE)
    constant = torch.ones_like(base).requires_grad_()
    (gradient,) = torch.autograd.grad(loss(constant), constant)
    assert gradient.isfinite().all()


def test_means_and_standard_deviations_are_compared_channel_by_channel():
    """``Σ (μ - μ̂)² + (σ - σ̂)²``, and relative to the style's mean energy ``Σ E f²``."""
    draw = torch.randn(1, 2, 50, 60, generator=torch.Generator().manual_seed(1)).double()
    draw = (draw - draw.mean(dim=(2, 3), keepdim=True)) / draw.std(
        dim=(2, 3), correction=0, keepdim=True
    )
    spread, middle = (torch.tensor(v)[:, None, None].double() for v in ([2.0, 3.0], [1.0, -1.0]))
    target = MeanStdLoss.statistic(spread * draw + middle).mean
    other = 0.5 * draw
    expected = (1 + 1) + (1.5**2 + 2.5**2)
    assert MeanStdLoss(target, lambda target: 1.0)(other).item() == pytest.approx(
        expected, rel=1e-3
    )
    energy = (4 + 1) + (9 + 1)
    assert MeanStdLoss(target, RELATIVE)(other).item() == pytest.approx(expected / energy, rel=1e-3)


def test_the_wasserstein_distance_is_relative_to_the_styles_mean_energy():
    base = torch.randn(1, 4, 30, 30, generator=torch.Generator().manual_seed(1)).double()
    target, other = WassersteinLoss.statistic(base + 0.5).mean, 2 * base
    absolute = WassersteinLoss(target, lambda target: 1.0)(other).item()
    energy = (base + 0.5).square().mean(dim=(2, 3)).sum().item()
    assert WassersteinLoss(target, RELATIVE)(other).item() == pytest.approx(absolute / energy)


def test_the_shifted_gram_matrix_is_that_of_features_less_their_styles_root_mean_square():
    generator = torch.Generator().manual_seed(1)
    style = torch.randn(1, 3, 7, 8, generator=generator).double() + 2
    other = torch.randn(1, 3, 5, 6, generator=generator).double()
    constant = style.square().mean().sqrt()
    A, G = (gram(each - constant).mean for each in (style, other))
    loss = ShiftedGramLoss(ShiftedGramLoss.statistic(style).mean, lambda target: 1.0)
    assert loss(other).item() == pytest.approx((G - A).square().sum().item(), rel=1e-9)
    relative = ShiftedGramLoss(ShiftedGramLoss.statistic(style).mean, RELATIVE)
    expected = ((G - A).square().sum() / A.square().sum()).item()
    assert relative(other).item() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("kind", [MeanStdLoss, WassersteinLoss])
def test_a_channel_that_never_fires_is_compared_with_a_small_spread(kind):
    """The ridge is 1e-4 of the mean variance: a loss of what it adds, no more."""
    generator = torch.Generator().manual_seed(1)
    style = torch.randn(1, 4, 30, 30, generator=generator).double()
    style[:, 3] = 0
    loss = kind(kind.statistic(style).mean, lambda target: 1.0)
    other = style.clone()
    other[:, 3] = 0.01 * style[:, 0].roll(1)
    variance = style.var(dim=(2, 3), correction=0).mean().item()
    own = other[:, 3].var(correction=0).item()
    floor = 1e-4 * variance
    expected = ((own + floor) ** 0.5 - floor**0.5) ** 2 + other[:, 3].mean().item() ** 2
    assert loss(other).item() == pytest.approx(expected, rel=0.05)
