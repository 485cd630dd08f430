"""Tiles give the loss and the gradient of the whole image."""

import dataclasses

import pytest
import torch
from torch import Tensor

from impasto.backbones import BACKBONES, load_backbone
from impasto.backbones.layers import Branches, Convolution, LayerSpec, Operation, convolutions
from impasto.backbones.network import Network
from impasto.backbones.vgg import vgg
from impasto.backbones.weights.conventions import CONVENTIONS
from impasto.losses.content import GramLoss
from impasto.losses.normalization import NORMALIZATIONS
from impasto.objective.objective import Objective, Term
from impasto.objective.tiled import TiledObjective, Wanted, collect_features, collect_statistics
from impasto.objective.tiling import Tile, spans
from impasto.settings.settings import Settings
from impasto.statistics.gram import gram
from impasto.transfer import build

DEEP = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu4_2", "relu5_1"]
CONVOLUTIONS, WIDTHS = (2, 2, 4, 4, 1), (4, 6, 8, 8, 8)


def narrow_vgg19(pooling: str = "avg") -> Network:
    """VGG-19 down to relu5_1 with few channels: its receptive fields are those of the real one."""
    return drawn(vgg(CONVOLUTIONS, WIDTHS)[:-1], pooling)


def drawn(table: tuple[LayerSpec, ...], pooling: str = "avg") -> Network:
    """A network with random weights that keep the scale of its input, in float64."""
    generator = torch.Generator().manual_seed(5)
    weights = {}
    for row in convolutions(table):
        shape = row.shapes[f"{row.name}.weight"]
        draw = torch.randn(shape, generator=generator)
        weights[f"{row.name}.weight"] = draw * (2 / draw[0].numel()) ** 0.5
        weights[f"{row.name}.bias"] = 0.1 * torch.ones(row.outputs)
    return Network(table, weights, CONVENTIONS["torchvision"], pooling).double()


