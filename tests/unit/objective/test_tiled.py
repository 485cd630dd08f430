"""Tiles give the loss and the gradient of the whole image."""

import pytest
import torch
import torch.nn.functional as nnf

from impasto.backbones import BACKBONES, load_backbone
from impasto.losses import ContentLoss, EdgeLoss, GramLoss, MattingLoss, TotalVariation
from impasto.normalization import NORMALIZATIONS
from impasto.objective import (
    IMAGE,
    Kind,
    Objective,
    Term,
    Wanted,
    collect_features,
    collect_statistics,
    tiled,
    whole,
)
from impasto.registry import VARIATIONS
from impasto.settings import Settings
from impasto.statistics import gram
from tests.support.narrow_networks import DEEP, both, narrow, narrow_vgg19, picture
from tests.support.objectives import is_tiled, objective_of


@pytest.mark.parametrize(
    ("height", "width", "side"),
    [(256, 320, 96), (200, 330, 128), (333, 97, 64), (300, 17, 80), (161, 161, 160)],
)
def test_loss_and_gradient_equal_those_of_the_whole_image(height, width, side):
    entire, in_tiles = both(narrow_vgg19(), height, width, side)
    image = picture(height, width, seed=3)
    expected, found = entire(image), in_tiles(image)
    assert found.total == pytest.approx(expected.total, rel=1e-10)
    assert found.parts == pytest.approx(expected.parts, rel=1e-10)
    error = (found.gradient - expected.gradient).norm() / expected.gradient.norm()
    assert error < 1e-10


def test_in_float32_the_gradients_agree_to_1e_5():
    entire, in_tiles = both(narrow_vgg19().float(), 256, 320, 96)
    image = picture(256, 320, seed=3).float()
    expected, found = entire(image).gradient, in_tiles(image).gradient
    assert (found - expected).norm() / expected.norm() < 1e-5


def test_with_masks_the_gradient_equals_that_of_the_whole_image():
    """Two regions with styles of their own, so two masked terms for each layer."""
    backbone, image = narrow_vgg19(), picture(203, 250, seed=3)
    scale, terms = NORMALIZATIONS["relative"].style, []
    for layer, features in backbone(image, ["relu1_1", "relu4_1"]).items():
        ramp = torch.linspace(0, 1, features.shape[3]).expand(1, 1, *features.shape[2:]).double()
        for name, mask in {"left": 1 - ramp, "right": ramp.square()}.items():
            loss = GramLoss(gram(torch.rand_like(features)).mean, scale)
            terms.append(Term(f"{name} {layer}", Kind.STYLE, 1.0, (layer,), loss, mask))
    expected = Objective(terms, whole(backbone))(image)
    found = Objective(terms, tiled(backbone, 64))(image)
    assert found.parts == pytest.approx(expected.parts, rel=1e-10)
    assert (found.gradient - expected.gradient).norm() / expected.gradient.norm() < 1e-10


def masked_terms(backbone, content, soft):
    """Every loss that can be evaluated in tiles, on a layer or on the image, with a mask."""
    layers, norm = ["relu1_1", "relu4_2"], NORMALIZATIONS["relative"]
    losses = {
        (layer,): ContentLoss(features, norm.content)
        for layer, features in backbone(content, layers).items()
    }
    on_image = {
        "edges": EdgeLoss(content, norm.content),
        "photoreal": MattingLoss(content, epsilon=1e-3),
        **{name: TotalVariation(kind, norm.variation) for name, kind in VARIATIONS.items()},
    }
    for layer, loss in losses.items():
        height, width = loss.target.shape[2:]
        mask = nnf.interpolate(soft, (height, width))
        yield Term(f"content {layer}", Kind.CONTENT, 2.0, layer, loss, mask)
    for name, loss in on_image.items():
        yield Term(name, Kind.REGULARIZER, 0.5, (IMAGE,), loss, soft)


def test_masks_on_content_and_on_the_image_are_exact_in_tiles():
    backbone, image = narrow_vgg19(), picture(203, 150, seed=3)
    soft = picture(203, 150, seed=5)[:, :1]
    terms = list(masked_terms(backbone, picture(203, 150), soft))
    assert len(terms) == 2 + 2 + len(VARIATIONS)
    expected = Objective(terms, whole(backbone))(image)
    found = Objective(terms, tiled(backbone, 64))(image)
    assert all(value > 0 for value in expected.parts.values())
    assert found.parts == pytest.approx(expected.parts, rel=1e-10)
    assert (found.gradient - expected.gradient).norm() / expected.gradient.norm() < 1e-10


