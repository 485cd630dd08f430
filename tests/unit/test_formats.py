"""Caffe's and MatConvNet's files, whole and broken; the writers are in `tests.weight_files`."""

import random
import resource
import struct
import sys
import zlib

import numpy as np
import pytest
import torch
from torch import Tensor

from impasto.backbones import BACKBONES, Architecture, load_backbone
from impasto.backbones.vgg import vgg
from impasto.backbones.weights.formats import WEIGHT_FORMATS, read_tensors, recognize
from impasto.errors import WeightsError
from impasto.extras import install
from tests.support import weight_files
from tests.support.weight_files import caffemodel, he_tensors, matconvnet

TABLE = vgg((2, 1), (8, 8))


@pytest.fixture(autouse=True)
def tiny(monkeypatch, tmp_path):
    monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path / "cache"))
    conventions = BACKBONES["vgg19"].conventions
    row = Architecture.of(
        "tiny VGG", "for tests", TABLE, content=(), style=(), conventions=conventions
    )
    monkeypatch.setitem(BACKBONES, "tiny", row)


def tensors() -> dict[str, Tensor]:
    return he_tensors(TABLE)


CAFFE = {
    "new": {},
    "old": {"old": True},
    "doubles": {"doubles": True},
    "a field per number": {"packed": False},
}
MATLAB = {
    "compressed": {},
    "plain": {"compress": False},
    "filters and biases": {"old": True},
    "net": {"net": True},
}


@pytest.mark.parametrize("kind", CAFFE)
def test_a_caffemodel_gives_its_convolutions_and_nothing_else(kind, tmp_path):
    path = tmp_path / "w.caffemodel"
    path.write_bytes(caffemodel(tensors(), **CAFFE[kind]))
    name, found = read_tensors(path)
    assert name == "caffe"
    assert found.keys() == tensors().keys()
    for key, tensor in tensors().items():
        assert torch.equal(found[key], tensor)


@pytest.mark.parametrize("kind", MATLAB)
def test_a_matconvnet_file_gives_its_convolutions_with_outputs_first(kind, tmp_path):
    path = tmp_path / "w.mat"
    path.write_bytes(matconvnet(tensors(), **MATLAB[kind]))
    name, found = read_tensors(path)
    assert name == "matconvnet"
    assert found.keys() == tensors().keys()
    for key, tensor in tensors().items():
        assert torch.equal(found[key], tensor)


def test_each_format_has_its_convention(tmp_path):
    """Caffe's channels are blue, green, red; MatConvNet turned them around."""
    found = {}
    for suffix, content in (("caffemodel", caffemodel), ("mat", matconvnet)):
        path = tmp_path / f"w.{suffix}"
        path.write_bytes(content(tensors()))
        backbone = load_backbone("tiny", layers=["relu2_1"], weights=path)
        found[suffix] = backbone.preprocessing.name
        picture = torch.rand(1, 3, 12, 12)
        first = backbone.preprocessing(picture)[:, 0]
        color = 2 if suffix == "caffemodel" else 0
        mean = 103.939 if suffix == "caffemodel" else 123.68
        torch.testing.assert_close(first, picture[:, color] * 255 - mean)
    assert found == {"caffemodel": "Caffe (BGR, 0 to 255)", "mat": "MatConvNet (RGB, 0 to 255)"}


def test_kernels_that_lie_on_their_side_are_put_upright(tmp_path):
    from tests.support.first_kernels import OXFORD_19, with_first_kernel

    shapes = he_tensors(BACKBONES["vgg19"].table[:2])
    shapes["conv1_1.weight"] = with_first_kernel(OXFORD_19, channel=2)
    turned = {key: value.mT if value.ndim == 4 else value for key, value in shapes.items()}
    for number, each in enumerate((shapes, turned)):
        path = tmp_path / f"{number}.mat"
        path.write_bytes(matconvnet(each))
        backbone = load_backbone("vgg19", layers=["conv1_1"], weights=path)
        assert torch.equal(backbone.operations["conv1_1"].weight, shapes["conv1_1.weight"])
        assert "known by its first filter" in backbone.description


