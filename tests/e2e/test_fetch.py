"""Fetching from a server on this machine that can be told to misbehave."""

import dataclasses
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from impasto.backbones.weights import download, fetch
from impasto.backbones.weights.published import PUBLISHED, Published, find, weights_directory
from impasto.errors import FetchError, UnknownName

BODY = b"PK" + bytes(n * 7 % 251 for n in range(1_000_000))
DIGEST = hashlib.sha256(BODY).hexdigest()[:8]


class Host(ThreadingHTTPServer):
    """Serves `body` under every path, and keeps what it was asked."""

    body = BODY
    etag: str | None = '"first"'
    ranges = True  # answer Range with 206
    length = True  # say Content-Length
    break_after: int | None = None  # bytes of an answer
    status = 200
    moved = False  # redirect to /moved once
    range_shift = 0  # a server that sends another range than the one asked for

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, str]] = []

    def handle_error(self, request, client_address):
        """Stay silent when a client hangs up."""


class Handler(BaseHTTPRequestHandler):
    server: Host

    def log_message(self, *_):
        pass

    def do_GET(self):
        host = self.server
        if host.moved and self.path != "/moved":
            self.send_response(302)
            self.send_header("Location", "/moved")
            self.end_headers()
            return
        host.asked.append(dict(self.headers))
        if host.status != 200:
            self.send_error(host.status)
            return
        start = self.start_of_answer()
        if start >= len(host.body):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(host.body)}")
            self.end_headers()
            return
        self.answer(start)

    def start_of_answer(self) -> int:
        asked, condition = self.headers["Range"], self.headers["If-Range"]
        if not self.server.ranges or not asked or condition not in (None, self.server.etag):
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def answer(self, start: int):
        host = self.server
        body = host.body[start:]
        self.send_response(206 if start else 200)
        if start:
            first = start + host.range_shift
            last, total = len(host.body) - 1, len(host.body)
            self.send_header("Content-Range", f"bytes {first}-{last}/{total}")
        if host.etag:
            self.send_header("ETag", host.etag)
        if host.length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: host.break_after])


@pytest.fixture
def host(monkeypatch):
    server = Host()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    url = f"http://127.0.0.1:{server.server_port}"
    for name, digest in (("vgg19-torchvision", DIGEST), ("vgg19-gatys", None)):
        file_name = f"{name}.pth"
        row = Published("vgg19", f"{url}/{file_name}", file_name, digest, 1, "caffe", "", "")
        monkeypatch.setitem(PUBLISHED, name, row)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path))
    return tmp_path / "weights"


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


def break_off(host: Host, after: int, source: str = "vgg19") -> str:
    host.break_after = after
    with pytest.raises(FetchError) as caught:
        fetch(source)
    host.break_after = None
    return str(caught.value)


def test_a_whole_file_comes_once(host, folder):
    seen = []
    path = fetch("vgg19", progress=lambda received, total: seen.append((received, total)))
    assert path == folder / "vgg19-torchvision.pth"
    assert path.read_bytes() == BODY
    assert names(folder) == {path.name}
    assert find("vgg19") == path
    assert seen[0] == (0, len(BODY))
    assert seen[-1] == (len(BODY), len(BODY))
    assert len(seen) > 3
    assert seen == sorted(set(seen))
    assert host.asked[0]["User-Agent"].startswith("impasto/")
    assert fetch("vgg19") == path
    assert len(host.asked) == 1


def test_a_broken_connection_is_continued(host, folder):
    message = break_off(host, 400_000)
    assert "127.0.0.1 broke after 0.4 of 1.0 MB" in message
    assert message.endswith("these are kept, and the same command continues from there.")
    assert "vgg19-torchvision.pth" not in names(folder)
    assert find("vgg19") is None
    seen = []
    path = fetch("vgg19", progress=lambda received, total: seen.append((received, total)))
    assert path.read_bytes() == BODY
    assert names(folder) == {path.name}
    assert host.asked[1]["Range"] == "bytes=400000-"
    assert host.asked[1]["If-Range"] == '"first"'
    assert seen[0] == (400_000, len(BODY))
    assert seen == sorted(set(seen))


def test_it_can_break_twice(host, folder):
    break_off(host, 300_000)
    assert "broke after 0.8 of 1.0 MB" in break_off(host, 500_000)
    assert fetch("vgg19").read_bytes() == BODY
    assert host.asked[2]["Range"] == "bytes=800000-"


def test_a_server_without_ranges_starts_over(host, folder):
    host.ranges = False
    break_off(host, 400_000)
    seen = []
    path = fetch("vgg19", progress=lambda received, total: seen.append(received))
    assert path.read_bytes() == BODY
    assert seen[0] == 0
    assert seen == sorted(set(seen))