def test_max_pooling_and_several_content_layers_are_exact_in_tiles():
    layers = "relu1_2:0.3,relu4_2:1"
    entire, in_tiles = both(narrow_vgg19("max"), 224, 256, 96, content_layers=layers)
    image = picture(224, 256, seed=3)
    error = (in_tiles(image).gradient - entire(image).gradient).norm()
    assert error / entire(image).gradient.norm() < 1e-10


def test_without_style_or_without_content_tiles_are_exact():
    for off in ("style_weight", "content_weight", "tv_weight"):
        entire, in_tiles = both(narrow_vgg19(), 192, 192, 96, **{off: 0})
        image = picture(192, 192, seed=3)
        torch.testing.assert_close(in_tiles(image).gradient, entire(image).gradient)
        assert in_tiles(image).parts == pytest.approx(entire(image).parts)


def test_the_margin_is_no_smaller_than_needed_and_no_larger():
    """With one stride less of margin the gradient is wrong."""
    backbone = narrow_vgg19()
    assert backbone.margin(DEEP) == 70
    entire, in_tiles = both(backbone, 320, 320, 96)
    backbone.margin = lambda layers: 70 - 16
    image = picture(320, 320, seed=3)
    expected = entire(image).gradient
    assert (in_tiles(image).gradient - expected).norm() / expected.norm() > 1e-6


@pytest.mark.parametrize("layers", [["relu1_1"], ["relu2_1"], ["relu3_1", "relu1_1"], DEEP])
def test_features_and_statistics_are_those_of_the_whole(layers):
    backbone, image = narrow_vgg19(), picture(203, 150)
    expected = backbone(image, layers)
    found = collect_features(backbone, image, layers, side=64)
    wanted = {layer: Wanted((layer,), gram) for layer in layers}
    sums = collect_statistics(backbone, image, wanted, side=64)
    for layer in layers:
        torch.testing.assert_close(found[layer], expected[layer])
        torch.testing.assert_close(sums[layer].mean, gram(expected[layer]).mean)
        assert sums[layer].positions == gram(expected[layer]).positions


@pytest.mark.parametrize("layer", BACKBONES["pocket"].layers)
def test_every_layer_of_the_pocket_network_in_tiles(layer):
    backbone = load_backbone("pocket", layers=[layer]).double()
    image = picture(230, 170)
    found = collect_features(backbone, image, [layer], side=32)
    torch.testing.assert_close(found[layer], backbone(image, [layer])[layer])


OTHERS = ["squeezenet1_0", "squeezenet1_1", "googlenet", "googlenet_caffe", "alexnet", "caffenet"]


@pytest.mark.parametrize("pooling", ["avg", "max"])
@pytest.mark.parametrize(("height", "width", "side"), [(230, 331, 96), (163, 417, 64)])
@pytest.mark.parametrize("name", OTHERS)
def test_every_network_is_exact_in_tiles(name, height, width, side, pooling):
    """No padding, pools that overlap or round up, strides of 4: the grid is that of the whole."""
    backbone, image = narrow(name, pooling), picture(height, width, seed=3)
    pictures = (picture(height, width), [picture(150, 170, seed=2)])
    entire, in_tiles = (
        objective_of(backbone, *pictures, Settings(backbone=name, tile=tile)) for tile in (0, side)
    )
    assert is_tiled(in_tiles)
    expected, found = entire(image), in_tiles(image)
    assert found.parts == pytest.approx(expected.parts, rel=1e-10)
    error = (found.gradient - expected.gradient).norm() / expected.gradient.norm()
    assert error < 1e-10


@pytest.mark.parametrize("length", [129, 130, 131, 132, 133, 143, 144, 145, 159, 160, 161])
@pytest.mark.parametrize("name", OTHERS)
def test_every_network_is_exact_in_tiles_at_every_length(name, length):
    """What is left over at the end of a picture may hold no position of a deep layer at all."""
    backbone, layers = narrow(name), [layer for layer, _ in BACKBONES[name].style_layers]
    image = picture(100, length)
    expected = backbone(image, layers)
    found = collect_features(backbone, image, layers, side=32)
    for layer in layers:
        torch.testing.assert_close(found[layer], expected[layer])


@pytest.mark.parametrize("name", OTHERS)
def test_the_margin_of_every_network_is_needed(name):
    backbone = narrow(name)
    layers = [layer for layer, _ in BACKBONES[name].style_layers]
    stride, needed = backbone.stride(layers), backbone.margin(layers)
    # Overlapping squares see further on one side than on the other; tiles are cut at strides.
    least = (needed - 1) // stride * stride
    image = picture(64, 3 * needed + 200)
    backbone.margin = lambda layers: least - stride
    backbone.minimum_side = 1
    found = collect_features(backbone, image, layers, side=64)
    expected = backbone(image, layers)
    assert any(not torch.allclose(found[layer], expected[layer]) for layer in layers)
