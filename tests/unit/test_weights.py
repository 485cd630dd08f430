"""Weight files in the real formats, whole and broken, and what is said of them."""

import hashlib
import math
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from impasto.backbones import BACKBONES, Architecture, load_backbone
from impasto.backbones.layers import convolutions as rows
from impasto.backbones.vgg import vgg
from impasto.backbones.weights.conventions import recognize
from impasto.backbones.weights.plausibility import sample_image
from impasto.backbones.weights.published import PUBLISHED, Published, find, look_up_source, sources
from impasto.backbones.weights.reading import read_weights
from impasto.errors import UnknownName, WeightsError

REAL = Path(__file__).parents[3] / "shared" / "weights" / "vgg19_conv1_1-conv3_4.safetensors"
TABLE = vgg((2, 1), (8, 8))
LAYERS = tuple(
    layer.name for layer in TABLE
)  # conv1_1 relu1_1 conv1_2 relu1_2 pool1 conv2_1 relu2_1 pool2

OXFORD_19 = [0.341195, 0.339992, -0.0448442, 0.232159, 0.0897821, -0.303314]
OXFORD_19 += [-0.0726092, -0.246675, -0.336833]
OXFORD_16 = [0.429471, 0.373467, -0.0613601, 0.27477, 0.0386808, -0.367223]
OXFORD_16 += [-0.0574682, -0.26225, -0.350097]
HUB_19 = [-0.053474, -0.049257, -0.067942, 0.015314, 0.045068, 0.0021444]
HUB_19 += [0.036226, 0.019999, 0.019864]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, tmp_path):
    monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path / "cache"))
    conventions = BACKBONES["vgg19"].conventions
    row = Architecture.of(
        "tiny VGG", "for tests", TABLE, content=(), style=(), conventions=conventions
    )
    monkeypatch.setitem(BACKBONES, "tiny", row)


def convolutions(widths: dict[str, int], seed: int = 0) -> dict[str, Tensor]:
    """Random convolutions that keep the scale of their input, as trained ones about do."""
    generator = torch.Generator().manual_seed(seed)
    found, inputs = {}, 3
    for layer, outputs in widths.items():
        spread = math.sqrt(2 / (9 * inputs))
        weight = torch.randn(outputs, inputs, 3, 3, generator=generator) * spread
        found[f"{layer}.weight"] = weight
        found[f"{layer}.bias"] = torch.rand(outputs, generator=generator) * 0.1
        inputs = outputs
    return found


def tiny() -> dict[str, Tensor]:
    return convolutions({"conv1_1": 8, "conv1_2": 8, "conv2_1": 8})


def real_shapes() -> dict[str, Tensor]:
    """conv1_1 to conv2_2 in the shapes that VGG-16 and VGG-19 share."""
    return convolutions({"conv1_1": 64, "conv1_2": 64, "conv2_1": 128, "conv2_2": 128})


def numbered(tensors: dict[str, Tensor], layers: tuple[str, ...] = LAYERS) -> dict[str, Tensor]:
    """The same under torchvision's keys."""
    pairs = [(*key.split("."), tensor) for key, tensor in tensors.items()]
    return {f"features.{layers.index(layer)}.{part}": tensor for layer, part, tensor in pairs}


def load(path: Path, *layers: str, name: str = "tiny"):
    return load_backbone(name, layers=layers or ("relu2_1",), weights=path)


def in_every_format(tensors: dict[str, Tensor], folder: Path) -> list[Path]:
    paths = [folder / name for name in ("new.pth", "old.pth", "w.safetensors")]
    torch.save(tensors, paths[0])
    torch.save(tensors, paths[1], _use_new_zipfile_serialization=False)
    save_file(tensors, paths[2], metadata={"input": "anything"})
    return paths


def test_every_format_gives_the_same_numbers(tmp_path):
    expected = tiny()
    for path in in_every_format(expected, tmp_path):
        found = read_weights(path, "tiny", LAYERS)
        assert found.convolutions.keys() == expected.keys()
        for key, tensor in expected.items():
            assert torch.equal(found.convolutions[key], tensor)
        assert found.preprocessing.name.startswith("Caffe")  # Gatys's keys, Gatys's convention
        assert "(assumed from its key names), conv1_1 to conv2_1" in found.description