def sentence(path, content: bytes, layer: str = "relu2_1") -> str:
    path.write_bytes(content)
    with pytest.raises(WeightsError) as caught:
        load_backbone("tiny", layers=[layer], weights=path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_missing_layers_are_named(tmp_path):
    path = tmp_path / "w.caffemodel"
    whole = tensors()
    gap = {key: value for key, value in whole.items() if not key.startswith("conv1_2")}
    assert "conv1_2.weight is missing; give another file" in sentence(path, caffemodel(gap))
    cut = {key: value for key, value in whole.items() if key.startswith("conv1")}
    assert "holds conv1_1 to conv1_2 of tiny VGG" in sentence(path, caffemodel(cut))
    bare = {key: value for key, value in whole.items() if key != "conv1_2.bias"}
    assert "conv1_2.bias is missing" in sentence(path, caffemodel(bare))
    assert "has no convolution named like" in sentence(path, caffemodel({}))


@pytest.mark.parametrize("make", [caffemodel, matconvnet], ids=["caffe", "matlab"])
def test_a_file_that_is_cut_off_anywhere_is_one_sentence(make, tmp_path):
    whole = make(tensors())
    random.seed(4)
    lengths = {
        0,
        1,
        7,
        8,
        100,
        128,
        130,
        136,
        len(whole) - 1,
        *random.sample(range(len(whole)), 30),
    }
    for length in lengths:
        sentence(tmp_path / "w.bin", whole[:length])


@pytest.mark.parametrize(
    "make",
    [
        caffemodel,
        lambda each: caffemodel(each, old=True),
        lambda each: matconvnet(each, compress=False),
    ],
    ids=["caffe", "old caffe", "matlab"],
)
def test_flipped_bytes_give_other_numbers_or_one_sentence_and_never_a_traceback(make, tmp_path):
    whole, path = make(tensors()), tmp_path / "w.bin"
    random.seed(5)
    said = []
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(3):
            damaged[random.randrange(min(len(whole), 700))] = random.randrange(256)
        path.write_bytes(damaged)
        try:
            load_backbone("tiny", layers=["relu1_1"], weights=path)
        except WeightsError as error:
            said.append(str(error))
    assert len(said) > 10
    assert not any("\n" in each for each in said)


def test_what_a_damaged_caffemodel_says(tmp_path):
    path = tmp_path / "w.caffemodel"
    field, layer = weight_files.field, weight_files.caffe_layer
    assert "(it has no layers)" in sentence(path, field(1, b"name"))
    assert "ends in the middle of a field" in sentence(path, field(1, b"n") + b"\xa2\x06\xff\x7f")
    assert "more than 64 bits" in sentence(path, field(1, b"n") + b"\xff" * 11)
    assert "unknown kind 3" in sentence(path, field(1, b"n") + b"\x0b")
    three = layer("conv1_1", [torch.ones(1)] * 3, old=False)
    assert "has 3 blobs where" in sentence(path, field(1, b"n") + three)
    numbers = field(7, field(1, b"\x02\x03")) + field(5, b"\0" * 20)
    body = field(1, b"conv1_1") + field(2, b"Convolution") + field(7, numbers)
    found = sentence(path, field(1, b"n") + field(100, body))
    assert "layer conv1_1 has 5 numbers for the shape (2, 3)" in found


def test_what_a_damaged_matlab_file_says(tmp_path):
    path = tmp_path / "w.mat"
    head = matconvnet({})[:128]
    newer = b"MATLAB 7.3 MAT-file".ljust(512)
    assert "MATLAB 7.3 is HDF5: save it again with -v7" in sentence(path, newer)
    assert "no header of a MATLAB file" in sentence(path, b"MATLAB 5.0 MAT-file".ljust(200))
    assert "no variable 'layers'" in sentence(path, head)
    packed = struct.pack("<II", 15, 8) + b"\0" * 8
    assert "a compressed part is damaged" in sentence(path, head + packed)
    numbers = weight_files.matrix(7, (3, 3), weight_files.element(7, b"\0" * 8), "layers")
    assert "the shape (3, 3) has 8 bytes of numbers" in sentence(path, head + numbers)
    nested = b""
    for _ in range(20):
        nested = weight_files.matrix(1, (1, 1), nested, "layers")
    assert "too deep inside of each other" in sentence(path, head + nested)


def test_a_bomb_of_zeros_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("impasto.backbones.weights.formats.matlab_check.LARGEST", 1000)
    found = sentence(tmp_path / "w.mat", matconvnet(tensors()))
    assert "ends early or is too large" in found


def test_a_small_bomb_is_not_unpacked_either(tmp_path):
    """It becomes a thousand times as large; a network's numbers shrink by a tenth."""
    packed = zlib.compress(bytes(64 << 20), 9)
    element = struct.pack("<II", 15, len(packed)) + packed
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = sentence(tmp_path / "w.mat", matconvnet({})[:128] + element)
    assert "ends early or is too large" in found
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 << 10  # KiB


def cell_of(*cells: bytes, sides: tuple[int, ...] | None = None) -> bytes:
    """The variable of a network, which declares as many cells as it has, or others."""
    return weight_files.matrix(1, sides or (1, len(cells)), b"".join(cells), "layers")


number = weight_files.element(7, b"\0" * 4)
array = weight_files.matrix(7, (1, 1), number)
struct_names = weight_files.element(5, struct.pack("<i", 32)) + weight_files.element(1, b"a" * 32)

# SciPy alone would take gigabytes for some of these, and crash at the others.
HOSTILE = {
    "cells that are not there": (cell_of(array, sides=(46341, 46341)), "than it declares"),
    "fewer cells than there are": (cell_of(array, array, sides=(1, 1)), "than it declares"),
    "sides below zero": (cell_of(sides=(-1, -1)), "than it declares"),
    "no sides": (cell_of(array, sides=(1,)), "than it declares"),
    "structs that are not there": (
        weight_files.matrix(2, (46341, 46341), struct_names + array, "layers"),
        "than it declares",
    ),
    "more fields than can be compared": (
        weight_files.matrix(
            2,
            (0, 0),
            weight_files.element(5, struct.pack("<i", 2)) + weight_files.element(1, b"a\0" * 1001),
            "layers",
        ),
        "no field names",
    ),
    "more sides than NumPy has": (cell_of(sides=(1,) * 33), "no class, dimensions and name"),
    "complex numbers": (
        cell_of(weight_files.matrix(7 | 1 << 11, (1, 1), number + number)),
        "complex numbers",
    ),
    "a struct without names": (weight_files.matrix(2, (1, 1), number, "layers"), "no field names"),
    "letters that are not there": (
        cell_of(weight_files.matrix(4, (1, 1 << 30), weight_files.element(4, b""))),
        "0 bytes of numbers",
    ),
    "numbers that are not there": (
        cell_of(weight_files.matrix(7, (1, 1), b"")),
        "than it declares",
    ),
    "a matrix for numbers": (cell_of(weight_files.matrix(7, (1, 1), array)), "than it declares"),
    "numbers of no type": (
        cell_of(weight_files.matrix(7, (1, 1), weight_files.element(99, b"\0" * 8))),
        "unknown type 99",
    ),
    "a matrix of half a part": (cell_of(struct.pack("<II", 14, 4) + b"\0" * 4), "unknown type 14"),
    "a class of no network": (cell_of(weight_files.matrix(17, (1, 1), number)), "the class 17"),
    "flags of another length": (
        weight_files.element(14, weight_files.element(6, b"\x01\0\0\0") + number + number),
        "no class, dimensions and name",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_scipy_sees_no_matrix_that_holds_something_else_than_it_declares(
    name, tmp_path, monkeypatch
):
    monkeypatch.setattr("scipy.io.loadmat", lambda *_, **__: pytest.fail("SciPy was given it"))
    content, reason = HOSTILE[name]
    assert reason in sentence(tmp_path / "w.mat", matconvnet({})[:128] + content)


def test_there_is_a_limit_to_how_many_matrices_a_file_holds(tmp_path, monkeypatch):
    path = tmp_path / "w.mat"
    path.write_bytes(matconvnet(tensors()))
    monkeypatch.setattr("impasto.backbones.weights.formats.matlab_check.MOST", 28)
    assert len(read_tensors(path)[1]) == 6
    monkeypatch.setattr("impasto.backbones.weights.formats.matlab_check.MOST", 27)
    assert "more than 27 matrices" in sentence(path, path.read_bytes())


@pytest.mark.parametrize("compressed", [False, True])
def test_a_file_that_another_program_wrote_is_read(compressed, tmp_path):
    """With an empty cell, text, a kernel whose last sides are 1, and what nobody asks for."""
    from scipy.io import savemat

    def cell(*values):
        found = np.empty((1, len(values)), object)
        found[0, :] = values
        return found

    kernel = np.arange(12, dtype=np.float64).reshape(2, 2, 3, 1)
    layer = {
        **{"name": "conv1_1", "type": "conv", "weights": cell(kernel, np.ones((1, 1)))},
        **{"opts": cell(), "comment": "", "precious": False, "size": np.zeros((0, 0))},
    }
    layers = cell(layer, {"name": "relu1_1", "type": "relu", "weights": cell()})
    meta = {"classes": {"name": cell("a cat", "a dog")}, "size": np.array([1.5])}
    path = tmp_path / "w.mat"
    for variables in ({"meta": meta, "layers": layers}, {"net": {"meta": meta, "layers": layers}}):
        savemat(path, variables, do_compression=compressed)
        found = read_tensors(path)[1]
        assert found.keys() == {"conv1_1.weight", "conv1_1.bias"}
        assert np.array_equal(found["conv1_1.weight"], kernel.transpose(3, 2, 0, 1))


def test_without_scipy_a_matlab_file_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    found = sentence(tmp_path / "w.mat", matconvnet(tensors()))
    assert install("matconvnet") in found
    (tmp_path / "w.caffemodel").write_bytes(caffemodel(tensors()))
    assert read_tensors(tmp_path / "w.caffemodel")[0] == "caffe"


def test_formats_are_told_by_their_bytes_not_by_their_names(tmp_path):
    expected = {"caffe": caffemodel(tensors()), "matconvnet": matconvnet(tensors())}
    for name, content in expected.items():
        (tmp_path / "w.pth").write_bytes(content)
        assert recognize(tmp_path / "w.pth") == name
    (tmp_path / "w.pth").write_text("<html>")
    assert recognize(tmp_path / "w.pth") is None
    assert set(WEIGHT_FORMATS) == {"safetensors", "pytorch", "caffe", "matconvnet"}


def test_matconvnet_is_known_for_vggs_only(tmp_path):
    path = tmp_path / "w.mat"
    path.write_bytes(matconvnet(he_tensors(BACKBONES["caffenet"].table[:4])))
    with pytest.raises(
        WeightsError, match="is a MatConvNet file, and in such a file what CaffeNet"
    ):
        load_backbone("caffenet", layers=["relu1"], weights=path)
