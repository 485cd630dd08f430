"""Style terms: which are made, in tiles and whole, and how they are balanced."""

import pytest
import torch

from impasto import stylize
from impasto.errors import SettingsError, UnknownName
from impasto.job.recipe import Recipe
from impasto.job.style_terms import check_tiles, choose, is_additive
from impasto.losses.content import GramLoss
from impasto.losses.histogram import CoarseHistogramLoss, HistogramLoss
from impasto.losses.moments import WassersteinLoss
from impasto.losses.patches import PatchLoss, cut
from impasto.normalization import NORMALIZATIONS
from impasto.objective.balance import MOST, balanced
from impasto.objective.guidance import Area
from impasto.objective.objective import Term
from impasto.registry import STYLE_LOSSES
from impasto.samples import painting, photograph
from impasto.settings.settings import Settings
from impasto.transfer import build
from tests.support.narrow_networks import both, narrow_vgg19, picture

RELATIVE = NORMALIZATIONS["relative"].style
NETWORK = narrow_vgg19()
FIVE = dict.fromkeys(["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"], 0.2)


def test_one_term_for_every_layer_and_loss():
    assert [c.name for c in choose({"gram": 1}, FIVE, NETWORK)] == [
        f"style {layer}" for layer in FIVE
    ]
    several = choose({"gram": 1.0, "histogram": 0.5}, FIVE, NETWORK)
    assert len({choice.name for choice in several}) == 10
    assert several[0].name == "style relu1_1 gram"
    assert (several[5].name, several[5].weight) == ("style relu1_1 histogram", 0.1)


def test_fine_layers_have_the_coarse_variant():
    kinds = {choice.layer: choice.kind for choice in choose({"histogram": 1}, FIVE, NETWORK)}
    assert kinds["relu1_1"] is kinds["relu3_1"] is CoarseHistogramLoss
    assert kinds["relu4_1"] is HistogramLoss
    (alone,) = choose(
        {"histogram": 1}, {"relu1_1": 1.0}, NETWORK
    )  # its squares would not fit into tiles
    assert alone.kind is HistogramLoss


def test_patches_are_for_two_blocks():
    layers = [choice.layer for choice in choose({"patches": 1}, FIVE, NETWORK)]
    assert layers == ["relu3_1", "relu4_1"]
    with pytest.raises(
        SettingsError, match=r"patches looks at none of.*relu1_1.*4 or 8 pixels apart"
    ):
        choose({"patches": 1}, {"relu1_1": 1.0}, NETWORK)


def test_what_cannot_be_tiled_says_so_before_the_work():
    check_tiles({"gram": 1.0, "patches": 1.0}, 0)
    check_tiles({"gram": 1.0}, 128)
    with pytest.raises(SettingsError, match=r"patches needs the whole image at once.*128"):
        stylize(photograph("cat"), painting("dots"), size=256, tile=128, style_loss="patches")


@pytest.mark.parametrize("loss", [n for n, row in STYLE_LOSSES.items() if is_additive(row.load())])
def test_tiles_give_loss_and_gradient_of_the_whole_image(loss):
    whole, tiled = both(narrow_vgg19(), 203, 274, 96, style_loss=loss)
    image = picture(203, 274, seed=3)
    expected, found = whole(image), tiled(image)
    assert found.parts == pytest.approx(expected.parts, rel=1e-9)
    error = (found.gradient - expected.gradient).norm() / expected.gradient.norm()
    assert error < 1e-9


def test_several_losses_tile_together():
    whole, tiled = both(narrow_vgg19(), 161, 130, 96, style_loss="gram:1,histogram:0.5")
    image = picture(161, 130, seed=3)
    expected, found = whole(image), tiled(image)
    assert found.parts == pytest.approx(expected.parts, rel=1e-9)
    assert len(found.parts) == 10 + 2
    error = (found.gradient - expected.gradient).norm() / expected.gradient.norm()
    assert error < 1e-9


def test_a_region_counts_by_the_share_of_the_picture_that_it_covers():
    """So that the regions together weigh what the whole weighs, however many there are."""
    quarter = torch.zeros(1, 1, 64, 80, dtype=torch.float64)
    quarter[..., :20] = 1
    areas = [Area("one", quarter, {0: None}), Area("other", 1 - quarter, {0: None})]
    settings = Settings(backbone="vgg19", style_layers="relu1_1:3,relu2_1:1").with_defaults()
    whole, divided = (
        build(NETWORK, picture(64, 80), [picture(90, 110, seed=2)], [1.0], settings, each)
        for each in ((), areas)
    )
    weights = {term.name: term.weight for term in divided.terms}
    for term in whole.terms:
        if term.name.startswith("style "):
            assert weights[f"{term.name} one"] == pytest.approx(0.25 * term.weight)
            assert weights[f"{term.name} other"] == pytest.approx(0.75 * term.weight)
        else:
            assert weights[term.name] == term.weight
    assert len(divided.terms) == len(whole.terms) + 2


