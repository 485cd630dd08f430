"""A style loss is its statistic: the example of `StyleLoss` does all that the others do."""

import doctest
import inspect

import pytest
import torch

from impasto import stylize
from impasto.job import choose
from impasto.losses import LocalLoss, Loss, StyleLoss
from impasto.normalization import NORMALIZATIONS
from impasto.objective import Kind, Region
from impasto.registry import STYLE_LOSSES
from impasto.samples import painting, photograph
from impasto.settings import Settings
from tests.support.narrow_networks import both, narrow_vgg19, picture
from tests.support.objectives import is_tiled, objective_of
from tests.support.style_losses import ROWS, SkewLoss

RELATIVE = NORMALIZATIONS["relative"].style


@pytest.fixture(autouse=True)
def rows(monkeypatch):
    for name, row in ROWS.items():
        monkeypatch.setitem(STYLE_LOSSES, name, row)


def features(seed, height=7, width=6):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn((1, 4, height, width), generator=generator, dtype=torch.float64)


def assert_equal(found, expected):
    assert found.parts == pytest.approx(expected.parts, rel=1e-10)
    assert (found.gradient - expected.gradient).norm() < 1e-10 * expected.gradient.norm()


def test_the_example_is_the_one_of_the_docstring():
    (example,) = doctest.DocTestParser().get_examples(StyleLoss.__doc__)
    mine = inspect.getsource(SkewLoss).splitlines()
    mine = [line for line in mine if '"""' not in line and line.strip()]
    assert example.source.splitlines() == mine


def test_a_loss_without_its_own_part_cannot_be_made():
    for kind, missing in ((Loss, "__call__"), (LocalLoss, "part"), (StyleLoss, "statistic")):
        with pytest.raises(TypeError, match=f"abstract.* '?{missing}"):
            type("Empty", (kind,), {})()


def test_the_loss_is_the_squared_difference_of_the_means():
    style, image = features(1), features(2, 9, 5)
    one, other = (x.pow(3).mean(dim=(0, 2, 3)) for x in (style, image))
    loss = SkewLoss.from_features([style], [1.0], lambda target: 2.0)
    expected = 2 * (one - other).square().sum()
    assert loss(image).item() == pytest.approx(expected.item())
    relative = SkewLoss.from_features([style], [1.0], RELATIVE)
    assert relative(image).item() == pytest.approx((expected / 2 / one.square().sum()).item())


def test_the_scale_may_depend_on_energy_channels_and_elements_of_the_target():
    seen = []
    SkewLoss.from_features([features(1)], [1.0], lambda target: seen.append(target) or 1.0)
    (target,) = seen
    moments = features(1).pow(3).mean(dim=(0, 2, 3))
    assert target.energy == pytest.approx(moments.square().sum().item())
    assert (target.channels, target.elements) == (4, 4)


def test_several_styles_are_a_mean_by_their_weights():
    styles = [features(1), features(2, 9, 5)]
    blended = SkewLoss.from_features(styles, [3.0, 1.0], lambda target: 1.0)
    means = [x.pow(3).mean(dim=(0, 2, 3)) for x in styles]
    torch.testing.assert_close(blended.target, 0.75 * means[0] + 0.25 * means[1])


def test_a_mask_counts_positions():
    loss, image = SkewLoss.from_features([features(1)], [1.0], RELATIVE), features(2)
    mask = torch.zeros(1, 1, 7, 6, dtype=torch.float64)
    mask[..., 2:5, :4] = 1
    assert loss(image, mask).item() == pytest.approx(loss(image[..., 2:5, :4]).item())
    assert loss(image, torch.ones_like(mask)).item() == pytest.approx(loss(image).item())


def test_it_has_the_gradient_of_finite_differences():
    loss = SkewLoss.from_features([features(1)], [1.0], RELATIVE)
    assert torch.autograd.gradcheck(loss, features(2, 4, 3).requires_grad_())


def test_what_is_not_said_is_as_for_most_losses():
    assert SkewLoss.additive
    assert not SkewLoss.joint
    assert SkewLoss.minimum_positions == 1
    assert SkewLoss.strides is SkewLoss.coarse is None
    layers = {"relu1_1": 0.5, "relu2_1": 0.25}
    chosen = choose({"skew": 2.0}, layers, narrow_vgg19())
    assert [(each.name, each.layers, each.weight) for each in chosen] == [
        ("style relu1_1 skew", ("relu1_1",), 1.0),
        ("style relu2_1 skew", ("relu2_1",), 0.5),
    ]


def test_loss_and_gradient_in_tiles_are_those_of_the_whole():
    entire, in_tiles = both(narrow_vgg19(), 203, 170, 64, style_loss="skew:1,gram:0.5")
    image = picture(203, 170, seed=3)
    assert_equal(in_tiles(image), entire(image))


def test_in_tiles_it_knows_regions_and_several_styles():
    left = torch.zeros(1, 1, 131, 150, dtype=torch.float64)
    left[..., :70] = 1
    top = torch.rand(1, 1, 90, 110, generator=torch.Generator().manual_seed(1)).double()
    regions = [Region("a", left, {0: top, 1: None}), Region("b", 1 - left, {1: None})]
    styles = [picture(90, 110, seed=2), picture(85, 101, seed=4)]
    given = Settings(backbone="vgg19", style_loss="skew", style_blend="2,1")
    entire, in_tiles = (
        objective_of(narrow_vgg19(), picture(131, 150), styles, given.replace(tile=tile), regions)
        for tile in (0, 64)
    )
    assert is_tiled(in_tiles)
    assert sum(term.kind is Kind.STYLE for term in entire.terms) == 2 * 5
    image = picture(131, 150, seed=3)
    assert_equal(in_tiles(image), entire(image))


def test_it_paints():
    painted = stylize(
        photograph("cat"),
        painting("dots"),
        size=64,
        iterations=4,
        levels=1,
        style_loss="skew",
        backbone="pocket",
    )
    assert painted.history[-1].kinds["style"] < painted.history[0].kinds["style"]
    assert not painted.notes
