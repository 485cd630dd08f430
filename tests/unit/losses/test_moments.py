"""Distances of means and covariances that are known in closed form."""

import pytest
import torch

from impasto.losses import WassersteinLoss
from impasto.normalization import NORMALIZATIONS

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