def test_settings_take_one_loss_or_several():
    assert Settings().style_loss == (("gram", 1.0),)
    several = Settings(style_loss="gram,histogram:0.5")
    assert several == Settings(style_loss={"gram": 1, "histogram": 0.5})
    assert Settings.from_dict(several.to_dict()) == several
    with pytest.raises(UnknownName, match="did you mean 'histogram'"):
        Settings(style_loss="gram:1,histogramm:1")
    with pytest.raises(SettingsError, match="each loss once"):
        Settings(style_loss="gram,gram")


def test_recipes_with_one_loss_can_still_be_read():
    recipe = Recipe.from_json(
        '{"impasto": "0.1.0", "settings": {"style_loss": "gram", "size": 64}, '
        '"content": {"path": null, "sha256": ""}, "styles": []}'
    )
    assert recipe.settings.style_loss == (("gram", 1.0),)


def test_balanced_terms_pull_by_their_shares():
    objective, _ = both(narrow_vgg19(), 64, 80, 32, style_layers="relu1_1:3,relu2_1:1,relu3_1:1")
    image = picture(64, 80, seed=3)

    def pulls(of):
        terms = [term for term in of.terms if term.name.startswith("style ")]
        return [of.with_terms([term])(image).gradient.norm().item() for term in terms]

    before, after = pulls(objective), pulls(balanced(objective, image))
    assert sum(after) == pytest.approx(sum(before), rel=1e-6)
    assert [pull / sum(after) for pull in after] == pytest.approx([0.6, 0.2, 0.2], rel=1e-6)
    assert [pull / sum(before) for pull in before] != pytest.approx([0.6, 0.2, 0.2], rel=0.1)


def test_balance_keeps_other_terms_and_bounds_its_factors():
    objective, _ = both(narrow_vgg19(), 64, 80, 32, style_layers="relu1_1:1,relu5_1:1e-6")
    new = balanced(objective, picture(64, 80, seed=3))
    assert [t.name for t in new.terms] == [t.name for t in objective.terms]
    for old, term in zip(objective.terms, new.terms, strict=True):
        if not term.name.startswith("style "):
            assert term.weight == old.weight
        assert 1 / MOST <= term.weight / old.weight <= MOST


def test_a_term_that_does_not_pull_keeps_its_weight():
    objective, _ = both(narrow_vgg19(), 64, 80, 32)
    still = Term("style none", 3.0, "relu1_1", lambda features: 0 * features.sum())
    new = balanced(objective.with_terms([*objective.terms, still]), picture(64, 80, seed=3))
    assert new.terms[-1] == still


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


def test_patches_find_themselves_wherever_they_are():
    painting_map = torch.randn(1, 5, 9, 9, generator=torch.Generator().manual_seed(1)).double()
    loss = PatchLoss.of_pictures([painting_map], [1.0], RELATIVE)
    assert loss(painting_map[:, :, 2:7, 3:8]).item() == 0
    assert loss.match(painting_map).flatten().tolist() == list(range(49))
    other = torch.randn(1, 5, 9, 9, generator=torch.Generator().manual_seed(2)).double()
    assert loss(other).item() > 0.01


def test_patches_are_taken_evenly_and_by_weight():
    maps = [torch.full((1, 2, 60, 60), float(value)) for value in (1, 2, 3)]
    kept = PatchLoss.of_pictures(maps, [2.0, 1.0, 0.0], RELATIVE).patches[:, 0, 0, 0]
    assert {value: int((kept == value).sum()) for value in (1, 2, 3)} == {1: 512, 2: 256, 3: 0}
    assert len(cut(maps[0], 10)) == 10
    assert len(cut(maps[0][..., :4, :5], 10**6)) == 6


@pytest.mark.parametrize("loss", STYLE_LOSSES)
def test_every_loss_paints(loss):
    painted = stylize(
        photograph("cat"), painting("dots"), size=64, iterations=4, levels=1, style_loss=loss
    )
    totals = [record.total for record in painted.history]
    assert totals[-1] < totals[0]
    assert not painted.notes


def test_balance_is_a_setting():
    pictures = photograph("cat"), painting("dots")
    plain, even = (
        stylize(*pictures, size=64, iterations=3, levels=1, balance=balance)
        for balance in (False, True)
    )
    assert plain.history[0].parts != even.history[0].parts
    assert Settings(balance="true").balance


def test_gram_alone_is_named_as_before():
    (choice,) = choose({"gram": 1.0}, {"relu2_1": 1.0}, NETWORK)
    assert (choice.name, choice.kind) == ("style relu2_1", GramLoss)