def test_torchvisions_keys_mean_torchvisions_convention_and_the_classifier_is_ignored(tmp_path):
    classifier = {"classifier.1.weight": torch.ones(4, 4), "classifier.4.bias": torch.ones(4)}
    for path in in_every_format(numbered(tiny()) | classifier, tmp_path):
        found = read_weights(path, "tiny", LAYERS)
        assert found.preprocessing.name == "torchvision"
        assert torch.equal(found.convolutions["conv2_1.weight"], tiny()["conv2_1.weight"])


def test_half_precision_becomes_float32(tmp_path):
    save_file({key: tensor.half() for key, tensor in tiny().items()}, tmp_path / "w.safetensors")
    backbone = load(tmp_path / "w.safetensors")
    assert {p.dtype for p in backbone.parameters()} == {torch.float32}


def test_a_file_cut_off_behind_the_layers_wanted_is_enough(tmp_path):
    tensors = {key: value for key, value in tiny().items() if key.startswith("conv1")}
    for path in in_every_format(numbered(tensors), tmp_path):
        backbone = load(path, "relu1_2")
        assert "conv1_1 to conv1_2, no published hash; names, shapes and mean activation" in (
            backbone.description
        )
        with pytest.raises(WeightsError) as caught:
            load(path, "relu1_1", "relu2_1")
        assert str(caught.value) == (
            f"'{path}' holds conv1_1 to conv1_2 of tiny VGG, and layer 'relu2_1' needs conv2_1: "
            "choose layers up to relu1_2, or fetch the whole network with "
            "`impasto models fetch tiny`."
        )


def test_only_what_is_needed_stays_in_memory(tmp_path):
    for path in in_every_format(tiny(), tmp_path):
        found = read_weights(path, "tiny", LAYERS[:2])
        assert set(found.convolutions) == {"conv1_1.weight", "conv1_1.bias"}


def test_real_shapes_of_both_vggs_are_accepted(tmp_path):
    for path in in_every_format(numbered(real_shapes(), BACKBONES["vgg19"].layers), tmp_path):
        assert load(path, "relu2_2", name="vgg19").description.startswith("VGG-19, torchvision")
    assert load(path, "relu2_2", name="vgg16").description.startswith("VGG-16, torchvision")


@pytest.mark.parametrize(("given", "asked"), [("vgg16", "vgg19"), ("vgg19", "vgg16")])
@pytest.mark.parametrize("by_number", [True, False])
def test_the_sister_network_is_named(tmp_path, given, asked, by_number):
    tensors = {}  # shapes are enough: nothing is run
    for row in list(rows(BACKBONES[given].table))[:9]:
        for key, shape in row.shapes.items():
            tensors[key] = torch.empty(1).expand(shape)
    path = tmp_path / "w.pth"
    torch.save(numbered(tensors, BACKBONES[given].layers) if by_number else tensors, path)
    expected = rf"does not hold VGG-{asked[3:]}: .*; it fits backbone '{given}'"
    with pytest.raises(WeightsError, match=expected):
        load(path, "relu2_1", name=asked)


def rejected(tensors: dict[str, Tensor], folder: Path, *layers: str) -> str:
    torch.save(tensors, folder / "w.pth")
    with pytest.raises(WeightsError) as caught:
        load(folder / "w.pth", *layers)
    return str(caught.value)


def test_other_networks_are_refused(tmp_path):
    wide = tiny() | {"conv1_2.weight": torch.zeros(8, 9, 3, 3)}
    assert "conv1_2.weight has shape (8, 9, 3, 3) where (8, 8, 3, 3)" in rejected(wide, tmp_path)
    gap = {key: value for key, value in tiny().items() if key != "conv1_2.bias"}
    assert "conv1_2.bias is missing; give another file" in rejected(gap, tmp_path)
    normalized = numbered(tiny()) | {"features.1.weight": torch.ones(8)}
    assert "it has features.1.weight, which that network has not" in rejected(normalized, tmp_path)
    whole = {key: value.to(torch.int32) for key, value in tiny().items()}
    assert "holds torch.int32, not floating-point numbers" in rejected(whole, tmp_path)
    assert "no convolution named like" in rejected({"fc.weight": torch.ones(2, 2)}, tmp_path)


