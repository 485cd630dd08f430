"""The command line in this process, as a shell would see it, and a terminal to run it in."""

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from impasto.__main__ import main
from tests.support.terminal import Terminal


class Done(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def impasto(capfd, monkeypatch) -> Callable[..., Done]:
    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["impasto", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
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
