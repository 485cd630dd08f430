"""Style terms: which are made, and what of, in tiles and whole."""

import pytest
import torch

from impasto import stylize
from impasto.errors import SettingsError, UnknownName
from impasto.job import Recipe, choose
from impasto.job.style_terms import check_tiles
from impasto.losses import GramLoss, HistogramLoss
from impasto.losses.histogram import CoarseHistogramLoss
from impasto.objective import Kind, Region, spread
from impasto.registry import SPREADS, STYLE_LOSSES
from impasto.samples import painting, photograph
from impasto.settings import Settings
from tests.support.narrow_networks import both, narrow_vgg19, picture
from tests.support.objectives import is_tiled, objective_of

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
    kinds = {choice.layers: choice.loss for choice in choose({"histogram": 1}, FIVE, NETWORK)}
    assert kinds[("relu1_1",)] is kinds[("relu3_1",)] is CoarseHistogramLoss
    assert kinds[("relu4_1",)] is HistogramLoss
    third, fourth = choose({"histogram": 1}, {"relu3_1": 0.5, "relu4_1": 0.5}, NETWORK)
    assert (third.loss, fourth.loss) == (CoarseHistogramLoss, HistogramLoss)
    (alone,) = choose(
        {"histogram": 1}, {"relu1_1": 1.0}, NETWORK
    )  # its squares would not fit into tiles
    assert alone.loss is HistogramLoss


def test_patches_are_for_two_blocks():
    layers = [choice.layers for choice in choose({"patches": 1}, FIVE, NETWORK)]
    assert layers == [("relu3_1",), ("relu4_1",)]
    with pytest.raises(
        SettingsError, match=r"patches looks at none of.*relu1_1.*4 or 8 pixels apart"
    ):
        choose({"patches": 1}, {"relu1_1": 1.0}, NETWORK)


def test_what_cannot_be_tiled_says_so_before_the_work():
    check_tiles({"gram": 1.0, "patches": 1.0}, 0)
    check_tiles({"gram": 1.0}, 128)
    with pytest.raises(SettingsError, match=r"patches needs the whole image at once.*128"):
        stylize(
            photograph("cat"),
            painting("dots"),
            size=256,
            tile=128,
            style_loss="patches",
            backbone="pocket",
        )


@pytest.mark.parametrize("loss", [n for n, row in STYLE_LOSSES.items() if row.load().additive])
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
    regions = [Region("one", quarter, {0: None}), Region("other", 1 - quarter, {0: None})]
    settings = Settings(backbone="vgg19", style_layers="relu1_1:3,relu2_1:1", tile=0)
    pictures = (picture(64, 80), [picture(90, 110, seed=2)])
    whole, divided = (objective_of(NETWORK, *pictures, settings, each) for each in ((), regions))
    weights = {term.name: term.weight for term in divided.terms}
    for term in whole.terms:
        if term.kind is Kind.STYLE:
            assert weights[f"{term.name} one"] == pytest.approx(0.25 * term.weight)
            assert weights[f"{term.name} other"] == pytest.approx(0.75 * term.weight)
        else:
            assert weights[term.name] == term.weight
    assert len(divided.terms) == len(whole.terms) + 2


@pytest.mark.parametrize("name", SPREADS)
def test_masks_are_spread_as_the_settings_say(name):
    half = torch.zeros(1, 1, 64, 80, dtype=torch.float64)
    half[..., :35] = 1
    region = Region("", half, {0: None})
    settings = Settings(backbone="vgg19", style_layers="relu3_1:1", tile=0, mask_spread=name)
    pictures = (picture(64, 80), [picture(90, 110, seed=2)])
    objective = objective_of(NETWORK, *pictures, settings, [region])
    (mask,) = (term.mask for term in objective.terms if term.kind is Kind.STYLE)
    expected = spread(half, NETWORK.geometry("relu3_1"), (16, 20), SPREADS[name].load())
    assert torch.equal(mask, expected)


def test_without_layers_there_is_nothing_to_choose():
    assert choose({"gram": 1.0, "patches": 1.0}, {}, NETWORK) == []


def test_an_image_that_fits_into_one_tile_is_evaluated_whole():
    pictures = (picture(64, 80), [picture(90, 110, seed=2)])
    for tile, expected in ((0, False), (64, True), (80, False), (96, False)):
        settings = Settings(backbone="vgg19", style_layers="relu1_1:1", tile=tile)
        assert is_tiled(objective_of(NETWORK, *pictures, settings)) == expected


def test_a_regularizer_without_weight_is_not_even_prepared(monkeypatch):
    def refuse(*_):
        raise AssertionError

    for name in ("EdgeLoss", "MattingLoss"):
        monkeypatch.setattr(f"impasto.job.terms.{name}", refuse)
    settings = Settings(backbone="vgg19", style_layers="relu1_1:1")
    objective = objective_of(NETWORK, picture(64, 80), [picture(90, 110, seed=2)], settings)
    assert {"edges", "photoreal"}.isdisjoint(objective.weights)


def test_settings_take_one_loss_or_several():
    assert Settings(backbone="pocket").style_loss == (("gram", 1.0),)
    several = Settings(style_loss="gram,histogram:0.5", backbone="pocket")
    assert several == Settings(style_loss={"gram": 1, "histogram": 0.5}, backbone="pocket")
    assert Settings.from_dict(several.to_dict()) == several
    with pytest.raises(UnknownName, match="did you mean 'histogram'"):
        Settings(style_loss="gram:1,histogramm:1", backbone="pocket")
    with pytest.raises(SettingsError, match="each loss once"):
        Settings(style_loss="gram,gram", backbone="pocket")


def test_recipes_with_one_loss_can_still_be_read():
    recipe = Recipe.from_json(
        '{"impasto": "0.1.0", "settings": {"style_loss": "gram", "size": 64}, '
        '"content": {"path": null, "sha256": ""}, "styles": []}'
    )
    assert recipe.settings.style_loss == (("gram", 1.0),)


def test_gram_alone_is_named_as_before():
    (choice,) = choose({"gram": 1.0}, {"relu2_1": 1.0}, NETWORK)
    assert (choice.name, choice.loss) == ("style relu2_1", GramLoss)


@pytest.mark.parametrize("loss", STYLE_LOSSES)
def test_every_loss_paints(loss):
    painted = stylize(
        photograph("cat"),
        painting("dots"),
        size=64,
        iterations=4,
        levels=1,
        style_loss=loss,
        backbone="pocket",
    )
    totals = [record.total for record in painted.history]
    assert totals[-1] < totals[0]
    assert not painted.notes
