"""What a network makes of a sample picture, by which one that cannot be a trained one is told."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from impasto.backbones import BACKBONES
from impasto.backbones.weights.plausibility import sample_image
from impasto.errors import WeightsError
from tests.support.tiny_vgg import load, numbered

pytestmark = pytest.mark.usefixtures("tiny_vgg")

REAL = Path(__file__).parents[3] / "shared" / "weights" / "vgg19_conv1_1-conv3_4.safetensors"


def test_the_sample_image_is_always_the_same_and_photograph_like():
    picture = sample_image()
    assert torch.equal(picture, sample_image())
    assert picture.shape == (1, 3, 96, 96)
    assert picture.min() >= 0
    assert picture.max() <= 1
    assert picture.mean().item() == pytest.approx(0.45, abs=0.02)
    assert picture.std().item() == pytest.approx(0.22, abs=0.02)
    neighbors = picture[..., 1:].sub(picture[..., :-1]).std()
    assert neighbors < 0.8 * picture.std()  # white noise: 1.4


@pytest.mark.skipif(not REAL.is_file(), reason="the real VGG-19 weights are not on this machine")
class TestRealWeights:
    def test_activations_are_the_documented_ones(self):
        network = load(REAL, "relu3_4", name="vgg19")
        found = network(sample_image(), ["relu1_1", "relu2_1", "relu3_1", "relu3_4"])
        means = [feature.mean().item() for feature in found.values()]
        assert means == pytest.approx([29, 121, 72, 384], rel=0.02)

    def test_rescaled_channels_are_recognized_and_plausible(self, tmp_path):
        tensors = load_file(REAL)
        network = load(REAL, "relu3_4", name="vgg19")
        names = [layer for layer in network.layers if layer.startswith("relu")]
        before = torch.ones(3)
        for name, feature in network(sample_image(), names).items():
            weight, bias = (f"conv{name[4:]}.{part}" for part in ("weight", "bias"))
            mean = feature.mean((0, 2, 3)).clamp(min=1e-3)
            tensors[weight] *= before.view(1, -1, 1, 1) / mean.view(-1, 1, 1, 1)
            tensors[bias] /= mean
            before = mean
        layers = BACKBONES["vgg19"].layers
        save_file(numbered(tensors, layers), tmp_path / "w.safetensors")
        description = load(tmp_path / "w.safetensors", "relu3_4", name="vgg19").description
        assert "Caffe (BGR, 0 to 255) convention (known by its first filter)" in description
        assert "mean activation 1 at relu3_4 checked" in description

    def test_cut_off_file_names_what_is_missing(self):
        with pytest.raises(WeightsError, match=r"holds conv1_1 to conv3_4 .* needs conv4_1"):
            load(REAL, "relu4_2", name="vgg19")

    def test_it_is_not_vgg16(self):
        with pytest.raises(WeightsError, match=r"does not hold VGG-16.*it fits backbone 'vgg19'"):
            load(REAL, "relu1_1", name="vgg16")
