import pytest
import torch

from impasto.losses import TotalVariation
from impasto.normalization import NORMALIZATIONS
from impasto.registry import VARIATIONS

MEAN = NORMALIZATIONS["relative"].variation


def test_the_variation_of_a_ramp_is_known():
    ramp = torch.arange(4.0).expand(1, 3, 5, 4)  # dx = 1, dy = 0
    assert TotalVariation(VARIATIONS["squared"], MEAN)(ramp * 3).item() == pytest.approx(9)
    assert TotalVariation(VARIATIONS["absolute"], MEAN)(ramp * 3).item() == pytest.approx(3)


def test_variation_of_a_picture_one_pixel_wide_is_finite():
    column = torch.rand(1, 3, 9, 1)
    for kind in VARIATIONS.values():
        assert TotalVariation(kind, MEAN)(column).isfinite()


@pytest.mark.parametrize("name", NORMALIZATIONS)
@pytest.mark.parametrize("kind", VARIATIONS)
def test_gradients_are_those_of_finite_differences(name, kind):
    generator = torch.Generator().manual_seed(1)
    image = torch.randn((1, 2, 3, 3), generator=generator, dtype=torch.float64).requires_grad_()
    loss = TotalVariation(VARIATIONS[kind], NORMALIZATIONS[name].variation)
    assert torch.autograd.gradcheck(loss, image)


@pytest.mark.parametrize("kind", VARIATIONS.values(), ids=VARIATIONS)
def test_the_shares_of_rows_add_up(kind):
    image = torch.rand((1, 3, 9, 7), dtype=torch.float64)
    loss = TotalVariation(kind, NORMALIZATIONS["relative"].variation)
    bounds = [(0, 4), (4, 8), (8, 9)]
    shares = [loss.of_rows(image, slice(first, last), 9) for first, last in bounds]
    torch.testing.assert_close(torch.stack(shares).sum(), loss(image), rtol=1e-13, atol=0)
