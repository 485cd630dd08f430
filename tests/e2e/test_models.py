"""models, models import, models verify: every format, and what is wrong with a file."""

import json

import pytest
import torch

from impasto.backbones import BACKBONES
from impasto.backbones.weights.places import find
from impasto.backbones.weights.published import sources, weights_directory
from tests.support.weight_files import caffemodel, he_tensors, matconvnet, write_usual


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "weights"


def shallow(name: str, depth: int = 5):
    """The first layers of a network with random weights: enough to be recognized."""
    return he_tensors(BACKBONES[name].table[:depth])


def test_models_tells_layers_size_licence_and_source_of_every_network(impasto):
    done = impasto("models")
    assert done.code == 0
    blocks = done.out.split("\n    here")
    assert len(blocks) == len(BACKBONES) + 1
    for name, row in BACKBONES.items():
        assert f"{name}  {row.title}: {row.summary}\n" in done.out
        assert f"layers    {row.layers[0]} … {row.layers[-1]}, {len(row.layers)}\n" in done.out
        for source, file in sources(name).items():
            if file.url:
                assert f"to fetch  {source}, {file.megabytes} MB, " in done.out
                assert file.licence in done.out
    assert "here      in the package: vgg19-8bit, 13 MB, CC BY 4.0" in done.out
    assert done.out.count("here      no") == len(BACKBONES) - 2


@pytest.mark.parametrize("name", ["alexnet", "caffenet", "googlenet", "squeezenet1_1"])
def test_import_recognizes_a_network_keeps_it_and_paints_with_it(
    impasto, name, cache, photograph, painting, tmp_path
):
    style = [layer for layer, _ in BACKBONES[name].style_layers]
    path = write_usual(name, style, tmp_path)
    done = impasto("models", "import", path)
    assert done.code == 0, done.err
    kept = cache / f"{name}-imported{path.suffix}"
    assert done.out == f"{kept}\n"
    assert done.err.startswith(f"{name}: {BACKBONES[name].title}, ")
    assert kept.read_bytes() == path.read_bytes()
    assert find(name) == kept
    path.unlink()
    out = tmp_path / "out.png"
    fast = ("--size", 48, "--iterations", 2, "--backbone", name, "-o", out)
    done = impasto("paint", photograph, painting, *fast, "--backbone=pocket")
    assert done.code == 0, done.err
    assert out.is_file()
    assert str(kept) in impasto("models").out


def test_a_vgg_is_imported_from_every_format(impasto, cache, tmp_path):
    for suffix, content in ((".caffemodel", caffemodel), (".mat", matconvnet)):
        path = tmp_path / "somebody's"
        path.write_bytes(content(shallow("vgg19", 17)))
        done = impasto("models", "import", path)
        assert done.code == 0, done.err
        assert done.out == f"{cache / f'vgg19-imported{suffix}'}\n"
    # The last one has taken the other's place.
    assert sorted(each.name for each in cache.iterdir()) == [
        "vgg19-imported.mat",
        "vgg19-imported.mat.json",
    ]


def test_a_file_that_fits_several_networks_needs_to_be_told_apart(impasto, cache, tmp_path):
    path = tmp_path / "w.pth"
    torch.save(shallow("vgg19"), path)  # the first block of both VGGs
    done = impasto("models", "import", path)
    assert done.code == 2
    assert done.err == f"impasto: '{path}' fits vgg19, vgg16: say which with --as.\n"
    assert not cache.exists()
    assert impasto("models", "import", path, "--as", "vgg16").code == 0
    assert find("vgg16") == cache / "vgg16-imported.pth"


def test_import_refuses_in_one_sentence_and_keeps_nothing(impasto, cache, tmp_path):
    path = tmp_path / "w.bin"
    gap = shallow("caffenet")
    del gap["conv1.bias"]
    cases = {
        b"<html>": "unknown format",
        caffemodel(shallow("vgg19"))[:-700]: "cannot be read as weights",
        caffemodel({"other.weight": torch.ones(2, 2, 1, 1)}): "of no known network",
        caffemodel(gap): "it is nearest to caffenet, but conv1.bias is missing; known are vgg19,",
        caffemodel({key: value * 0 for key, value in shallow("caffenet").items()}): "is 0 where",
    }
    for content, expected in cases.items():
        path.write_bytes(content)
        done = impasto("models", "import", path)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
        assert expected in done.err
    assert "there is no weight file" in impasto("models", "import", tmp_path / "absent").err
    assert "did you mean 'vgg19'" in impasto("models", "import", path, "--as", "vgg91").err
    assert "come with the package" in impasto("models", "import", path, "--as", "pocket").err
    assert not cache.exists()


