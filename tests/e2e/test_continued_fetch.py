"""A download that broke off goes on where it was, unless the file is another one by now."""

import pytest

from impasto.backbones.weights import fetch
from impasto.errors import FetchError
from tests.support.weight_server import BODY, break_off, names


def test_a_broken_connection_is_continued(host, folder):
    message = break_off(host, 400_000)
    assert "127.0.0.1 broke after 0.4 of 1.0 MB" in message
    assert message.endswith("these are kept, and the same command continues from there.")
    assert "vgg19-torchvision.pth" not in names(folder)
    assert not (folder / "vgg19-torchvision.pth").exists()
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


def test_a_redirect_is_followed_and_continued(host, folder):
    host.moved = True
    break_off(host, 400_000)
    assert fetch("vgg19").read_bytes() == BODY
    assert host.asked[1]["Range"] == "bytes=400000-"


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
