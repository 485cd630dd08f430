"""AlexNet, CaffeNet, GoogLeNet and SqueezeNet against plain networks written out here."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor

from impasto.backbones import BACKBONES, load_backbone
from impasto.backbones.googlenet import MODULES
from impasto.backbones.layers import Window, convolutions
from impasto.backbones.network import LocalResponseNorm
from impasto.backbones.weights.batch_norm import fold
from tests.support.weight_files import he_tensors, hub_keys, with_batch_norm, write_usual

SHARED = Path(__file__).parents[3] / "shared"
REAL = {
    "squeezenet1_0": SHARED / "weights" / "squeezenet1_0.safetensors",
    "squeezenet1_1": SHARED / "weights" / "squeezenet1_1_features.safetensors",
}


def picture(side: int = 100, seed: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(1, 3, side, side + 13, generator=generator)


@pytest.mark.parametrize(
    ("name", "side", "expected"),
    [
        # Sides as in the papers' tables, and as torchvision's and Caffe's networks print them.
        ("alexnet", 224, {"conv1": 55, "pool1": 27, "pool2": 13, "relu5": 13, "pool5": 6}),
        ("caffenet", 227, {"conv1": 55, "norm1": 27, "norm2": 13, "relu5": 13, "pool5": 6}),
        ("googlenet_caffe", 224, {"conv1": 112, "pool1": 56, "inception3b": 28, "inception4e": 14,
                                  "inception5b": 7}),
        ("googlenet", 224, {"conv1": 112, "pool1": 56, "inception3b": 28, "inception4e": 14,
                            "inception5b": 7}),
        ("squeezenet1_0", 224, {"conv1": 109, "pool1": 54, "fire4": 54, "fire8": 27, "fire9": 13}),
        ("squeezenet1_1", 224, {"conv1": 111, "fire3": 55, "fire5": 27, "fire9": 13}),
    ],
)  # fmt: skip
def test_sides_of_the_layers_are_the_published_ones(name, side, expected, tmp_path):
    path = write_usual(name, BACKBONES[name].layers, tmp_path)
    backbone = load_backbone(name, layers=list(expected), weights=path, pooling="max")
    found = backbone(torch.rand(1, 3, side, side), list(expected))
    assert {layer: feature.shape[2] for layer, feature in found.items()} == expected
    assert all(feature.shape[2] == feature.shape[3] for feature in found.values())


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        # Published totals less the classifiers, which are 1000 C + 1000 and the like.
        ("squeezenet1_0", 1_248_424 - 513_000),
        ("squeezenet1_1", 1_235_496 - 513_000),
        ("alexnet", 61_100_840 - 58_631_144),
        ("caffenet", 60_965_224 - 58_631_144),
        ("googlenet_caffe", 6_998_552 - 1_025_000),
        ("vgg19", 143_667_240 - 123_642_856),
        ("vgg16", 138_357_544 - 123_642_856),
    ],
)
def test_the_number_of_parameters_is_the_published_one(name, parameters):
    shapes = [s for row in convolutions(BACKBONES[name].table) for s in row.shapes.values()]
    assert sum(torch.Size(shape).numel() for shape in shapes) == parameters


def convolve(x: Tensor, t: dict[str, Tensor], name: str, **how: int) -> Tensor:
    return F.relu(F.conv2d(x, t[f"{name}.weight"], t[f"{name}.bias"], **how))


def plain_squeezenet(t: dict[str, Tensor], x: Tensor, pools: tuple[int, ...]) -> dict[str, Tensor]:
    """BGR minus the mean, one operation after the other, max pooling as in the original."""
    x = x.flip(1) * 255 - torch.tensor([104.0, 117.0, 123.0]).view(1, 3, 1, 1)
    found = {"relu1": convolve(x, t, "conv1", stride=2)}
    x = F.max_pool2d(found["relu1"], 3, 2, ceil_mode=True)
    for number in range(2, 10):
        s = convolve(x, t, f"fire{number}/squeeze1x1")
        narrow = convolve(s, t, f"fire{number}/expand1x1")
        x = torch.cat([narrow, convolve(s, t, f"fire{number}/expand3x3", padding=1)], 1)
        found[f"fire{number}"] = x
        if number in pools:
            x = F.max_pool2d(x, 3, 2, ceil_mode=True)
    return found


@pytest.mark.parametrize(("name", "pools"), [("squeezenet1_0", (4, 8)), ("squeezenet1_1", (3, 5))])
@pytest.mark.parametrize("kind", ["random", "real"])
def test_squeezenet_equals_a_plain_one(name, pools, kind, tmp_path):
    path = REAL[name]
    if kind == "random":
        from safetensors.torch import save_file

        tensors = he_tensors(BACKBONES[name].table)
        tensors["conv1.weight"] /= 20
        path = tmp_path / "w.safetensors"
        save_file(tensors, path)
    elif not path.is_file():
        pytest.skip("the real SqueezeNet weights are not on this machine")
    layers = ["relu1", *(f"fire{number}" for number in range(2, 10))]
    backbone = load_backbone(name, layers=layers, weights=path, pooling="max")
    assert "Caffe (BGR, 0 to 255) convention" in backbone.description
    found = backbone(picture(), layers)
    expected = plain_squeezenet(load_file(path), picture(), pools)
    assert list(found) == list(expected)
    for layer, feature in expected.items():
        assert (found[layer] - feature).norm() < 1e-4 * feature.norm(), layer


@pytest.mark.skipif(not REAL["squeezenet1_0"].is_file(), reason="the real weights are not here")
def test_the_real_squeezenet_knows_a_bridge():
    """Golden: its classifier on top of our features; class 839 is a suspension bridge.

    Source: the notes of the weight file: pier 0.64, suspension bridge 0.35 on this photograph.
    """
    from PIL import Image

    photograph = Image.open(SHARED / "images" / "content" / "golden_gate.jpg").convert("RGB")
    pixels = torch.frombuffer(bytearray(photograph.resize((227, 227)).tobytes()), dtype=torch.uint8)
    image = pixels.view(1, 227, 227, 3).permute(0, 3, 1, 2) / 255
    path = REAL["squeezenet1_0"]
    backbone = load_backbone("squeezenet1_0", layers=["fire9"], weights=path, pooling="max")
    scores = convolve(backbone(image, ["fire9"])["fire9"], load_file(path), "conv10").mean((2, 3))
    best = scores.softmax(1)[0].topk(2)
    assert set(best.indices.tolist()) == {718, 839}  # pier and suspension bridge
    assert best.values.sum() > 0.9


def test_torchvisions_names_of_squeezenet_are_known():
    """``features`` numbers everything: conv1, its rectifier, every pool and every fire module."""
    for name, numbers in {
        "squeezenet1_0": [0, 3, 4, 5, 7, 8, 9, 10, 12],
        "squeezenet1_1": [0, 3, 4, 6, 7, 9, 10, 11, 12],
    }.items():
        hubs = [row.hub for row in convolutions(BACKBONES[name].table)]
        assert list(dict.fromkeys(int(hub.split(".")[1]) for hub in hubs)) == numbers
        assert hubs[1:4] == ["features.3.squeeze", "features.3.expand1x1", "features.3.expand3x3"]


def plain_caffenet(t: dict[str, Tensor], x: Tensor) -> dict[str, Tensor]:
    def halves(x: Tensor, name: str, padding: int) -> Tensor:
        """Two groups, as two convolutions that do not know each other."""
        weights, biases = t[f"{name}.weight"].chunk(2), t[f"{name}.bias"].chunk(2)
        parts = zip(x.chunk(2, 1), weights, biases, strict=True)
        return F.relu(torch.cat([F.conv2d(x, w, b, padding=padding) for x, w, b in parts], 1))

    def shrink(x: Tensor) -> Tensor:
        return F.max_pool2d(x, 3, 2, ceil_mode=True)

    def normalize(x: Tensor) -> Tensor:
        return F.local_response_norm(x, 5, alpha=1e-4, beta=0.75, k=1.0)

    x = x.flip(1) * 255 - torch.tensor([104.007, 116.669, 122.679]).view(1, 3, 1, 1)
    found = {"relu1": convolve(x, t, "conv1", stride=4)}
    found["pool1"] = shrink(found["relu1"])
    found["norm1"] = normalize(found["pool1"])
    found["relu2"] = halves(found["norm1"], "conv2", 2)
    found["norm2"] = normalize(shrink(found["relu2"]))
    found["relu3"] = convolve(found["norm2"], t, "conv3", padding=1)
    found["relu4"] = halves(found["relu3"], "conv4", 1)
    found["relu5"] = halves(found["relu4"], "conv5", 1)
    return found


def test_caffenet_equals_a_plain_one(tmp_path):
    tensors = he_tensors(BACKBONES["caffenet"].table)
    tensors["conv1.weight"] /= 20
    path = write_usual("caffenet", BACKBONES["caffenet"].layers, tmp_path)
    expected = plain_caffenet(tensors, picture())
    layers = list(expected)
    backbone = load_backbone("caffenet", layers=layers, weights=path, pooling="max")
    for layer, feature in backbone(picture(), layers).items():
        torch.testing.assert_close(feature, expected[layer], rtol=1e-4, atol=1e-4)


def test_response_normalization_is_its_formula():
    x = torch.randn(2, 7, 3, 4, dtype=torch.float64) * 100
    expected = torch.empty_like(x)
    for channel in range(7):
        near = x[:, max(channel - 2, 0) : channel + 3].square().sum(1)
        expected[:, channel] = x[:, channel] / (1 + 1e-4 / 5 * near) ** 0.75
    torch.testing.assert_close(LocalResponseNorm(5, 1e-4, 0.75)(x), expected)
    rough = LocalResponseNorm(5, 1e-4, 0.75)(x.bfloat16())
    assert rough.dtype == torch.bfloat16
    assert (rough.double() - expected).norm() < 0.005 * expected.norm()


def plain_googlenet(t: dict[str, Tensor], x: Tensor) -> dict[str, Tensor]:
    """Torchvision's, batch normalization and all; input as it transforms it."""
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    x = (x - mean) / std * (std / 0.5) + (mean - 0.5) / 0.5

    def basic(x: Tensor, name: str, **how: int) -> Tensor:
        parts = ("running_mean", "running_var", "weight", "bias")
        x = F.conv2d(x, t[f"{name}.conv.weight"], **how)
        return F.relu(F.batch_norm(x, *(t[f"{name}.bn.{part}"] for part in parts), eps=1e-3))

    def shrink(x: Tensor, side: int = 3) -> Tensor:
        return F.max_pool2d(x, side, 2, ceil_mode=True)

    found = {"relu1": basic(x, "conv1", stride=2, padding=3)}
    found["relu2"] = basic(basic(shrink(found["relu1"]), "conv2"), "conv3", padding=1)
    x = shrink(found["relu2"])
    for module in MODULES:
        x = shrink(x) if module == "4a" else shrink(x, 2) if module == "5a" else x
        name = f"inception{module}"
        three = basic(basic(x, f"{name}.branch2.0"), f"{name}.branch2.1", padding=1)
        five = basic(basic(x, f"{name}.branch3.0"), f"{name}.branch3.1", padding=1)
        pooled = basic(F.max_pool2d(x, 3, 1, 1), f"{name}.branch4.1")
        x = torch.cat([basic(x, f"{name}.branch1"), three, five, pooled], 1)
        found[name] = x
    return found