def test_import_names_the_network_that_a_file_does_fit(impasto, tmp_path):
    path = write_usual("squeezenet1_1", ["fire3"], tmp_path)
    done = impasto("models", "import", path, "--as", "squeezenet1_0")
    assert done.code == 2
    assert "(64, 3, 3, 3) where (96, 3, 7, 7) belongs; it fits backbone 'squeezenet1_1'" in done.err


def test_a_failed_import_leaves_the_earlier_one(impasto, cache, tmp_path, monkeypatch):
    path = write_usual("squeezenet1_1", ["fire3"], tmp_path)
    assert impasto("models", "import", path).code == 0
    kept = (cache / "squeezenet1_1-imported.pth").read_bytes()

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("impasto.backbones.weights.imported.shutil.copyfileobj", full)
    done = impasto("models", "import", path)
    assert done.code == 2
    assert "cannot be kept in" in done.err
    assert (cache / "squeezenet1_1-imported.pth").read_bytes() == kept
    assert len(list(cache.iterdir())) == 2


def test_a_published_file_is_kept_under_its_own_name(impasto, cache, tmp_path, monkeypatch):
    import hashlib

    from impasto.backbones.weights.published import PUBLISHED, Published

    path = write_usual("caffenet", ["relu2"], tmp_path)
    digest = hashlib.sha1(path.read_bytes()).hexdigest()
    row = Published(
        *("caffenet", "http://localhost/n", "named.caffemodel", None, 1, "caffe-bvlc"),
        licence="none",
        homepage="none",
        sha1=digest,
    )
    scaled = {k: v / 20 if "weight" in k else v for k, v in shallow("caffenet", 1).items()}
    torch.save(scaled, tmp_path / "other.pth")
    assert impasto("models", "import", tmp_path / "other.pth").code == 0
    monkeypatch.setitem(PUBLISHED, "caffenet-bvlc", row)
    done = impasto("models", "import", path)
    assert done.out == f"{cache / 'named.caffemodel'}\n"
    assert f"SHA-1 {digest[:8]}… verified" in done.err
    assert find("caffenet") == cache / "named.caffemodel"
    assert not (cache / "caffenet-imported.pth").exists()
    (cache / "named.caffemodel").write_bytes(path.read_bytes() + b"\0")
    done = impasto("models", "verify", "caffenet")
    assert done.code == 2
    assert "BAD" in done.out


def test_verify_finds_a_changed_file_and_goes_on_with_the_others(impasto, cache, tmp_path):
    for name in ("squeezenet1_0", "squeezenet1_1"):
        assert impasto("models", "import", write_usual(name, ["fire3"], tmp_path)).code == 0
    done = impasto("models", "verify")
    assert done.code == 0
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines] == [
        *("vgg19", "pocket", "squeezenet1_0", "squeezenet1_1")
    ]
    assert all(" good: " in line for line in lines)
    assert "unchanged since its import" in lines[2]
    with (cache / "squeezenet1_0-imported.pth").open("ab") as file:
        file.write(b"\0")
    done = impasto("models", "verify")
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert "is damaged: its SHA-256 is not the one of its import" in done.err
    states = [line.split("  ")[2].split(":")[0] for line in done.out.splitlines()]
    assert states == ["good", "good", "BAD", "good"]
    record = cache / "squeezenet1_1-imported.pth.json"
    assert set(json.loads(record.read_text())) == {"backbone", "sha256", "from"}
    record.write_text("{")
    assert impasto("models", "verify", "squeezenet1_1").code == 2


def test_a_file_or_a_network_can_be_verified(impasto, tmp_path):
    path = write_usual("alexnet", ["relu3"], tmp_path)
    done = impasto("models", "verify", path)
    assert done.code == 0
    assert done.out.startswith(f"alexnet  {path}  good: AlexNet (torchvision), torchvision conv")
    assert impasto("models", "verify", "pocket").out.endswith("good: SHA-256 verified\n")
    assert "are not here: run `impasto models fetch alexnet`" in (
        impasto("models", "verify", "alexnet").err
    )
    assert "unknown network (and no such file) 'alexnot'" in (
        impasto("models", "verify", "alexnot").err
    )
    assert not weights_directory().exists()
