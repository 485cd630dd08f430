"""VGG against an independent plain network; the table; the messages."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from impasto.backbones import BACKBONES, Architecture, check_layers, load_backbone
from impasto.backbones.layers import Convolution, LayerSpec, Window
from impasto.backbones.network import Network
from impasto.backbones.vgg import vgg
from impasto.backbones.weights.conventions import CAFFE, CAFFE_RGB, TORCHVISION
from impasto.errors import SettingsError, UnknownName
from tests.support.counting import convolutions_run

SHARED = Path(__file__).parents[3] / "shared"
REAL = SHARED / "weights" / "vgg19_conv1_1-conv3_4.safetensors"

# Column E of the paper's table 1, at a tenth of its width; "M" is a pool.
COLUMN_E = [6, 6, "M", 8, 8, "M", 9, 9, 9, 9, "M", 10, 10, 10, 10, "M", 10, 10, 10, 10, "M"]


EXACT = {"rtol": 1e-12, "atol": 1e-12}
"""But for the rounding of float64."""


@pytest.fixture
def tiny(monkeypatch):
    """A row of the table with the depth of VGG-19 and the widths of COLUMN_E."""
    table = vgg((2, 2, 4, 4, 4), (6, 8, 9, 10, 10))
    conventions = {"torchvision": "torchvision", "caffe": "caffe"}
    row = Architecture.of(
        "tiny VGG-19", "for tests", table, content=(), style=(), conventions=conventions
    )
    monkeypatch.setitem(BACKBONES, "tiny", row)
    return "tiny"


def plain_network(pool: type[nn.Module]) -> nn.Sequential:
    """The network as torchvision builds it: a list of modules, numbered through."""
    modules: list[nn.Module] = []
    inputs = 3
    torch.manual_seed(3)
    for entry in COLUMN_E:
        if entry == "M":
            modules.append(pool(2, 2))
            continue
        convolution = nn.Conv2d(inputs, entry, 3, padding=1)
        nn.init.kaiming_normal_(convolution.weight)
        nn.init.uniform_(convolution.bias, 0, 0.2)
        modules += [convolution, nn.ReLU()]
        inputs = entry
    return nn.Sequential(*modules)


def save(network: nn.Sequential, path: Path) -> Path:
    torch.save({f"features.{key}": value for key, value in network.state_dict().items()}, path)
    return path


def plain_features(network: nn.Sequential, images: Tensor) -> list[Tensor]:
    mean = torch.tensor([0.485, 0.456, 0.406], dtype=images.dtype).view(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225], dtype=images.dtype).view(1, 3, 1, 1)
    x = (images - mean) / std
    found = []
    for module in network:
        x = module(x)
        found.append(x)
    return found


@pytest.mark.parametrize(("pooling", "pool"), [("avg", nn.AvgPool2d), ("max", nn.MaxPool2d)])
def test_features_equal_those_of_a_plain_network(tiny, tmp_path, pooling, pool):
    network = plain_network(pool)
    layers = BACKBONES[tiny].layers
    path = save(network, tmp_path / "tiny.pth")
    backbone = load_backbone(tiny, layers=layers, weights=path, pooling=pooling)
    images = torch.rand(2, 3, 37, 50, generator=torch.Generator().manual_seed(1))
    expected = plain_features(network, images)
    found = backbone(images, layers)
    assert list(found) == list(layers)
    for name, feature in zip(layers, expected, strict=True):
        torch.testing.assert_close(found[name], feature, rtol=1e-5, atol=1e-6)


def test_gradient_equals_that_of_a_plain_network_in_float64(tiny, tmp_path):
    network = plain_network(nn.AvgPool2d)
    layers = ("relu1_2", "conv3_3", "relu5_1")
    path = save(network, tmp_path / "tiny.pth")
    backbone = load_backbone(tiny, layers=layers, weights=path).to(torch.float64)
    images = torch.rand(1, 3, 36, 40, dtype=torch.float64, requires_grad=True)
    numbers = [BACKBONES[tiny].layers.index(layer) for layer in layers]
    every = plain_features(network.double(), images)
    expected = torch.autograd.grad(sum(every[n].square().mean() for n in numbers), images)[0]
    found = backbone(images, layers)
    loss = sum(feature.square().mean() for feature in found.values())
    gradient = torch.autograd.grad(loss, images)[0]
    assert (gradient - expected).norm() < 1e-10 * expected.norm()


@pytest.mark.parametrize("layers", [("relu5_1",), ("conv1_2", "relu2_2", "pool3"), ("pool4",)])
def test_joined_passes_have_the_gradient_of_a_plain_network(tiny, tmp_path, layers):
    network = plain_network(nn.MaxPool2d)
    path = save(network, tmp_path / "tiny.pth")
    backbone = load_backbone(tiny, layers=layers, weights=path, pooling="max")
    images = torch.rand(1, 3, 37, 50, generator=torch.Generator().manual_seed(1))
    images.requires_grad_()
    numbers = [BACKBONES[tiny].layers.index(layer) for layer in layers]
    every = plain_features(network, images)
    expected = torch.autograd.grad(sum(every[n].square().mean() for n in numbers), images)[0]
    found = backbone(images, layers)
    assert tuple(found) == layers
    loss = sum(feature.square().mean() for feature in found.values())
    gradient = torch.autograd.grad(loss, images)[0]
    assert (gradient - expected).abs().max() < 1e-5 * expected.abs().max()


def test_gradient_equals_finite_differences(tiny, tmp_path):
    path = save(plain_network(nn.AvgPool2d), tmp_path / "tiny.pth")
    backbone = load_backbone(tiny, layers=["conv2_1"], weights=path).to(torch.float64)
    images = torch.rand(1, 3, 4, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: backbone(x, ["conv2_1"])["conv2_1"], images)


def test_a_captured_convolution_is_not_overwritten_by_its_relu(tiny, tmp_path):
    path = save(plain_network(nn.AvgPool2d), tmp_path / "tiny.pth")
    backbone = load_backbone(tiny, layers=["relu1_1"], weights=path)
    found = backbone(torch.rand(1, 3, 8, 8), ["conv1_1", "relu1_1"])
    assert found["conv1_1"].min() < 0
    assert torch.equal(found["relu1_1"], found["conv1_1"].clamp(min=0))


def test_only_the_layers_wanted_are_built_and_run(tiny, tmp_path):
    path = save(plain_network(nn.AvgPool2d), tmp_path / "tiny.pth")
    backbone = load_backbone(tiny, layers=["relu2_1", "relu1_1"], weights=path)
    assert backbone.layers == BACKBONES[tiny].layers[:7]
    assert sum(p.numel() for p in backbone.parameters()) == (3 + 6) * 6 * 9 + 12 + 6 * 8 * 9 + 8
    images = torch.rand(1, 3, 8, 8)
    assert convolutions_run(lambda: backbone(images, ["relu1_1"])) == 1
    assert convolutions_run(lambda: backbone(images, ["conv1_1", "relu1_1"])) == 1
    assert convolutions_run(lambda: backbone(images, ["relu2_1"])) == 3


def test_no_layers_need_no_network(tiny, tmp_path):
    path = save(plain_network(nn.AvgPool2d), tmp_path / "tiny.pth")
    backbone = load_backbone(tiny, layers=[], weights=path)
    assert backbone(torch.rand(1, 3, 4, 4), []) == {}


def test_a_layer_deeper_than_what_was_loaded_is_refused(tiny, tmp_path):
    path = save(plain_network(nn.AvgPool2d), tmp_path / "tiny.pth")
    backbone = load_backbone(tiny, layers=["relu2_1"], weights=path)
    with pytest.raises(UnknownName, match=r"layer 'relu5_1' is not in this .* up to relu2_1"):
        backbone(torch.rand(1, 3, 8, 8), ["relu5_1"])


def test_channels_last_and_a_bfloat16_network_under_a_float32_picture(tiny, tmp_path):
    path = save(plain_network(nn.AvgPool2d), tmp_path / "tiny.pth")
    images = torch.rand(1, 3, 32, 32, requires_grad=True)
    backbone = load_backbone(tiny, layers=["relu3_1"], weights=path)
    exact = backbone(images, ["relu3_1"])["relu3_1"]
    last = backbone.to(memory_format=torch.channels_last)(images, ["relu3_1"])["relu3_1"]
    torch.testing.assert_close(last, exact, rtol=1e-4, atol=1e-5)
    rounded = backbone.to(torch.bfloat16)(images, ["relu3_1"])["relu3_1"]
    assert rounded.dtype == torch.bfloat16
    assert (rounded.float() - exact).norm() / exact.norm() < 0.02
    rounded.float().square().mean().backward()
    assert images.grad.dtype == torch.float32
    assert images.grad.abs().max() > 0


def test_preprocessing_is_what_each_convention_documents():
    images = torch.rand(2, 3, 4, 5, dtype=torch.float64)
    red, green, blue = images.unbind(1)
    caffe = [blue * 255 - 103.939, green * 255 - 116.779, red * 255 - 123.68]
    torch.testing.assert_close(CAFFE(images), torch.stack(caffe, 1), **EXACT)
    torch.testing.assert_close(CAFFE_RGB(images), torch.stack(caffe[::-1], 1), **EXACT)
    hub = [(red - 0.485) / 0.229, (green - 0.456) / 0.224, (blue - 0.406) / 0.225]
    torch.testing.assert_close(TORCHVISION(images), torch.stack(hub, 1), **EXACT)


def test_the_picture_is_normalized_before_it_is_rounded():
    """White is 255 - 103.939 in Caffe's blue; bfloat16 would make that 255 - 104 = 151."""
    one = {"conv1_1.weight": torch.zeros(3, 3, 3, 3), "conv1_1.bias": torch.zeros(3)}
    one["conv1_1.weight"][:, :, 1, 1] = torch.eye(3)
    layer = LayerSpec("conv1_1", (Convolution("conv1_1", 3, 3, Window(3, padding=1)),))
    found = Network((layer,), one, CAFFE).to(torch.bfloat16)(
        torch.full((1, 3, 1, 1), 0.408), ["conv1_1"]
    )["conv1_1"][0, 0]
    assert found.item() == pytest.approx(0.408 * 255 - 103.939, rel=2**-8)


