import pytest
import torch

from impasto.losses.content import ContentLoss, GramLoss, TotalVariation
from impasto.normalization import ENERGY_FLOOR, NORMALIZATIONS, Target
from impasto.registry import VARIATIONS
from impasto.statistics.gram import gram

F64 = {"dtype": torch.float64}


def features(seed: int, *shape: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape or (1, 4, 6, 5), generator=generator, **F64)


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_losses_are_zero_at_their_own_target_and_positive_elsewhere(name):
    norm = NORMALIZATIONS[name]
    F, other = features(1), features(2)
    for loss in (ContentLoss(F, norm.content), GramLoss(gram(F).mean, norm.style)):
        assert loss(F) < 1e-25 * loss(torch.zeros_like(F))  # the square of what rounding leaves
        assert loss(other).item() > 0


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_gradients_are_those_of_finite_differences(name):
    norm = NORMALIZATIONS[name]
    F = features(1, 1, 2, 3, 3).requires_grad_()
    target = features(2, 1, 2, 3, 3)
    for loss in (
        ContentLoss(target, norm.content),
        GramLoss(gram(target).mean, norm.style),
        TotalVariation(VARIATIONS["squared"], norm.variation),
        TotalVariation(VARIATIONS["absolute"], norm.variation),
    ):
        assert torch.autograd.gradcheck(loss, F)


def test_relative_losses_have_no_unit():
    norm = NORMALIZATIONS["relative"]
    F, other = features(1), features(2)
    for scale in (1e-2, 1e4):
        content = ContentLoss(F * scale, norm.content)(other * scale)
        style = GramLoss(gram(F * scale).mean, norm.style)(other * scale)
        torch.testing.assert_close(content, ContentLoss(F, norm.content)(other))
        torch.testing.assert_close(style, GramLoss(gram(F).mean, norm.style)(other))


def test_relative_content_loss_of_silence_is_one():
    F = features(1)
    loss = ContentLoss(F, NORMALIZATIONS["relative"].content)
    assert loss(torch.zeros_like(F)).item() == pytest.approx(1)


def test_a_target_of_zero_energy_gives_a_finite_loss():
    norm = NORMALIZATIONS["relative"]
    zero = torch.zeros(1, 4, 6, 5, **F64)
    content, style = ContentLoss(zero, norm.content), GramLoss(gram(zero).mean, norm.style)
    assert content(zero).item() == style(zero).item() == 0
    assert content(features(1)).isfinite()
    assert style(features(1)).isfinite()
    assert norm.content(Target(0.0, 4, 120)) == pytest.approx(1 / (120 * ENERGY_FLOOR))


def test_style_loss_forgets_positions_and_content_loss_does_not():
    norm = NORMALIZATIONS["relative"]
    F = features(1)
    shuffled = F.flatten(2)[..., torch.randperm(30, generator=torch.Generator().manual_seed(3))]
    shuffled = shuffled.view_as(F)
    assert GramLoss(gram(F).mean, norm.style)(shuffled).item() == pytest.approx(0, abs=1e-24)
    assert ContentLoss(F, norm.content)(shuffled).item() > 0.1


def test_style_loss_is_the_same_from_features_and_from_their_statistic():
    loss = GramLoss(gram(features(1)).mean, NORMALIZATIONS["paper"].style)
    F = features(2)
    torch.testing.assert_close(loss(F), loss.distance(loss.statistic(F)))


def test_the_variation_of_a_ramp_is_known():
    ramp = torch.arange(4.0).expand(1, 3, 5, 4)  # dx = 1, dy = 0
    mean = NORMALIZATIONS["relative"].variation
    assert TotalVariation(VARIATIONS["squared"], mean)(ramp * 3).item() == pytest.approx(9)
    assert TotalVariation(VARIATIONS["absolute"], mean)(ramp * 3).item() == pytest.approx(3)


def test_variation_of_a_picture_one_pixel_wide_is_finite():
    column, mean = torch.rand(1, 3, 9, 1), NORMALIZATIONS["relative"].variation
    for kind in VARIATIONS.values():
        assert TotalVariation(kind, mean)(column).isfinite()