def test_a_network_that_cannot_be_a_trained_one_is_refused(tmp_path):
    fading = {key: value * 1e-3 for key, value in tiny().items()}
    assert "mean activation at relu1_1 is" in rejected(fading, tmp_path)
    dead = tiny() | {"conv2_1.weight": torch.zeros(8, 8, 3, 3), "conv2_1.bias": torch.zeros(8)}
    assert "mean activation at relu2_1 is 0 where" in rejected(dead, tmp_path)
    exploding = {key: value * 100 for key, value in tiny().items()}
    assert "mean activation at relu1_1 is" in rejected(exploding, tmp_path)
    broken = tiny() | {"conv1_2.bias": torch.full((8,), math.nan)}
    assert "numbers that are not finite (in conv1_2.bias)" in rejected(broken, tmp_path)
    torch.save(dead, tmp_path / "w.pth")
    assert load(tmp_path / "w.pth", "relu1_2")  # what is not needed is not judged


def test_a_rescaled_network_fed_with_the_wrong_range_is_refused(tmp_path):
    """Caffe's range is 58 times torchvision's, which biases of about 0 cannot make up for."""
    rescaled = {key: value / 20 if "1_1" in key else value for key, value in tiny().items()}
    torch.save(rescaled, tmp_path / "w.pth")
    assert load(tmp_path / "w.pth").description.startswith("tiny VGG, Caffe")
    assert "made for another range of input" in rejected(numbered(rescaled), tmp_path)