def test_a_file_that_changed_meanwhile_starts_over(host, folder):
    host.body = bytes(reversed(BODY))
    break_off(host, 400_000)
    host.body, host.etag = BODY, '"second"'
    assert fetch("vgg19").read_bytes() == BODY
    assert host.asked[1]["If-Range"] == '"first"'


def test_without_a_mark_of_the_server_the_hash_decides_what_is_continued(host, folder):
    host.etag = None
    break_off(host, 400_000)
    assert fetch("vgg19").read_bytes() == BODY
    assert host.asked[1]["Range"] == "bytes=400000-"
    assert "If-Range" not in host.asked[1]
    break_off(host, 400_000, "vgg19-gatys")  # no hash, no mark: two halves could differ
    assert fetch("vgg19-gatys").read_bytes() == BODY
    assert "Range" not in host.asked[3]


def test_a_weak_mark_is_not_used(host, folder):
    host.etag = 'W/"weak"'
    break_off(host, 400_000)
    assert fetch("vgg19").read_bytes() == BODY
    assert "If-Range" not in host.asked[1]


@pytest.mark.parametrize("source", ["vgg19-torchvision", "vgg19-gatys"])
def test_a_complete_part_is_only_renamed(host, folder, source):
    break_off(host, len(BODY) - 1, source)
    (folder / f"{source}.pth.part").write_bytes(BODY)
    assert fetch(source).read_bytes() == BODY
    assert names(folder) == {f"{source}.pth"}
    assert len(host.asked) == 2


def test_a_part_longer_than_the_file_starts_over(host, folder):
    folder.mkdir()
    (folder / "vgg19-torchvision.pth.part").write_bytes(BODY + b"more")
    assert fetch("vgg19").read_bytes() == BODY


def test_a_server_that_continues_elsewhere_starts_over(host, folder):
    break_off(host, 400_000)
    host.range_shift = 5
    assert fetch("vgg19").read_bytes() == BODY
    assert ["Range" in asked for asked in host.asked] == [False, True, False]


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


def test_a_file_without_stated_length(host, folder):
    host.length = False
    seen = []
    path = fetch("vgg19", progress=lambda received, total: seen.append((received, total)))
    assert path.read_bytes() == BODY
    assert seen[-1] == (len(BODY), None)


def test_a_redirect_is_followed_and_continued(host, folder):
    host.moved = True
    break_off(host, 400_000)
    assert fetch("vgg19").read_bytes() == BODY
    assert host.asked[1]["Range"] == "bytes=400000-"


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


def test_no_server_at_all(host, folder, monkeypatch):
    row = PUBLISHED["vgg19-gatys"]
    nowhere = Published("vgg19", "http://127.0.0.1:1/x.pth", "x.pth", None, 1, "caffe", "", "")
    monkeypatch.setitem(PUBLISHED, "vgg19-gatys", nowhere)
    assert row != nowhere
    with pytest.raises(FetchError, match=r"cannot reach 127\.0\.0\.1 \(.*efused"):
        fetch("vgg19-gatys")


def test_a_silent_server(host, folder, monkeypatch):
    monkeypatch.setattr(download, "_TIMEOUT", 0.2)
    release = threading.Event()
    write = Handler.answer

    def stall(self, start):
        release.wait(5)
        write(self, start)

    monkeypatch.setattr(Handler, "answer", stall)
    with pytest.raises(FetchError, match="timed out"):
        fetch("vgg19")
    release.set()


def test_a_folder_that_cannot_be_written(host, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FetchError, match=r"cannot keep .* name another folder .* IMPASTO_CACHE"):
        fetch("vgg19", directory=tmp_path / "file" / "weights")


def test_a_full_disk_keeps_what_came(host, folder):
    def fill(received, total):
        if received:
            raise OSError(28, "No space left on device")

    with pytest.raises(FetchError, match=r"cannot keep .*\(No space left on device\): make room"):
        fetch("vgg19", progress=fill)
    assert "vgg19-torchvision.pth" not in names(folder)
    assert fetch("vgg19").read_bytes() == BODY
    assert "Range" in host.asked[1]


def test_canceling_keeps_what_came(host, folder):
    def cancel(received, total):
        if received:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("vgg19", progress=cancel)
    assert "vgg19-torchvision.pth" not in names(folder)
    assert fetch("vgg19").read_bytes() == BODY
    assert "Range" in host.asked[1]


def test_unknown_source():
    with pytest.raises(UnknownName, match="unknown source of weights 'vgg11'"):
        fetch("vgg11")


def test_the_cache_can_be_elsewhere(monkeypatch, tmp_path):
    monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path))
    assert weights_directory() == tmp_path / "weights"
    monkeypatch.delenv("IMPASTO_CACHE")
    assert weights_directory().name == "weights"
    assert weights_directory().parent.name == "impasto"