def test_torchvisions_googlenet_equals_a_plain_one_with_batch_normalization(tmp_path):
    tensors = with_batch_norm(he_tensors(BACKBONES["googlenet"].table))
    auxiliary = {"aux1.conv.conv.weight": torch.ones(2, 2, 1, 1), "fc.weight": torch.ones(3, 3)}
    torch.save(tensors | auxiliary, tmp_path / "w.pth")
    expected = plain_googlenet(tensors, picture())
    layers = list(expected)
    backbone = load_backbone("googlenet", layers=layers, weights=tmp_path / "w.pth", pooling="max")
    assert "TensorFlow (-1 to 1) convention" in backbone.description
    for layer, feature in backbone(picture(), layers).items():
        error = (feature - expected[layer]).norm() / expected[layer].norm()
        assert error < 1e-4, layer


def test_folding_leaves_alone_what_has_no_complete_normalization():
    tensors = with_batch_norm({"conv1.weight": torch.ones(2, 3, 1, 1)})
    del tensors["conv1.bn.running_var"]
    assert fold(tensors).keys() == tensors.keys()
    plain = {"features.0.weight": torch.ones(2, 3, 1, 1)}
    assert fold(plain) == plain


def test_alexnet_equals_a_plain_one(tmp_path):
    rows = BACKBONES["alexnet"].table
    tensors = hub_keys(rows, he_tensors(rows))
    torch.save(tensors | {"classifier.1.weight": torch.ones(2, 2)}, tmp_path / "w.pth")
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    x = convolve((picture() - mean) / std, tensors, "features.0", stride=4, padding=2)
    x = convolve(F.avg_pool2d(x, 3, 2), tensors, "features.3", padding=2)
    x = convolve(F.avg_pool2d(x, 3, 2), tensors, "features.6", padding=1)
    x = convolve(x, tensors, "features.8", padding=1)
    x = convolve(x, tensors, "features.10", padding=1)
    backbone = load_backbone("alexnet", layers=["relu5"], weights=tmp_path / "w.pth")
    torch.testing.assert_close(backbone(picture(), ["relu5"])["relu5"], x, rtol=1e-4, atol=1e-5)


def test_a_mean_counts_only_what_is_inside():
    """Pools that reach over the edge average fewer values, not zeros."""
    from impasto.backbones.network import _pool

    ones = torch.ones(1, 1, 8, 9)
    for window in (Window(3, 2, ceil=True), Window(3, padding=1), Window(2, 2, ceil=True)):
        torch.testing.assert_close(_pool(window, "avg")(ones), _pool(window, "max")(ones))


def test_a_window_needs_what_it_says():
    for window in (Window(11, 4), Window(7, 2, 3), Window(3, 2, ceil=True), Window(2, 2)):
        for positions in (1, 2, 5):
            least = window.needs(positions)
            place = (window.kernel, window.stride, window.padding)
            pool = torch.nn.MaxPool2d(*place, ceil_mode=window.ceil)
            assert pool(torch.rand(1, 1, least, least)).shape[2] == positions
            if least > 1:
                fewer = least - 1
                try:
                    shape = pool(torch.rand(1, 1, fewer, fewer)).shape[2]
                except RuntimeError:  # not one position
                    shape = 0
                assert shape == positions - 1
