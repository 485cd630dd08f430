import pytest
import torch

from impasto.losses import ContentLoss, EdgeLoss
from impasto.losses.laplacian import POOLS, laplacian
from impasto.normalization import NORMALIZATIONS

SCALE = NORMALIZATIONS["relative"].content


def picture(seed: int, height: int = 24, width: int = 30) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(1, 3, height, width, generator=generator, dtype=torch.float64)


def test_zero_for_the_photograph_in_other_light_and_one_for_a_flat_picture():
    photograph = picture(1)
    loss = EdgeLoss(photograph, SCALE)
    assert loss(photograph) < 1e-20
    assert loss(photograph + 0.2) < 1e-20
    assert (loss(torch.zeros_like(photograph)) - 1).abs() < 1e-12
    assert loss(picture(2)) > 0.5


def test_the_gradient_is_that_of_finite_differences():
    loss = EdgeLoss(picture(1, 13, 14), SCALE)
    assert torch.autograd.gradcheck(loss, picture(2, 13, 14).requires_grad_())


def test_the_laplacian_of_a_ramp_is_zero():
    ramp = torch.arange(32.0).expand(1, 3, 32, 32)
    assert laplacian(ramp, 4).abs().max() < 1e-4


def test_a_picture_too_small_for_edges_costs_nothing():
    loss = EdgeLoss(picture(1, 4, 40), SCALE)
    assert loss(picture(2, 4, 40)) == 0


def test_a_resolution_counts_where_three_squares_fit_beside_each_other():
    """2 and 4 pixels: below 6 nothing, below 12 the finer alone, from there on the mean of both."""

    def resolutions(side: int) -> set[int]:
        return {pool for pool in POOLS if 3 * pool <= side}

    assert [resolutions(side) for side in (5, 6, 11, 12)] == [set(), {2}, {2}, {2, 4}]
    for side in (5, 6, 11, 12):
        for shape in ((side, 20), (20, side)):
            content, image = picture(1, *shape), picture(2, *shape)
            each = [
                ContentLoss(laplacian(content, pool), SCALE)(laplacian(image, pool)).item()
                for pool in resolutions(side)
            ]
            expected = sum(each) / max(len(each), 1)
            assert EdgeLoss(content, SCALE)(image).item() == pytest.approx(expected, rel=1e-12)


def test_a_picture_too_small_for_edges_has_a_gradient_of_zero():
    image = picture(2, 4, 40).requires_grad_()
    (gradient,) = torch.autograd.grad(EdgeLoss(picture(1, 4, 40), SCALE)(image), image)
    assert not gradient.any()