def test_vgg_layers_follow_the_numbering_of_torchvision():
    convolutions = [n for n, name in enumerate(BACKBONES["vgg19"].layers) if "conv" in name]
    assert convolutions == [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34]
    convolutions = [n for n, name in enumerate(BACKBONES["vgg16"].layers) if "conv" in name]
    assert convolutions == [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
    assert BACKBONES["vgg19"].layers[:5] == ("conv1_1", "relu1_1", "conv1_2", "relu1_2", "pool1")


@pytest.mark.parametrize("name", list(BACKBONES))
def test_defaults_are_layers_of_the_row(name):
    row = BACKBONES[name]
    for defaults in (row.content_layers, row.style_layers):
        check_layers(name, [layer for layer, _ in defaults])
        assert all(weight == 1 for _, weight in defaults)
    assert row.content_layers
    assert row.style_layers


@pytest.mark.parametrize(("layer", "side"), [("conv1_2", 1), ("pool1", 2), ("relu3_1", 4)])
def test_minimum_side_is_enough_and_one_less_is_not(tiny, tmp_path, layer, side):
    path = save(plain_network(nn.AvgPool2d), tmp_path / "tiny.pth")
    backbone = load_backbone(tiny, layers=[layer], weights=path)
    assert backbone.minimum_side == side
    assert backbone(torch.rand(1, 3, side, side), [layer])[layer].shape[2:] == (1, 1)
    if side > 1:
        with pytest.raises(RuntimeError):
            backbone(torch.rand(1, 3, side - 1, side), [layer])


def test_unknown_layer_names_the_nearest_and_all():
    expected = (
        "unknown layer 'conv9_1' of backbone 'vgg19': did you mean 'conv5_1'? "
        f"Its layers are {', '.join(BACKBONES['vgg19'].layers)}."
    )
    with pytest.raises(UnknownName) as caught:
        load_backbone("vgg19", layers=["relu1_1", "conv9_1"])
    assert str(caught.value) == expected


def test_an_unknown_backbone_and_an_unknown_pooling_are_refused():
    with pytest.raises(UnknownName, match="unknown backbone 'vgg91': did you mean 'vgg19'"):
        load_backbone("vgg91", layers=[])
    with pytest.raises(SettingsError, match="pooling is 'mean': it must be one of avg, max"):
        load_backbone("vgg19", layers=[], pooling="mean")


def test_the_table_needs_no_torch():
    modules = "impasto.backbones, impasto.backbones.weights.download"
    code = f"import sys, {modules}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.skipif(not REAL.is_file(), reason="the real VGG-19 weights are not on this machine")
def test_real_vgg19_sees_what_it_is_known_to_see():
    """Source: the notes of the weight file: mean activation 21 at relu1_1 on this photograph."""
    from PIL import Image

    backbone = load_backbone("vgg19", layers=["relu3_4"], weights=REAL)
    assert backbone.description.startswith(
        "VGG-19, Caffe (BGR, 0 to 255) convention (known by its first filter), conv1_1 to conv3_4"
    )
    photograph = Image.open(SHARED / "images" / "content" / "tubingen.jpg").convert("RGB")
    photograph.thumbnail((256, 256))
    flat = torch.frombuffer(bytearray(photograph.tobytes()), dtype=torch.uint8)
    images = flat.view(1, photograph.height, photograph.width, 3).permute(0, 3, 1, 2) / 255
    first = backbone(images, ["relu1_1"])["relu1_1"]
    assert first.mean().item() == pytest.approx(21, abs=0.5)
