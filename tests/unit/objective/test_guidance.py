"""Masks, spread with the network to the positions of its layers."""

import pytest
import torch

from impasto.backbones.layers import Geometry
from impasto.objective import Region, spread
from impasto.registry import SPREADS

MASK = torch.zeros(1, 1, 40, 60)
MASK[..., :30] = 1


def spread_by(name: str, mask: torch.Tensor, stride: int, margin: int) -> torch.Tensor:
    """The weights of a layer with as much padding as a VGG has."""
    where = Geometry(stride, margin, stride - 1 + margin)
    shape = mask.shape[2] // stride, mask.shape[3] // stride
    return SPREADS[name].load()(mask, where, shape)


@pytest.mark.parametrize("name", SPREADS)
@pytest.mark.parametrize(("stride", "margin"), [(1, 1), (4, 6), (16, 70)])
def test_weights_have_the_size_of_the_layer_and_lie_between_0_and_1(name, stride, margin):
    for mask in (MASK, torch.rand(1, 1, 37, 53)):
        weights = spread_by(name, mask, stride, margin)
        assert weights.shape[2:] == (mask.shape[2] // stride, mask.shape[3] // stride)
        assert weights.min() >= 0
        assert weights.max() <= 1


def test_each_spread_counts_no_more_than_the_one_before():
    simple, eroded, inside = (spread_by(n, MASK, 4, 8) for n in ("simple", "eroded", "inside"))
    assert (eroded <= simple).all()
    assert (inside <= eroded).all()
    assert simple.sum() > eroded.sum() > inside.sum() > 0


def test_inside_counts_exactly_what_sees_nothing_else():
    """Columns 0 to 29 are white; a position sees its 4 pixels and 6 more on each side."""
    weights = spread_by("inside", MASK, 4, 6)
    expected = [float(4 * k + 4 + 6 <= 30) for k in range(15)]
    assert weights[0, 0, 0].tolist() == expected


def test_without_padding_the_square_is_in_the_middle_of_what_a_position_sees():
    """Position k sees the pixels 4 k to 4 k + 10, and its own are 4 k + 3 to 4 k + 6."""
    where, shape = Geometry(4, 0, 10), (13, 13)
    weights = SPREADS["simple"].load()(MASK, where, shape)
    expected = [min(max(30 - (4 * k + 3), 0), 4) / 4 for k in range(13)]
    assert weights[0, 0, 0].tolist() == expected
    within = SPREADS["inside"].load()(MASK, where, shape)
    assert within[0, 0, 0].tolist() == [float(4 * k + 10 < 30) for k in range(13)]


def test_a_region_without_a_position_inside_counts_by_its_share():
    small, where = torch.zeros(1, 1, 64, 64), Geometry(16, 70, 85)
    small[..., 10:20, 10:20] = 1
    assert spread_by("inside", small, 16, 70).sum() == 0
    weights = spread(small, where, (4, 4), SPREADS["inside"].load())
    torch.testing.assert_close(weights, spread_by("simple", small, 16, 70))


def test_a_region_in_the_rest_that_the_stride_leaves_still_counts():
    mask = torch.zeros(1, 1, 40, 40)
    mask[..., 36:, 36:] = 1
    assert spread_by("simple", mask, 16, 70).sum() == 0
    for name in SPREADS:
        assert spread(mask, Geometry(16, 70, 85), (2, 2), SPREADS[name].load()).sum() > 0


def test_the_share_of_a_region_is_what_its_mask_covers():
    assert Region("", None, {}).share == 1
    assert Region("", MASK, {}).share == pytest.approx(0.5)
    assert isinstance(Region("", MASK, {}).share, float)  # it goes into weights, and to files


def test_weights_that_sum_to_less_than_a_thousandth_are_none():
    mask, share = torch.full((1, 1, 8, 8), 0.25), torch.full((1, 1, 2, 2), 0.25)
    for total, expected in ((1.1e-3, None), (0.9e-3, share)):
        weights = torch.full((1, 1, 2, 2), total / 4)
        found = spread(mask, Geometry(4, 0, 3), (2, 2), lambda *_, w=weights: w)
        assert torch.equal(found, weights if expected is None else expected)
