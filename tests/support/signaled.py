"""Impasto in a process of its own, to which signals come at a certain point of the program."""

import json
import re
import sys
from collections.abc import Sequence
from typing import NamedTuple

from tests.support.processes import rest_of, running

PROGRAM = """
import atexit, contextlib, json, os, pkgutil, signal, sys

importing, calling, nth, numbers = json.loads(sys.argv.pop(1))
sys.argv[0] = "impasto"

def tell(line):
    with contextlib.suppress(BrokenPipeError):
        os.write(2, line.encode())

def interrupt():
    tell("the signal comes\\n")
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
    atexit.register(lambda: tell(f"calls: {len(calls)}\\n"))

from impasto.__main__ import main
main()
"""


class Ended(NamedTuple):
    """How a process has ended.

    Attributes:
        code: Its exit code, negative if the system has ended it.
        out: What it has printed.
        err: Likewise on standard error.
        calls: How often the function was called, unless the process has ended at once.
    """

    code: int
    out: str
    err: str
    calls: int | None = None


def program(
    numbers: Sequence[int], importing: str = "", calling: str = "", nth: int = 1
) -> list[str]:
    """Return the command for ``impasto``, without arguments; see `signaled`."""
    point = json.dumps([importing, calling, nth, [int(number) for number in numbers]])
    return [sys.executable, "-c", PROGRAM, point]


def signaled(
    *arguments: object,
    numbers: Sequence[int],
    importing: str = "",
    calling: str = "",
    nth: int = 1,
    under: Sequence[str] = (),
) -> Ended:
    """Run ``impasto``; signals come to it at one point.

    Args:
        *arguments: Of the command.
        numbers: The signals, which come one right after the other.
        importing: They come when this module is imported; or
        calling: when this function is called, as ``package.module.Class.function``,
        nth: for the n-th time.
        under: A command that runs others, like ``nohup``.
    """
    words = [*under, *program(numbers, importing, calling, nth), *map(str, arguments)]
    with running(words) as process:
        out, err = rest_of(process)
    assert "the signal comes\n" in err, err
    counted = re.search(r"^calls: (\d+)\n", err, re.MULTILINE)
    if counted is None:
        return Ended(process.returncode, out, err)
    return Ended(process.returncode, out, err.replace(counted[0], ""), int(counted[1]))