class Trap:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_nothing_pickled_is_run(tmp_path):
    sprung = tmp_path / "sprung"
    torch.save({"conv1_1.weight": Trap(sprung)}, tmp_path / "new.pth")
    torch.save(Trap(sprung), tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    (tmp_path / "plain.pth").write_bytes(pickle.dumps(Trap(sprung)))
    for name in ("new.pth", "old.pth", "plain.pth"):
        with pytest.raises(WeightsError, match=r"cannot be read as weights .*tensors by name and"):
            load(tmp_path / name)
    assert not sprung.exists()


def test_a_pickled_module_and_a_list_are_refused(tmp_path):
    torch.save(torch.nn.Conv2d(3, 8, 3), tmp_path / "module.pth")
    with pytest.raises(WeightsError, match="holds tensors by name and nothing else"):
        load(tmp_path / "module.pth")
    torch.save([torch.ones(2)], tmp_path / "list.pth")
    with pytest.raises(WeightsError, match="holds no tensors by name: give a saved state_dict"):
        load(tmp_path / "list.pth")


def test_a_truncated_file_is_refused_at_any_length(tmp_path):
    for path in in_every_format(tiny(), tmp_path):
        whole = path.read_bytes()
        for length in (0, 1, 8, 9, 60, len(whole) // 2, len(whole) - 3):
            path.write_bytes(whole[:length])
            with pytest.raises(WeightsError, match="cannot be read as weights"):
                load(path)


def test_what_is_no_weight_file_is_refused(tmp_path):
    (tmp_path / "page.pth").write_text("<html>not found</html>")
    with pytest.raises(WeightsError, match="cannot be read as weights"):
        load(tmp_path / "page.pth")
    with pytest.raises(WeightsError, match="there is no weight file"):
        load(tmp_path / "absent.pth")
    with pytest.raises(WeightsError, match="is not a file"):
        load(tmp_path)


def with_first_kernel(numbers: list[float], channel: int = 0, factor: float = 1.0) -> Tensor:
    weight = torch.randn(64, 3, 3, 3, generator=torch.Generator().manual_seed(5)) * 0.2
    weight[0, channel] = torch.tensor(numbers).view(3, 3) * factor
    return weight


def test_published_networks_are_known_by_their_first_kernel():
    assert recognize(with_first_kernel(OXFORD_19)) == ("vgg19", "caffe")
    assert recognize(with_first_kernel(OXFORD_16)) == ("vgg16", "caffe")
    assert recognize(with_first_kernel(HUB_19)) == ("vgg19", "torchvision")
    assert recognize(with_first_kernel(OXFORD_19, channel=2)) == ("vgg19", "caffe-rgb")
    assert recognize(with_first_kernel(OXFORD_19, factor=0.03)) == ("vgg19", "caffe")
    assert recognize(with_first_kernel(OXFORD_19).bfloat16()) == ("vgg19", "caffe")
    assert recognize(with_first_kernel(OXFORD_16).half()) == ("vgg16", "caffe")
    assert recognize(with_first_kernel(OXFORD_19, factor=-1)) is None
    assert recognize(with_first_kernel([1.0, 2, 3, 4, 5, 6, 7, 8, 9])) is None
    assert recognize(torch.zeros(64, 3, 3, 3)) is None
    assert recognize(torch.full((64, 3, 3, 3), math.nan)) is None


def test_the_first_kernel_outweighs_the_key_names(tmp_path):
    """Johnson's conversion has torchvision's keys and Caffe's convention."""
    tensors = real_shapes() | {"conv1_1.weight": with_first_kernel(OXFORD_19)}
    save_file(numbered(tensors, BACKBONES["vgg19"].layers), tmp_path / "w.safetensors")
    backbone = load(tmp_path / "w.safetensors", "relu1_1", name="vgg19")
    assert backbone.description.startswith(
        "VGG-19, Caffe (BGR, 0 to 255) convention (known by its first filter), conv1_1 to conv2_2"
    )
    with pytest.raises(WeightsError, match=r"first filter is that of VGG-19; it fits .*'vgg19'"):
        load(tmp_path / "w.safetensors", "relu1_1", name="vgg16")


def publish(monkeypatch, path: Path, digest: str) -> None:
    row = Published("tiny", "http://localhost", path.name, digest, 1, "caffe", "none", "none")
    monkeypatch.setattr("impasto.backbones.weights.reading.PUBLISHED", {"tiny": row})


def test_a_published_hash_is_verified(tmp_path, monkeypatch):
    path = tmp_path / "tiny-01234567.pth"
    torch.save(numbered(tiny()), path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    publish(monkeypatch, path, digest)
    expected = "tiny VGG, Caffe (BGR, 0 to 255) convention, conv1_1 to conv2_1, SHA-256 "
    assert load(path).description == f"{expected}{digest}… verified"
    publish(monkeypatch, path, "01234567")
    with pytest.raises(WeightsError, match=f"is damaged: its SHA-256 starts with {digest}"):
        load(path)


def test_without_weights_the_message_says_how_to_get_them():
    with pytest.raises(WeightsError) as caught:
        load_backbone("vgg19", layers=["relu1_1"])
    assert str(caught.value) == (
        "the weights of 'vgg19' are not here: run `impasto models fetch vgg19` (548 MB, once), "
        "give a file with --weights, or paint with --backbone pocket, which needs none."
    )


def test_a_fetched_file_is_found_preferred_first(tmp_path):
    folder = tmp_path / "cache" / "weights"
    folder.mkdir(parents=True)
    assert find("vgg19") is None
    torch.save(real_shapes(), folder / "vgg_conv.pth")
    torch.save({}, folder / "vgg16-397923af.pth.part")
    assert find("vgg19") == folder / "vgg_conv.pth"
    assert find("vgg16") is None
    assert load_backbone("vgg19", layers=["relu1_1"]).description.startswith("VGG-19, Caffe")
    (folder / "vgg19-dcbb9e9d.pth").touch()
    assert find("vgg19") == folder / "vgg19-dcbb9e9d.pth"


def test_published_rows():
    assert look_up_source("vgg19") is PUBLISHED["vgg19-torchvision"]
    assert look_up_source("vgg16-caffe").sha256 == "00b39a1b"
    assert PUBLISHED["vgg19-gatys"].sha256 is None
    assert list(sources("vgg16")) == ["vgg16-torchvision", "vgg16-caffe", "vgg16-oxford"]
    assert PUBLISHED["vgg19-matconvnet"].sha256 is None  # the 19 behind its dash is no hash
    assert {row.backbone for row in PUBLISHED.values()} == set(BACKBONES) - {"pocket", "tiny"}
    for row in PUBLISHED.values():
        assert row.convention in BACKBONES[row.backbone].conventions.values()
    assert all(row.url.endswith(f"/{row.file_name}") for row in PUBLISHED.values())
    with pytest.raises(UnknownName, match="did you mean 'vgg19-caffe'"):
        look_up_source("vgg19-cafe")


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
