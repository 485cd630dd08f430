"""Weight files in the real formats, whole and broken, and what is said of them."""

import math
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from impasto.backbones import BACKBONES, load_backbone
from impasto.backbones.layers import convolutions as rows
from impasto.backbones.weights.reading import read_weights
from impasto.errors import WeightsError
from tests.support.tiny_vgg import LAYERS, load, numbered, real_shapes, tiny

pytestmark = pytest.mark.usefixtures("tiny_vgg")


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
            "choose layers up to relu1_2, or give a file that reaches further with --weights, "
            "like another."
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


def test_of_a_pickle_of_an_unusual_version_nothing_is_shown_but_what_it_holds(tmp_path):
    path = tmp_path / "old.pth"
    torch.save(tiny(), path, _use_new_zipfile_serialization=False)
    content = bytearray(path.read_bytes())
    for at in (at for at in range(len(content) - 1) if content[at : at + 2] == b"\x80\x02"):
        content[at + 1] = 111
    path.write_bytes(content)
    assert load(path)  # pytest makes an error of every warning


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
    with pytest.raises(WeightsError, match="is not a file that"):
        load(tmp_path)


def test_without_weights_the_message_says_how_to_get_them():
    with pytest.raises(WeightsError) as caught:
        load_backbone("vgg16", layers=["relu1_1"])
    assert str(caught.value) == (
        "the weights of 'vgg16' are not here: run `impasto models fetch vgg16` (528 MB, once), "
        "give a file with --weights, or paint with --backbone vgg19, which needs none."
    )
