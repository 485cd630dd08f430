"""Terms that look at several layers at once, whole and in tiles."""

import pytest
import torch

from impasto.job import choose
from impasto.losses import LocalLoss, PatchLoss, TotalVariation
from impasto.normalization import NORMALIZATIONS
from impasto.objective import IMAGE, Kind, Objective, Region, Term, tiled, whole
from impasto.registry import STYLE_LOSSES, VARIATIONS
from impasto.settings import Settings
from tests.support.narrow_networks import both, narrow_vgg19, picture
from tests.support.objectives import is_tiled, objective_of
from tests.support.style_losses import ROWS, CrossGramLoss

RELATIVE = NORMALIZATIONS["relative"].style
PAIR = ("relu1_1", "relu2_1")


@pytest.fixture(autouse=True)
def rows(monkeypatch):
    for name, row in ROWS.items():
        monkeypatch.setitem(STYLE_LOSSES, name, row)


def assert_equal(found, expected, error=1e-10):
    assert found.parts == pytest.approx(expected.parts, rel=error)
    assert (found.gradient - expected.gradient).norm() < error * expected.gradient.norm()


def term(backbone, *layers, mask=None):
    features = backbone(picture(90, 110, seed=2), layers)
    loss = CrossGramLoss.from_features(
        [tuple(features[layer] for layer in layers)], [1.0], RELATIVE
    )
    return Term("style", Kind.STYLE, 3.0, layers, loss, mask)


def test_the_loss_sees_a_tuple_of_the_maps_in_the_order_of_its_layers():
    backbone, image = narrow_vgg19(), picture(40, 50)
    one = term(backbone, *PAIR)
    features = backbone(image, PAIR)
    expected = 3 * one.loss(tuple(features[layer] for layer in PAIR))
    assert Objective([one], whole(backbone))(image).total == pytest.approx(expected.item())
    assert one(features).item() == pytest.approx(expected.item())


@pytest.mark.parametrize("layers", [PAIR, ("relu3_1", "relu4_1"), ("relu4_2", "relu5_1")])
@pytest.mark.parametrize(("height", "width"), [(203, 274), (160, 97)])
def test_loss_and_gradient_in_tiles_are_those_of_the_whole(layers, height, width):
    backbone, image = narrow_vgg19(), picture(height, width, seed=3)
    terms = [term(backbone, *layers)]
    expected = Objective(terms, whole(backbone))(image)
    assert_equal(Objective(terms, tiled(backbone, 64))(image), expected)


def test_a_mask_is_of_the_first_layer():
    backbone, image = narrow_vgg19(), picture(131, 150, seed=3)
    ramp = torch.linspace(0, 1, 150, dtype=torch.float64).expand(1, 1, 131, 150)
    terms = [term(backbone, *PAIR, mask=ramp)]
    expected = Objective(terms, whole(backbone))(image)
    assert_equal(Objective(terms, tiled(backbone, 64))(image), expected)
    ones = Objective([term(backbone, *PAIR, mask=torch.ones_like(ramp))], tiled(backbone, 64))
    assert_equal(ones(image), Objective([term(backbone, *PAIR)], whole(backbone))(image))


def test_a_joint_loss_is_one_term_with_the_weight_of_all_its_layers():
    layers = {"relu1_1": 0.5, "relu2_1": 0.25}
    one, *others = choose({"cross": 2.0, "gram": 1.0}, layers, narrow_vgg19())
    assert (one.name, one.layers, one.weight) == ("style cross", PAIR, 1.5)
    assert one.loss is CrossGramLoss
    assert [each.name for each in others] == ["style relu1_1 gram", "style relu2_1 gram"]


def test_a_joint_loss_that_the_settings_ask_for_is_exact_in_tiles():
    """With several style pictures, and another loss beside it."""
    settings = {"style_layers": PAIR, "style_loss": "cross:1,gram:0.5"}
    entire, in_tiles = both(narrow_vgg19(), 203, 170, 64, **settings)
    image = picture(203, 170, seed=3)
    expected = entire(image)
    assert [name for name in expected.parts if name.startswith("style")] == [
        "style cross", "style relu1_1 gram", "style relu2_1 gram",
    ]  # fmt: skip
    assert_equal(in_tiles(image), expected)


