"""Impasto in a process of its own, that is interrupted or killed at a certain line."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

PATIENCE = 300.0
"""Seconds that a process may take on a busy machine before a test gives it up."""

FATAL = """
import os, signal, sys

class Fatal:
    def __init__(self, stream, lines):
        self.stream, self.lines = stream, lines

    def write(self, text):
        self.stream.write(text)
        self.lines -= text.count("\\n")
        if self.lines <= 0:
            self.stream.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        return len(text)

    def __getattr__(self, name):
        return getattr(self.stream, name)

sys.stdout = Fatal(sys.stdout, int(sys.argv.pop(1)))
sys.argv[0] = "impasto"
from impasto.__main__ import main
main()
"""
"""Runs ``impasto`` until so many lines have been printed: the process ends in that moment."""


def command(*arguments: object) -> list[str]:
    """Return the command for ``impasto`` with some arguments."""
    return [sys.executable, "-m", "impasto", *map(str, arguments)]


def environment() -> dict[str, str]:
    """Return the environment of a process that shares the machine with others."""
    return {**os.environ, "OMP_NUM_THREADS": "1"}


@contextmanager
def running(words: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a program, whose output can be read line by line; it is ended with the block."""
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        watchdog = Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            yield process
        finally:
            watchdog.cancel()
            process.kill()


def rest_of(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Return what has not been read of a process's output and errors, once it has ended.

    `Popen.communicate` would lose the lines that have come already and were not asked for.
    """
    assert process.stdout is not None
    assert process.stderr is not None
    rest = process.stdout.read(), process.stderr.read()
    process.wait()
    return rest


def killed_after(lines: int, *arguments: object) -> list[str]:
    """Run ``impasto`` until it has printed some lines, and kill it there without warning."""
    words = [sys.executable, "-c", FATAL, str(lines), *map(str, arguments)]
    with running(words) as process:
        out, err = rest_of(process)
    assert process.returncode < 0, err
    return out.splitlines()
