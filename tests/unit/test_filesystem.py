"""Only regular files are opened, wherever one is expected: nothing waits for a pipe or a device."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from impasto import images
from impasto.backbones import load_backbone
from impasto.backbones.weights import check_file
from impasto.backbones.weights.published import Digests
from impasto.errors import ImpastoError
from impasto.filesystem import is_regular, open_regular
from impasto.job import Recipe, prepare
from impasto.job.recipe import SourceFile
from impasto.plugins import load
from impasto.run.checkpoint_file import read_checkpoint
from impasto.settings import Settings
from impasto.sweeps.axes import parse_axis

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no pipes among files")


@pytest.fixture(autouse=True)
def impatience() -> Iterator[None]:
    """End what hangs."""

    def fail(*_: object) -> None:
        raise AssertionError("it waits for a pipe or a device")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(params=["pipe", "device", "link to a pipe", "folder"])
def special(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """No regular file."""
    path = tmp_path / "special.pth"
    if request.param == "pipe":
        os.mkfifo(path)
    elif request.param == "device":
        path.symlink_to("/dev/zero")
    elif request.param == "folder":
        path.mkdir()
    else:
        os.mkfifo(tmp_path / "pipe")
        path.symlink_to(tmp_path / "pipe")
    return path


def test_special_files_are_not_opened(special: Path, tmp_path: Path):
    assert not is_regular(special)
    with pytest.raises(OSError, match="it is a"):
        open_regular(special)
    (tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    for name in ("file", "link"):
        assert is_regular(tmp_path / name)
        with open_regular(tmp_path / name) as file:
            assert file.read() == b"abc"


def test_a_pipe_that_replaces_a_file_in_the_last_moment_is_not_waited_for(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    state = path.stat()
    path.unlink()
    os.mkfifo(path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", lambda *_, **__: state)
        with pytest.raises(OSError, match="not a regular file"):
            open_regular(path)


OPENERS: dict[str, Callable[[Path, Path], object]] = {
    "picture": lambda path, _: images.read(path),
    "settings": lambda path, _: Recipe.of_picture(path),
    "hash": lambda path, _: images.sha256(path),
    "content": lambda path, good: prepare(path, good, Settings()),
    "style": lambda path, good: prepare(good, [good, path], Settings()),
    "mask": lambda path, good: prepare(good, good, Settings(content_mask=path)),
    "start": lambda path, good: prepare(good, good, Settings(init=path)),
    "fine style": lambda path, good: prepare(good, good, Settings(fine_style=path)),
    "weights": lambda path, good: prepare(good, good, Settings(weights=path)),
    "pocket weights": lambda path, _: load_backbone("pocket", layers=["relu1_1"], weights=path),
    "other weights": lambda path, _: load_backbone("vgg19", layers=["relu1_1"], weights=path),
    "imported weights": lambda path, _: check_file(path),
    "checkpoint": lambda path, _: read_checkpoint(path),
    "plugin": lambda path, _: load(path),
    "sweep": lambda path, good: parse_axis(f"style={path}", str(good), [str(good)]),
}


@pytest.mark.parametrize("opener", OPENERS)
def test_nothing_waits_for_a_special_file(opener: str, special: Path, photograph: Path):
    with pytest.raises(ImpastoError) as caught:
        OPENERS[opener](special, photograph)
    assert str(caught.value).isprintable()


def test_the_hash_of_weights_waits_for_nothing(special: Path):
    with pytest.raises(OSError, match="it is a"):
        Digests.of(special)
    with pytest.raises(ImpastoError):
        SourceFile.of_file(special)
