"""Impasto in a process of its own, to which a signal comes at a certain point of the program."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple

from tests.support.processes import environment, rest_of, running

PROGRAM = """
import json, os, pkgutil, signal, sys

importing, calling, nth, numbers = json.loads(sys.argv.pop(1))
sys.argv[0] = "impasto"

def interrupt():
    print("the signal comes", file=sys.stderr, flush=True)
    for number in numbers:
        os.kill(os.getpid(), number)

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == importing:
            sys.meta_path.remove(self)
            interrupt()

if importing:
    sys.meta_path.insert(0, Finder())

if calling:
    owner, _, name = calling.rpartition(".")
    owner, calls = pkgutil.resolve_name(owner), []
    real = getattr(owner, name)

    def signaled(*arguments, **keywords):
        calls.append(name)
        if len(calls) == nth:
            interrupt()
        return real(*arguments, **keywords)

    setattr(owner, name, signaled)

from impasto.__main__ import main
main()
"""


class Ended(NamedTuple):
    """How a process has ended; ``code`` is negative if a signal has ended it by itself."""

    code: int
    out: str
    err: str


def signaled(
    *arguments: object,
    numbers: Sequence[int],
    importing: str = "",
    calling: str = "",
    nth: int = 1,
) -> Ended:
    """Run ``impasto``; signals come to it at one point.

    Args:
        *arguments: Of the command.
        numbers: The signals, which come one right after the other.
        importing: They come when this module is imported; or
        calling: when this function is called, as ``package.module.Class.function``,
        nth: for the n-th time.
    """
    point = json.dumps([importing, calling, nth, [int(number) for number in numbers]])
    with running([sys.executable, "-c", PROGRAM, point, *map(str, arguments)]) as process:
        out, err = rest_of(process)
    assert "the signal comes\n" in err, err
    return Ended(process.returncode, out, err)


def program(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a Python program, whose lines can be read and which can be written to."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
