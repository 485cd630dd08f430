"""Signals that ask a process to end: they set a flag, and whoever consumes the steps sees it.

    SIGINT   Ctrl-C                130
    SIGTERM  a request to end      143
    SIGHUP   the terminal closed   129

Where there is something to keep, the command says so with `Heeding` or `Interruption.heed`, looks
at the flag after every step, keeps what there is, and leaves. Before that, and when a second signal
comes, the process ends at once.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final, final

import click

SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)

SHOW_CURSOR: Final = "\x1b[?25h"
"""What a live display has hidden."""


@final
class Interruption:
    """The signal that has asked this process to end, if one has.

    Attributes:
        came: Its number; None as long as none has.
        heeded: Whether somebody looks at the flag, because there is something to keep.
    """

    def __init__(self) -> None:
        self.came: int | None = None
        self.heeded = False

    def listen(self) -> None:
        """Receive signals from now on, but those that are ignored, as SIGHUP is under ``nohup``."""
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self.receive)

    def receive(self, number: int, frame: FrameType | None) -> None:
        """Set the flag, or end the process if nobody looks at it or this is the second signal."""
        if self.heeded and self.came is None:
            self.came = number
            return
        if sys.stderr.isatty():
            complain(SHOW_CURSOR, end="")
        complain("impasto: interrupted")
        # An exception could get lost in a library that calls back; this cannot.
        os._exit(128 + number)

    @contextmanager
    def heed(self) -> Iterator[None]:
        """Look at the flag meanwhile, and leave at the end if it is set.

        Raises:
            click.exceptions.Exit: With 128 and the number of the signal.
        """
        self.heeded = True
        try:
            yield
        finally:
            self.heeded = False
        self.leave()

    def leave(self) -> None:
        """Leave if a signal has come, as `heed` does at its end."""
        if self.came is not None:
            complain("impasto: interrupted")
            raise click.exceptions.Exit(128 + self.came)


INTERRUPTION: Final = Interruption()
"""Of this process."""


def complain(sentence: str, end: str = "\n") -> None:
    """Print a sentence on standard error, as long as somebody reads it."""
    try:
        print(sentence, end=end, file=sys.stderr, flush=True)
    except BrokenPipeError:  # as in ``2>&1 | head``: the work goes on
        mute(sys.stderr.fileno())


def mute(descriptor: int) -> None:
    """Let what is written to a file whose reader has gone vanish."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