def picture(height: int, width: int, seed: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand((1, 3, height, width), generator=generator, dtype=torch.float64)


def both(backbone, height, width, side, **settings) -> tuple[Objective, TiledObjective]:
    arguments = (backbone, picture(height, width), [picture(90, 110, seed=2)], [1.0])
    values = {"style_layers": DEEP[:4] + DEEP[5:], "tv_weight": 0.5, **settings}
    whole, tiled = (
        build(*arguments, Settings(backbone="vgg19", tile=tile, **values).with_defaults())
        for tile in (0, side)
    )
    assert isinstance(whole, Objective)
    assert isinstance(tiled, TiledObjective)
    return whole, tiled


@pytest.mark.parametrize(
    ("height", "width", "side"),
    [(256, 320, 96), (200, 330, 128), (333, 97, 64), (300, 17, 80), (161, 161, 160)],
)
def test_loss_and_gradient_equal_those_of_the_whole_image(height, width, side):
    whole, tiled = both(narrow_vgg19(), height, width, side)
    image = picture(height, width, seed=3)
    expected, found = whole(image), tiled(image)
    assert found.total == pytest.approx(expected.total, rel=1e-12)
    assert found.parts == pytest.approx(expected.parts, rel=1e-12)
    error = (found.gradient - expected.gradient).norm() / expected.gradient.norm()
    assert error < 1e-12


def test_in_float32_the_gradients_agree_to_1e_5():
    whole, tiled = both(narrow_vgg19().float(), 256, 320, 96)
    image = picture(256, 320, seed=3).float()
    expected, found = whole(image).gradient, tiled(image).gradient
    assert (found - expected).norm() / expected.norm() < 1e-5


def test_with_masks_the_gradient_equals_that_of_the_whole_image():
    """Two regions with styles of their own, so two masked terms for each layer."""
    backbone, image = narrow_vgg19(), picture(203, 250, seed=3)
    scale, terms = NORMALIZATIONS["relative"].style, []
    for layer, features in backbone(image, ["relu1_1", "relu4_1"]).items():
        ramp = torch.linspace(0, 1, features.shape[3]).expand(1, 1, *features.shape[2:]).double()
        for name, mask in {"left": 1 - ramp, "right": ramp.square()}.items():
            loss = GramLoss(gram(torch.rand_like(features)).mean, scale)
            terms.append(Term(f"{name} {layer}", 1.0, layer, loss, mask))
    expected = Objective(backbone, terms)(image)
    found = TiledObjective(backbone, terms, 64)(image)
    assert found.parts == pytest.approx(expected.parts, rel=1e-12)
    assert (found.gradient - expected.gradient).norm() / expected.gradient.norm() < 1e-12


def test_max_pooling_and_several_content_layers():
    layers = "relu1_2:0.3,relu4_2:1"
    whole, tiled = both(narrow_vgg19("max"), 224, 256, 96, content_layers=layers)
    image = picture(224, 256, seed=3)
    error = (tiled(image).gradient - whole(image).gradient).norm()
    assert error / whole(image).gradient.norm() < 1e-12


def test_without_style_or_without_content():
    for off in ("style_weight", "content_weight", "tv_weight"):
        whole, tiled = both(narrow_vgg19(), 192, 192, 96, **{off: 0})
        image = picture(192, 192, seed=3)
        torch.testing.assert_close(tiled(image).gradient, whole(image).gradient)
        assert tiled(image).parts == pytest.approx(whole(image).parts)


def test_the_margin_is_no_smaller_than_needed_and_no_larger():
    """With one stride less of margin the gradient is wrong."""
    backbone = narrow_vgg19()
    assert backbone.margin(DEEP) == 70
    whole, tiled = both(backbone, 320, 320, 96)
    backbone.margin = lambda layers: 70 - 16
    image = picture(320, 320, seed=3)
    expected = whole(image).gradient
    assert (tiled(image).gradient - expected).norm() / expected.norm() > 1e-6


@pytest.mark.parametrize("layers", [["relu1_1"], ["relu2_1"], ["relu3_1", "relu1_1"], DEEP])
def test_features_and_statistics_are_those_of_the_whole(layers):
    backbone, image = narrow_vgg19(), picture(203, 150)
    whole = backbone(image, layers)
    tiled = collect_features(backbone, image, layers, side=64)
    sums = collect_statistics(
        backbone, image, {layer: Wanted(layer, gram) for layer in layers}, side=64
    )
    for layer in layers:
        torch.testing.assert_close(tiled[layer], whole[layer])
        torch.testing.assert_close(sums[layer].mean, gram(whole[layer]).mean)
        assert sums[layer].positions == gram(whole[layer]).positions


@pytest.mark.parametrize("layer", BACKBONES["pocket"].layers)
def test_every_layer_of_the_pocket_network_in_tiles(layer):
    backbone = load_backbone("pocket", layers=[layer]).double()
    image = picture(230, 170)
    tiled = collect_features(backbone, image, [layer], side=32)
    torch.testing.assert_close(tiled[layer], backbone(image, [layer])[layer])


OTHERS = ["squeezenet1_0", "squeezenet1_1", "googlenet", "googlenet_caffe", "alexnet", "caffenet"]


def narrow(name: str, pooling: str = "avg") -> Network:
    """A network of the table down to its deepest default layer, with few channels."""
    row = BACKBONES[name]
    deepest = max(row.layers.index(layer) for layer, _ in row.style_layers)
    return drawn(tuple(thin(layer) for layer in row.table[: deepest + 1]), pooling)


def thin(layer: LayerSpec) -> LayerSpec:
    return LayerSpec(layer.name, tuple(map(thinner, layer.chain)))


def thinner(part: Operation) -> Operation:
    """The same operation with an eighth of the channels."""
    if isinstance(part, Branches):
        return Branches(tuple(tuple(map(thinner, chain)) for chain in part.chains))
    if isinstance(part, Convolution):
        inputs = part.inputs if part.inputs == 3 else part.inputs // 8
        return dataclasses.replace(part, inputs=inputs, outputs=part.outputs // 8)
    return part


@pytest.mark.parametrize("pooling", ["avg", "max"])
@pytest.mark.parametrize(("height", "width", "side"), [(230, 331, 96), (163, 417, 64)])
@pytest.mark.parametrize("name", OTHERS)
def test_every_network_is_exact_in_tiles(name, height, width, side, pooling):
    """No padding, pools that overlap or round up, strides of 4: the grid is that of the whole."""
    backbone, image = narrow(name, pooling), picture(height, width, seed=3)
    whole, tiled = (
        build(
            *(backbone, picture(height, width), [picture(150, 170, seed=2)], [1.0]),
            Settings(backbone=name, tile=tile).with_defaults(),
        )
        for tile in (0, side)
    )
    assert isinstance(tiled, TiledObjective)
    expected, found = whole(image), tiled(image)
    assert found.parts == pytest.approx(expected.parts, rel=1e-12)
    error = (found.gradient - expected.gradient).norm() / expected.gradient.norm()
    assert error < 1e-12


@pytest.mark.parametrize("length", [129, 130, 131, 132, 133, 143, 144, 145, 159, 160, 161])
@pytest.mark.parametrize("name", OTHERS)
def test_every_network_at_every_length(name, length):
    """What is left over at the end of a picture may hold no position of a deep layer at all."""
    backbone, layers = narrow(name), [layer for layer, _ in BACKBONES[name].style_layers]
    image = picture(100, length)
    whole = backbone(image, layers)
    tiled = collect_features(backbone, image, layers, side=32)
    for layer in layers:
        torch.testing.assert_close(tiled[layer], whole[layer])


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
    tiled = collect_features(backbone, image, layers, side=64)
    whole = backbone(image, layers)
    assert any(not torch.allclose(tiled[layer], whole[layer]) for layer in layers)


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_the_inner_part_and_its_gradient_lie_in_memory_like_the_features(memory_format):
    rows, columns = spans(48, 16, 8, 8)[1], spans(64, 32, 8, 8)[0]
    tile = Tile(rows, columns)
    features = torch.rand(1, 5, 4, 5).to(memory_format=memory_format).requires_grad_()
    part = tile.inner(features, 8)
    expected = features[..., 1:3, 0:4]
    assert torch.equal(part, expected)
    assert part.is_contiguous(memory_format=memory_format)
    weights = torch.rand(part.shape)
    (gradient,) = torch.autograd.grad((part * weights).sum(), features)
    (plain,) = torch.autograd.grad((expected * weights).sum(), features)
    assert torch.equal(gradient, plain)
    assert gradient.is_contiguous(memory_format=memory_format)


@pytest.mark.parametrize("length", [1, 15, 16, 17, 100, 512, 1000, 4099])
@pytest.mark.parametrize("side", [0, 16, 64, 500])
def test_spans_cover_the_length_once_and_lie_on_the_stride(length, side):
    found = spans(length, side, margin=70, stride=16)
    assert found[0].start == 0
    assert found[-1].stop == length
    assert [span.start for span in found[1:]] == [span.stop for span in found[:-1]]
    assert [span.last for span in found] == [False] * (len(found) - 1) + [True]
    for span in found:
        assert 0 <= span.outer_start <= max(span.start - 70, 0)
        assert span.outer_stop >= min(span.stop + 70, length)
        assert span.start % 16 == span.outer_start % 16 == 0
        assert side == 0 or span.stop - span.start <= max(side, 16)


def test_a_layer_of_one_position_more_than_the_stride_divides():
    assert narrow_vgg19().stride(DEEP) == 16
    spans_ = spans(33, 16, 70, 16)
    assert [span.stop - span.start for span in spans_] == [16, 16, 1]
