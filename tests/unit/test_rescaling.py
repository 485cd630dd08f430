"""Rescaling a VGG changes the scale of each filter, and nothing else."""

import pytest
import torch

from impasto.backbones.network import Network
from impasto.backbones.rescaling import rescale
from impasto.backbones.vgg import vgg
from impasto.backbones.weights.conventions import TORCHVISION
from impasto.errors import SettingsError
from impasto.settings import Settings

TABLE = vgg((2, 2, 1), (8, 8, 8))[:12]
LAYERS = [layer.name for layer in TABLE]  # conv1_1 ... relu3_1, with two pools


def network(pooling="avg", silent=None) -> Network:
    draw, convolutions, inputs = torch.Generator().manual_seed(1), {}, 3
    for name in LAYERS:
        if name.startswith("conv"):
            weight = torch.randn(8, inputs, 3, 3, generator=draw, dtype=torch.float64)
            convolutions[f"{name}.weight"] = weight * 3
            bias = torch.randn(8, generator=draw, dtype=torch.float64)
            if name == silent:
                bias[2] = -1e6
            convolutions[f"{name}.bias"] = bias
            inputs = 8
    return Network(TABLE, convolutions, TORCHVISION, pooling)


def pictures(*sizes):
    draw = torch.Generator().manual_seed(2)
    return [torch.rand(1, 3, *size, generator=draw, dtype=torch.float64) for size in sizes]


def relus():
    return [name for name in LAYERS if name.startswith("relu")]


@pytest.mark.parametrize("pooling", ["avg", "max"])
def test_every_filter_has_a_mean_activation_of_1_and_computes_the_same(pooling):
    plain, scaled, seen = network(pooling), network(pooling), pictures((32, 24), (16, 40))
    assert rescale(scaled, seen)
    before = [plain(picture, LAYERS) for picture in seen]
    after = [scaled(picture, LAYERS) for picture in seen]
    for layer in relus():
        values = torch.cat([each[layer].flatten(2) for each in after], dim=2)
        torch.testing.assert_close(values.mean(dim=(0, 2)), torch.ones(8, dtype=torch.float64))
    for layer in LAYERS:  # one factor for each filter, everywhere and in every picture
        old = torch.cat([each[layer].flatten(2) for each in before], dim=2)
        new = torch.cat([each[layer].flatten(2) for each in after], dim=2)
        factor = new.abs().sum(dim=2, keepdim=True) / old.abs().sum(dim=2, keepdim=True)
        torch.testing.assert_close(new, old * factor)


def test_normalized_weights_are_left_alone():
    scaled, seen = network(), pictures((32, 24))
    assert rescale(scaled, seen)
    weight = scaled.operations["conv2_1"].weight.clone()
    assert not rescale(scaled, pictures((24, 32)))
    assert torch.equal(scaled.operations["conv2_1"].weight, weight)


def test_a_filter_that_never_fires_stays_silent():
    scaled = network(silent="conv1_2")
    rescale(scaled, pictures((32, 24)))
    features = scaled(pictures((32, 24))[0], relus())
    assert features["relu1_2"][:, 2].abs().max() == 0
    assert all(values.isfinite().all() for values in features.values())


def test_only_a_vgg_can_be_rescaled():
    with pytest.raises(SettingsError, match="only convolutions in a row can be rescaled"):
        Settings(rescale="unit", backbone="pocket")
    assert Settings(rescale="unit", backbone="vgg19").rescale == "unit"
