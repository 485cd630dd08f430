"""Fetching weights from a server, which may refuse, be silent, or send something else."""

import dataclasses
import hashlib
import re
import sys
import threading

import pytest

from impasto.backbones.weights import download, fetch
from impasto.backbones.weights.places import locate
from impasto.backbones.weights.published import PUBLISHED, Published, weights_directory
from impasto.errors import FetchError, UnknownName, WeightsError
from impasto.extras import install
from tests.support.weight_server import BODY, DIGEST, Handler, names


def test_a_whole_file_comes_once(host, folder):
    seen = []
    path = fetch("vgg19", progress=lambda received, total: seen.append((received, total)))
    assert path == folder / "vgg19-torchvision.pth"
    assert path.read_bytes() == BODY
    assert names(folder) == {path.name}
    assert locate("vgg19-torchvision") == path
    assert seen[0] == (0, len(BODY))
    assert seen[-1] == (len(BODY), len(BODY))
    assert len(seen) > 3
    assert seen == sorted(set(seen))
    assert host.asked[0]["User-Agent"].startswith("impasto/")
    assert fetch("vgg19") == path
    assert len(host.asked) == 1


def test_a_wrong_hash_removes_everything(host, folder):
    host.body = BODY[:-1] + b"!"
    got = hashlib.sha256(host.body).hexdigest()[:8]
    with pytest.raises(FetchError, match=f"SHA-256 starts with {got} where {DIGEST} was expected"):
        fetch("vgg19")
    assert names(folder) == set()
    host.body = BODY
    assert fetch("vgg19").read_bytes() == BODY


def test_a_damaged_file_under_the_final_name_is_replaced(host, folder):
    folder.mkdir()
    (folder / "vgg19-torchvision.pth").write_bytes(BODY[:1000])
    assert fetch("vgg19").read_bytes() == BODY


def test_a_web_page_in_place_of_a_file_without_hash_is_refused(host, folder):
    host.body = b"<html>Please log in to the hotel's network.</html>"
    with pytest.raises(FetchError, match="it is no PyTorch file; it was deleted"):
        fetch("vgg19-gatys")
    assert names(folder) == set()


def test_a_caffemodel_is_checked_by_the_sha1_that_its_authors_published(host, folder, monkeypatch):
    name = "bvlc.caffemodel"
    url = f"http://127.0.0.1:{host.server_port}/{name}"
    row = Published("caffenet", url, name, None, 1, "caffe-bvlc", "", "", sha1="0" * 40)
    monkeypatch.setitem(PUBLISHED, "caffenet-bvlc", row)
    with pytest.raises(FetchError, match=r"its SHA-1 starts with [0-9a-f]{8} where 00000000 was"):
        fetch("caffenet")
    assert names(folder) == set()
    row = dataclasses.replace(row, sha1=hashlib.sha1(BODY).hexdigest())
    monkeypatch.setitem(PUBLISHED, "caffenet-bvlc", row)
    assert fetch("caffenet").read_bytes() == BODY


def test_a_caffemodel_without_hash_must_at_least_look_like_one(host, folder, monkeypatch):
    name = "oxford.caffemodel"
    url = f"http://127.0.0.1:{host.server_port}/{name}"
    row = Published("vgg19", url, name, None, 1, "caffe", "", "")
    monkeypatch.setitem(PUBLISHED, "vgg19-oxford", row)
    with pytest.raises(FetchError, match="it is no Caffe file"):
        fetch("vgg19-oxford")
    host.body = b"\n\x03VGG"
    assert fetch("vgg19-oxford").read_bytes() == host.body


def test_a_file_without_stated_length_comes_whole(host, folder):
    host.length = False
    seen = []
    path = fetch("vgg19", progress=lambda received, total: seen.append((received, total)))
    assert path.read_bytes() == BODY
    assert seen[-1] == (len(BODY), None)


@pytest.mark.parametrize("status", [403, 404, 503])
def test_a_refusal_names_the_address_and_the_ways_out(host, folder, status):
    host.status = status
    with pytest.raises(FetchError) as caught:
        fetch("vgg19")
    message = str(caught.value)
    assert message.startswith(f"http://127.0.0.1:{host.server_port}/vgg19-torchvision.pth answers")
    assert str(status) in message
    assert message.endswith(
        "or take another source (vgg19-caffe, vgg19-gatys, vgg19-oxford, vgg19-matconvnet), "
        "or give a file with --weights."
    )
    assert names(folder) == set()


def test_no_server_at_all_is_one_sentence(host, folder, monkeypatch):
    row = PUBLISHED["vgg19-gatys"]
    nowhere = Published("vgg19", "http://127.0.0.1:1/x.pth", "x.pth", None, 1, "caffe", "", "")
    monkeypatch.setitem(PUBLISHED, "vgg19-gatys", nowhere)
    assert row != nowhere
    with pytest.raises(FetchError, match=r"cannot reach 127\.0\.0\.1 \(.*efused"):
        fetch("vgg19-gatys")


def test_a_silent_server_is_not_waited_for_forever(host, folder, monkeypatch):
    monkeypatch.setattr(download, "_TIMEOUT", 0.2)
    release = threading.Event()
    write = Handler.answer

    def stall(self, start):
        release.wait()
        write(self, start)

    monkeypatch.setattr(Handler, "answer", stall)
    try:
        with pytest.raises(FetchError, match="timed out"):
            fetch("vgg19")
    finally:
        release.set()


def test_a_folder_that_cannot_be_written_to_is_named(host, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FetchError, match=r"cannot keep .* name another folder .* IMPASTO_CACHE"):
        fetch("vgg19", directory=tmp_path / "file" / "weights")


def test_an_unknown_source_is_refused():
    with pytest.raises(UnknownName, match="unknown source of weights 'vgg11'"):
        fetch("vgg11")


def test_the_cache_can_be_elsewhere(monkeypatch, tmp_path):
    monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path))
    assert weights_directory() == tmp_path / "weights"
    monkeypatch.delenv("IMPASTO_CACHE")
    assert weights_directory().name == "weights"
    assert weights_directory().parent.name == "impasto"


def test_what_could_not_be_read_is_not_fetched(host, folder, monkeypatch):
    url = f"http://127.0.0.1:{host.server_port}/x.mat"
    row = Published("vgg19", url, "x.mat", None, 1, "caffe-rgb", "", "")
    monkeypatch.setitem(PUBLISHED, "vgg19-matconvnet", row)
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(WeightsError, match=r"'x\.mat' is .*" + re.escape(install("matconvnet"))):
        fetch("vgg19-matconvnet")
    assert host.asked == []


def test_a_file_whose_hash_nobody_has_published_is_named_so(host, folder, impasto):
    done = impasto("models", "fetch", "vgg19-gatys")
    assert done.code == 0
    assert done.out == f"{folder / 'vgg19-gatys.pth'}\n"
    assert "nobody has published a hash of vgg19-gatys.pth" in done.err
    assert "note" not in impasto("models", "fetch", "vgg19").err
