"""Several who fetch or import the same file at once: one does it, and all get it whole."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from impasto.backbones.weights import fetch
from impasto.errors import FetchError
from impasto.filesystem import alone
from tests.support.weight_server import BODY, Handler, names


@pytest.fixture
def slow(monkeypatch):
    """Let the server send in two halves, with a pause between."""

    def answer(self, start, answer=Handler.answer):
        self.wfile, file = Halves(self.wfile), self.wfile
        answer(self, start)
        self.wfile = file

    monkeypatch.setattr(Handler, "answer", answer)


class Halves:
    def __init__(self, file):
        self.file = file

    def write(self, data: bytes) -> None:
        middle = len(data) // 2
        self.file.write(data[:middle])
        self.file.flush()
        time.sleep(0.2)
        self.file.write(data[middle:])

    def flush(self) -> None:
        self.file.flush()


def at_once(source: str) -> list[bytes]:
    def one(delay: float) -> bytes:
        time.sleep(delay)
        return fetch(source).read_bytes()

    with ThreadPoolExecutor() as pool:
        return list(pool.map(one, [0, 0.02, 0.05, 0.1]))


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("source", ["vgg19-torchvision", "vgg19-gatys"])
def test_one_fetches_and_the_others_wait_for_it(host, folder, source):
    assert at_once(source) == [BODY] * 4
    assert len(host.asked) == 1
    assert names(folder) == {f"{source}.pth"}


def test_one_that_fails_lets_the_next_one_try(host, folder):
    host.body = BODY[:-1] + b"!"
    with ThreadPoolExecutor() as pool:
        tried = [pool.submit(fetch, "vgg19") for _ in range(3)]
        assert all(isinstance(each.exception(), FetchError) for each in tried)
    assert names(folder) == set()
    host.body = BODY
    assert fetch("vgg19").read_bytes() == BODY


def test_what_is_damaged_under_its_final_name_is_not_kept(host, folder, monkeypatch):
    replace = type(folder).replace

    def damaging(self, target):
        moved = replace(self, target)
        target.write_bytes(BODY[:1000])
        return moved

    monkeypatch.setattr(type(folder), "replace", damaging)
    with pytest.raises(FetchError, match="sent something else"):
        fetch("vgg19")
    assert names(folder) == set()


def test_only_one_at_a_time_and_nothing_is_left(tmp_path):
    inside, most = [], []

    def enter(number: int) -> None:
        with alone(tmp_path / "a.pth"):
            inside.append(number)
            time.sleep(0.005)
            most.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter, range(40)))
    assert most == [1] * 40
    assert names(tmp_path) == set()