def test_a_joint_loss_knows_regions_and_several_styles():
    left = torch.zeros(1, 1, 131, 150, dtype=torch.float64)
    left[..., :70] = 1
    top = torch.zeros(1, 1, 90, 110, dtype=torch.float64)
    top[:, :, :41] = 1
    regions = [Region("a", left, {0: top, 1: None}), Region("b", 1 - left, {1: None})]
    styles = [picture(90, 110, seed=2), picture(85, 101, seed=4)]
    settings = Settings(backbone="vgg19", style_layers=PAIR, style_loss="cross")
    entire, in_tiles = (
        objective_of(
            narrow_vgg19(), picture(131, 150), styles, settings.replace(tile=tile), regions
        )
        for tile in (0, 64)
    )
    assert is_tiled(in_tiles)
    image = picture(131, 150, seed=3)
    expected = entire(image)
    assert {"style cross a", "style cross b"} < set(expected.parts)
    assert_equal(in_tiles(image), expected)
    # Where the image is a style picture, its own statistic is the target.
    (own,) = (t for t in entire.terms if t.name == "style cross b")
    features = narrow_vgg19()(styles[1], PAIR)
    assert own.loss(tuple(features[layer] for layer in PAIR)).item() == pytest.approx(0, abs=1e-20)


class Difference(LocalLoss):
    """How far two maps of one shape differ, position by position."""

    def part(self, features, rows, columns, mask=None):
        one, other = features
        squares = (one[:, :1] - other[:, :1]).square()
        return (squares if mask is None else mask * squares).sum()


def test_a_sum_over_the_positions_of_two_layers_is_exact_in_tiles():
    backbone, image = narrow_vgg19(), picture(203, 150, seed=3)
    mask = torch.rand(1, 1, 25, 18, generator=torch.Generator().manual_seed(1)).double()
    for kept in (None, mask):
        layers = ("relu4_1", "relu4_2")
        terms = [Term("content", Kind.CONTENT, 2.0, layers, Difference(), kept)]
        expected = Objective(terms, whole(backbone))(image)
        assert expected.total > 0
        assert_equal(Objective(terms, tiled(backbone, 64))(image), expected)


def test_the_image_itself_may_be_one_of_the_layers():
    backbone, image = narrow_vgg19(), picture(131, 150, seed=3)
    terms = [
        Term("content", Kind.CONTENT, 2.0, (IMAGE, "relu1_1"), Difference()),
        term(backbone, *PAIR),
    ]
    expected = Objective(terms, whole(backbone))(image)
    assert_equal(Objective(terms, tiled(backbone, 64))(image), expected)


def test_a_joint_loss_of_a_single_layer_sees_a_tuple_all_the_same():
    gram, first = (
        both(narrow_vgg19(), 150, 130, 64, style_layers="relu2_1", style_loss=name)
        for name in ("gram", "first")
    )
    image = picture(150, 130, seed=3)
    expected = gram[0](image)
    for objective in first:
        found = objective(image)
        assert found.parts["style first"] == pytest.approx(expected.parts["style relu2_1"])
        assert (found.gradient - expected.gradient).norm() < 1e-10 * expected.gradient.norm()


def test_a_joint_loss_of_whole_maps_is_made_of_all_of_them():
    settings = Settings(backbone="vgg19", tile=0, style_layers=PAIR, style_loss="maps")
    styles = [picture(90, 110, seed=2), picture(85, 101, seed=4)]
    backbone = narrow_vgg19()
    objective = objective_of(backbone, picture(64, 64), styles, settings)
    (term,) = (term for term in objective.terms if term.kind is Kind.STYLE)
    for style, maps in zip(styles, term.loss.target, strict=True):
        for layer, found in zip(PAIR, maps, strict=True):
            torch.testing.assert_close(found, backbone(style, PAIR)[layer])
    assert term(backbone(styles[0], PAIR)).item() == pytest.approx(0, abs=1e-20)


@pytest.mark.parametrize("loss", ["tv", "patches"])
def test_what_is_no_sum_over_positions_is_refused_in_tiles(loss):
    """Rather than left out."""
    backbone, image = narrow_vgg19(), picture(131, 150, seed=3)
    features = backbone(image, ["relu3_1"])["relu3_1"]
    losses = {
        "tv": TotalVariation(VARIATIONS["squared"], lambda count, degree: 1.0),
        "patches": PatchLoss.from_features([features], [1.0], RELATIVE),
    }
    terms = [Term("alone", Kind.REGULARIZER, 1.0, ("relu3_1",), losses[loss])]
    assert Objective(terms, whole(backbone))(image + 0.1).total > 0
    with pytest.raises(TypeError, match=r"sum over positions|no statistic"):
        Objective(terms, tiled(backbone, 64))(image)
