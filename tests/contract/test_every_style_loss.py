"""What every row of STYLE_LOSSES promises."""

import pytest
import torch
from torch import Tensor

from impasto.losses import StyleLoss
from impasto.normalization import NORMALIZATIONS
from impasto.registry import STYLE_LOSSES
from impasto.statistics import Statistic, blend

RELATIVE = NORMALIZATIONS["relative"].style
ADDITIVE = [name for name, row in STYLE_LOSSES.items() if row.load().additive]


def features(seed: int, *shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    """Features as networks have them: many zeros, heavy tails, channels of different scales."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randn(shape or (1, 4, 7, 6), generator=generator, dtype=torch.float64)
    scales = torch.linspace(0.3, 2.0, drawn.shape[1], dtype=torch.float64)[:, None, None]
    return (scales * (drawn + 0.3 * drawn.square())).to(dtype)


def build(name: str, *paintings: Tensor, scale=RELATIVE):
    equal = [1.0] * len(paintings)
    return STYLE_LOSSES[name].load().from_features(paintings, equal, scale)


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_it_is_zero_at_the_painting_and_positive_elsewhere(name):
    painting, other = features(1), features(2) + 0.5
    loss = build(name, painting)
    assert loss(painting).item() == pytest.approx(0, abs=1e-12)
    assert loss(other).item() > 0.05


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_no_rounding_makes_it_negative(name):
    for seed in range(20):
        painting = features(seed, 1, 5, 6, 5)
        assert build(name, painting)(painting).item() >= 0


@pytest.mark.parametrize("name", STYLE_LOSSES)
@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_its_gradient_is_that_of_finite_differences(name, normalization):
    scale = NORMALIZATIONS[normalization].style
    loss = build(name, features(1, 1, 3, 5, 4), scale=scale)
    picture = features(2, 1, 3, 4, 4).requires_grad_()
    assert torch.autograd.gradcheck(loss, picture)


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_its_gradient_vanishes_at_the_painting(name):
    painting = features(1).requires_grad_()
    (gradient,) = torch.autograd.grad(build(name, painting.detach())(painting), painting)
    assert gradient.abs().max() < 1e-6


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_it_has_no_unit(name):
    painting, other = features(1), features(2)
    value = build(name, painting)(other).item()
    for scale in (1e-1, 1e2):
        scaled = build(name, painting * scale)(other * scale).item()
        assert scaled == pytest.approx(value, rel=0.02)


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_sixteen_bits_are_summed_in_thirty_two(name):
    painting, other = features(1), features(2)
    value = build(name, painting)(other).item()
    short = build(name, painting.bfloat16())(other.bfloat16())
    assert short.dtype == torch.float32
    assert short.item() == pytest.approx(value, rel=0.05)


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_a_painting_of_one_black_gives_a_finite_loss(name):
    loss = build(name, torch.zeros(1, 4, 7, 6, dtype=torch.float64))
    picture = features(2).requires_grad_()
    value = loss(picture)
    (gradient,) = torch.autograd.grad(value, picture)
    assert value.isfinite()
    assert gradient.isfinite().all()


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_a_picture_of_one_black_has_a_finite_gradient(name):
    black = torch.zeros(1, 4, 7, 6, dtype=torch.float64, requires_grad=True)
    value = build(name, features(1))(black)
    (gradient,) = torch.autograd.grad(value, black)
    assert value.isfinite()
    assert gradient.isfinite().all()


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_it_declares_what_it_is(name):
    kind = STYLE_LOSSES[name].load()
    assert issubclass(kind, StyleLoss)
    assert isinstance(build(name, features(1)), kind)
    assert isinstance(kind.joint, bool)
    assert kind.minimum_positions >= 1
    assert kind.strides is None or all(stride >= 1 for stride in kind.strides)
    assert kind.coarse is None or (issubclass(kind.coarse, StyleLoss) and kind.coarse.additive)


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_only_an_additive_loss_has_a_statistic(name):
    kind = STYLE_LOSSES[name].load()
    if kind.additive:
        assert isinstance(kind.statistic(features(1)), Statistic)
    else:
        with pytest.raises(TypeError, match="no statistic"):
            kind.statistic(features(1))


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_a_mask_of_ones_is_none(name):
    loss, F = build(name, features(1)), features(2)
    ones = torch.ones(1, 1, 7, 6, dtype=torch.float64)
    assert loss(F, ones).item() == pytest.approx(loss(F).item(), rel=1e-12)


@pytest.mark.parametrize("name", ADDITIVE)
def test_made_of_features_it_is_that_of_their_blended_statistics(name):
    kind, maps = STYLE_LOSSES[name].load(), [features(1), features(4, 1, 4, 9, 5)]
    blended = kind(blend([kind.statistic(each) for each in maps], [3.0, 1.0]), RELATIVE)
    made = kind.from_features(maps, [3.0, 1.0], RELATIVE)
    assert made(features(2)).item() == blended(features(2)).item()


@pytest.mark.parametrize("name", ADDITIVE)
def test_positions_are_forgotten(name):
    loss, picture = build(name, features(1)), features(2)
    order = torch.randperm(42, generator=torch.Generator().manual_seed(3))
    shuffled = picture.flatten(2)[..., order].view_as(picture)
    assert loss(shuffled).item() == pytest.approx(loss(picture).item(), rel=1e-9)


@pytest.mark.parametrize("name", ADDITIVE)
def test_its_statistic_adds_over_tiles(name):
    loss, F = build(name, features(1)), features(2)
    whole = loss.statistic(F)
    parts = loss.statistic(F[:, :, :2]) + loss.statistic(F[:, :, 2:])
    torch.testing.assert_close(parts.total, whole.total)
    assert parts.positions == whole.positions
    torch.testing.assert_close(loss(F), loss.distance(whole))


@pytest.mark.parametrize("name", ADDITIVE)
def test_weights_of_zero_and_one_cut_out_a_region(name):
    loss, F = build(name, features(1)), features(2).requires_grad_()
    weights = torch.zeros(1, 1, 7, 6, dtype=torch.float64)
    weights[:, :, 1:5, 2:] = 1
    masked, cut = loss(F, weights), loss(F[:, :, 1:5, 2:])
    assert masked.item() == pytest.approx(cut.item(), rel=1e-9)
    assert loss.statistic(F, weights).positions == 16
    assert isinstance(loss.statistic(F, weights).positions, float)
    (gradient,) = torch.autograd.grad(masked, F, retain_graph=True)
    (expected,) = torch.autograd.grad(cut, F)
    torch.testing.assert_close(gradient, expected)


@pytest.mark.parametrize("name", ADDITIVE)
def test_a_weight_of_two_counts_like_two_positions(name):
    loss, F = build(name, features(1)), features(2)
    weights = torch.ones(1, 1, 7, 6, dtype=torch.float64)
    weights[:, :, 3:] = 2
    twice = torch.cat([F, F[:, :, 3:]], dim=2)
    assert loss(F, weights).item() == pytest.approx(loss(twice).item(), rel=1e-9)


@pytest.mark.parametrize("name", ADDITIVE)
def test_gradients_with_weights_are_those_of_finite_differences(name):
    loss = build(name, features(1, 1, 3, 5, 4))
    weights = torch.rand(1, 1, 4, 4, generator=torch.Generator().manual_seed(4)).double()
    picture = features(2, 1, 3, 4, 4).requires_grad_()
    assert torch.autograd.gradcheck(lambda F: loss(F, weights), picture)


@pytest.mark.parametrize("name", ADDITIVE)
def test_a_mixture_of_equals_is_the_painting(name):
    painting, picture = features(1), features(2)
    mixed = build(name, painting, painting)
    assert mixed(picture).item() == pytest.approx(build(name, painting)(picture).item(), rel=1e-9)
