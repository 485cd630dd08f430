"""What every row of BACKBONES promises."""

from pathlib import Path

import pytest
import torch

import impasto.backbones
from impasto.backbones import BACKBONES, POOLINGS, load_backbone
from impasto.errors import UnknownName
from tests.support.counting import convolutions_run
from tests.support.weight_files import write_usual

POCKET = Path(impasto.backbones.__file__).with_name("pocket.safetensors")


def layers_of(name: str) -> list[str]:
    """All layers of a network; of a VGG, whose weights are many, those down to relu3_1."""
    layers = list(BACKBONES[name].layers)
    return layers[: layers.index("relu3_1") + 1] if name.startswith("vgg") else layers


def style_of(name: str) -> list[str]:
    """The default style layers among them."""
    return [layer for layer, _ in BACKBONES[name].style_layers if layer in layers_of(name)]


@pytest.fixture(scope="module", params=list(BACKBONES))
def name(request):
    if request.param == "pocket" and not POCKET.is_file():
        pytest.skip("the pocket network's weights are not in this checkout")
    return request.param


@pytest.fixture(scope="module")
def weights(name, tmp_path_factory):
    """A file of the right shapes in a real format; None where the package has the weights."""
    if not BACKBONES[name].table:
        return None
    return write_usual(name, layers_of(name), tmp_path_factory.mktemp(name))


@pytest.fixture
def backbone(name, weights):
    return load_backbone(name, layers=layers_of(name), weights=weights)


@pytest.fixture
def images(backbone):
    """A smooth picture, a little larger than the network needs."""
    coarse = torch.rand(2, 3, 6, 8, generator=torch.Generator().manual_seed(1))
    least = max(backbone.minimum_side, 20)
    return torch.nn.functional.interpolate(coarse, (least + 1, least + 10), mode="bilinear")


def test_features_have_the_layers_asked_for_in_depth_order(name, backbone, images):
    layers = layers_of(name)
    found = backbone(images, reversed(layers))
    assert list(found) == layers
    assert set(layers) <= set(backbone.layers)
    some = layers[1::2]
    assert list(backbone(images, some)) == some
    for layer in some:
        torch.testing.assert_close(backbone(images, [layer])[layer], found[layer])


def test_every_layer_lies_where_its_geometry_says(name, backbone, images):
    """A pixel moves those positions whose window it is in, and no others."""
    backbone = backbone.to(torch.float64)
    side = images.shape[-1]
    at = side // 2
    picture = images[:1, :, :, :].double()
    touched = picture.clone()
    touched[..., at] += torch.rand(1, 3, picture.shape[2], dtype=torch.float64)
    before, after = (backbone(each, layers_of(name)) for each in (picture, touched))
    for layer in layers_of(name):
        where = backbone.geometry(layer)
        moved = (before[layer] != after[layer]).any(dim=(0, 1, 2)).nonzero().flatten().tolist()
        positions = range(before[layer].shape[-1])
        seeing = [j for j in positions if -where.before <= at - j * where.stride <= where.after]
        assert set(moved) <= set(seeing), layer
        assert len(moved) >= len(seeing) - 2, layer  # a rectifier may hide it at the edges


def test_it_knows_how_many_positions_a_layer_has(name, backbone):
    least = backbone.minimum_side
    for length in (least, least + 1, least + 2, least + 7, 2 * least + 3):
        found = backbone(torch.rand(1, 3, least, length), layers_of(name))
        for layer, feature in found.items():
            assert backbone.positions(layer, least) == feature.shape[2], layer
            assert backbone.positions(layer, length) == feature.shape[3], layer


def test_the_smallest_picture_allowed_is_enough(name, backbone):
    side = backbone.minimum_side
    assert side <= BACKBONES[name].minimum_side
    for feature in backbone(torch.rand(1, 3, side, side), layers_of(name)).values():
        assert min(feature.shape[2:]) >= 1


def test_it_is_frozen_and_says_what_it_is(backbone):
    assert isinstance(backbone.description, str)
    assert backbone.description
    assert not backbone.training
    assert not any(parameter.requires_grad for parameter in backbone.parameters())


def test_gradients_reach_the_picture_and_nothing_else(name, backbone, images):
    for layer in (style_of(name)[0], layers_of(name)[-1]):
        picture = images.clone().requires_grad_()
        backbone(picture, [layer])[layer].square().mean().backward()
        assert picture.grad.dtype == torch.float32
        assert picture.grad.isfinite().all()
        assert picture.grad.abs().amax() > 0
    assert all(parameter.grad is None for parameter in backbone.parameters())
    assert torch.equal(picture, images)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_it_runs_in_the_type_of_its_weights(name, backbone, images, dtype):
    layers = layers_of(name)
    exact = backbone(images, layers)
    picture = images.clone().requires_grad_()
    found = backbone.to(dtype)(picture, layers)
    for layer, feature in found.items():
        assert feature.dtype == dtype
        error = (feature.float() - exact[layer]).norm() / exact[layer].norm()
        assert error < (0.05 if dtype == torch.bfloat16 else 1e-4), layer
    sum(feature.float().square().mean() for feature in found.values()).backward()
    assert picture.grad.dtype == torch.float32
    assert picture.grad.isfinite().all()


def test_memory_format_changes_nothing(name, backbone, images):
    layers = layers_of(name)
    exact = backbone(images, layers)
    backbone.to(memory_format=torch.channels_last)
    for layer, feature in backbone(images, layers).items():
        torch.testing.assert_close(feature, exact[layer], rtol=1e-3, atol=1e-4)


def test_it_stops_after_the_deepest_layer_asked_for(name, backbone, images):
    wanted = style_of(name)[:3]
    counts = [convolutions_run(lambda layer=layer: backbone(images, [layer])) for layer in wanted]
    assert counts == sorted(set(counts))


def test_pictures_in_a_batch_do_not_mix(name, backbone, images):
    layers = layers_of(name)
    together = backbone(images, layers)
    for layer, feature in backbone(images[1:], layers).items():
        torch.testing.assert_close(feature, together[layer][1:], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("pooling", list(POOLINGS))
def test_pooling_can_be_chosen(name, weights, images, pooling):
    layer = style_of(name)[1]
    backbone = load_backbone(name, layers=[layer], weights=weights, pooling=pooling)
    average = load_backbone(name, layers=[layer], weights=weights)
    same = torch.allclose(*(b(images, [layer])[layer] for b in (backbone, average)), rtol=1e-4)
    assert same == (pooling == "avg")


def test_a_layer_that_does_not_exist_is_refused(name, weights, backbone, images):
    with pytest.raises(UnknownName, match="unknown layer 'relu9_1'"):
        load_backbone(name, layers=["relu9_1"], weights=weights)
    with pytest.raises(UnknownName):
        backbone(images, ["relu9_1"])
