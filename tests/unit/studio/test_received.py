"""Only regular files in the folder of uploads count as received."""

import os

import pytest

from impasto.errors import PictureError
from impasto.studio import received as module
from impasto.studio.received import NOT_RECEIVED, Received, regular_file


@pytest.fixture
def received(tmp_path):
    return Received(tmp_path / "received")


def test_a_file_that_was_received_is_found_however_it_is_spelled(received):
    file = received.folder / "a" / "photo.jpg"
    file.parent.mkdir()
    file.touch()
    assert received.file(str(file)) == file
    assert received.file(f"{received.folder}/./a/../a//photo.jpg") == file


@pytest.mark.parametrize(
    "sent",
    ["", ".", "/", "/dev/zero", "/dev/stdin", "../photo.jpg", "photo.jpg", "~/photo.jpg", "\0",
     "http://127.0.0.1/", "file:///a.jpg", "a" * 5000, "\ud800", 0, True, None, b"a", ["a"], {}],
)  # fmt: skip
def test_everything_else_gets_the_same_answer(received, sent):
    for one in (sent, f"{received.folder}/{sent!s}"):
        with pytest.raises(PictureError, match=NOT_RECEIVED):
            received.file(one)


@pytest.mark.skipif(os.name == "nt", reason="has no FIFOs, and links are not for everyone")
def test_what_leads_out_of_the_folder_or_is_no_file_is_not_received(received, tmp_path):
    private = tmp_path / "photo.jpg"
    private.touch()
    (received.folder / "link").symlink_to(private)
    (received.folder / "up").symlink_to(tmp_path)
    (received.folder / "loop").symlink_to("loop")
    (received.folder / "folder").mkdir()
    os.mkfifo(received.folder / "pipe")
    for name in ("link", "up/photo.jpg", "loop", "folder", "pipe", "folder/../up/photo.jpg"):
        with pytest.raises(PictureError, match=NOT_RECEIVED):
            received.file(str(received.folder / name))


def test_a_path_that_leads_elsewhere_is_not_even_looked_at(received, tmp_path, monkeypatch):
    def looked(*_: object, **__: object) -> None:
        raise AssertionError("looked")

    monkeypatch.setattr(type(tmp_path), "resolve", looked)
    monkeypatch.setattr(type(tmp_path), "stat", looked)
    assert regular_file(str(tmp_path / "photo.jpg"), [received.folder]) is None
    assert regular_file(f"{received.folder}/../photo.jpg", [received.folder]) is None


def test_a_neighbor_whose_name_begins_alike_is_another_folder(received, tmp_path):
    (tmp_path / "received2").mkdir()
    (tmp_path / "received2" / "photo.jpg").touch()
    assert regular_file(str(tmp_path / "received2" / "photo.jpg"), [received.folder]) is None


def test_tidying_deletes_the_oldest(received, monkeypatch):
    monkeypatch.setattr(module, "MOST_RECEIVED", 10)
    for age, name in enumerate(("new", "old")):
        file = received.folder / name / "photo.jpg"
        file.parent.mkdir()
        file.write_bytes(bytes(8))
        os.utime(file, (1e9 - age, 1e9 - age))
    received.tidy()
    assert [path.parent.name for path in received.folder.rglob("*.jpg")] == ["new"]


def test_tidying_leaves_folders_since_an_upload_may_be_arriving_in_one(received, monkeypatch):
    monkeypatch.setattr(module, "MOST_RECEIVED", 0)
    for name in ("empty", "full"):
        (received.folder / name).mkdir()
    (received.folder / "full" / "photo.jpg").write_bytes(b"1")
    received.tidy()
    assert sorted(path.name for path in received.folder.rglob("*")) == ["empty", "full"]
