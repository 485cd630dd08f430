"""The command line in this process, as a shell would see it, and a terminal to run it in."""

import signal
import sys
import threading
from collections.abc import Callable
from typing import NamedTuple

import pytest

from impasto.__main__ import main
from impasto.backbones.weights.published import PUBLISHED, Published
from impasto.interruption import INTERRUPTION, SIGNALS
from tests.support.terminal import Terminal
from tests.support.weight_server import DIGEST, Host


class Done(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def impasto(capfd, monkeypatch) -> Callable[..., Done]:
    monkeypatch.setenv("IMPASTO_CONFIG", "")  # that of whoever runs the tests
    monkeypatch.setattr(INTERRUPTION, "came", None)  # a signal of one test is none of the next

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["impasto", *map(str, arguments)])
        handlers = {number: signal.getsignal(number) for number in SIGNALS}
        try:
            with pytest.raises(SystemExit) as stopped:
                main()
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        captured = capfd.readouterr()
        return Done(int(stopped.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def terminal(monkeypatch) -> Terminal:
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return Terminal()


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
