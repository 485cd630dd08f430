"""Signals that ask a process to end: they set a flag, and whoever consumes the steps sees it.

    SIGINT   Ctrl-C                130
    SIGTERM  a request to end      143
    SIGHUP   the terminal closed   129

Where there is something to keep, a command heeds: a signal waits as a flag until all is kept, and
the command leaves with the code above. A second Ctrl-C then ends the process at once. The others
come several times by themselves (``timeout``, systemd, a terminal that closes), so that a second
one changes nothing.

Elsewhere a signal ends the process at once, by `os._exit`. No handler raises an exception: one
that comes into a callback of libvips, into a finalizer, or into what the import of every module
calls back, is printed and forgotten. What `os._exit` leaves out is nothing here: pictures, cells
and checkpoints are written while signals are heeded, a download goes on from the bytes on disk,
what a run has locked is freed, and the terminal gets its cursor back.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn, final

SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Windows has no SIGHUP."""

SHOW_CURSOR: Final = "\x1b[?25h"
"""What a live display has hidden."""


@final
class Interruption:
    """The signal that has asked this process to end, if one has.

    Attributes:
        came: Its number; None as long as none has.
        heeded: Whether somebody looks at the flag, because there is something to keep.
        raises: Whether somebody waits for the keyboard, and puts the terminal in order at the end.
        leftovers: Files that are taken away if the process ends at once.
    """

    def __init__(self) -> None:
        self.came: int | None = None
        self.heeded = self.raises = False
        self.leftovers: set[Path] = set()

    def listen(self) -> None:
        """Receive signals from now on, but those that are ignored, as SIGHUP is under ``nohup``."""
        self.came, self.heeded, self.raises = None, False, False
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self.receive)

    def receive(self, number: int, frame: FrameType | None) -> None:
        """Set the flag; where nobody looks at it, end the process."""
        if self.raises:
            self.came = number
            raise KeyboardInterrupt
        if not self.heeded:
            for path in self.leftovers:
                with suppress(OSError):
                    path.unlink()
            end(number)
        if self.came is not None:
            return
        self.came = number
        if signal.getsignal(signal.SIGINT) == self.receive:
            # The system's own action ends the process even within a long computation.
            show_cursor()
            signal.signal(signal.SIGINT, signal.SIG_DFL)

    def has_come(self) -> bool:
        """Tell whether to stop."""
        return self.came is not None

    @contextmanager
    def heed(self) -> Iterator[None]:
        """Let a signal wait until the end of a block, and leave then.

        Raises:
            SystemExit: With 128 and the number of the signal.
        """
        self.heeded = True
        try:
            yield
        finally:
            self.heeded = False
        self.leave()

    @contextmanager
    def prompt(self) -> Iterator[None]:
        """Let a signal raise KeyboardInterrupt meanwhile, so that a password's echo comes back."""
        self.raises = True
        try:
            yield
        finally:
            self.raises = False

    def leave(self) -> None:
        """Leave if a signal has come, as `heed` does at its end."""
        if self.came is not None:
            complain("impasto: interrupted")
            sys.exit(128 + self.came)


INTERRUPTION: Final = Interruption()
"""Of this process."""


def end(number: int) -> NoReturn:
    """End the process at once, as a signal asks for."""
    show_cursor()
    # Not print: the signal may have come into the midst of another.
    write_raw("impasto: interrupted\n")
    os._exit(128 + number)


def show_cursor() -> None:
    """Show the cursor of the terminal, if standard error is one, on a line of its own."""
    if sys.__stderr__ is not None and sys.__stderr__.isatty():
        write_raw(f"{SHOW_CURSOR}\n")


def write_raw(text: str) -> None:
    """Write to standard error past all buffers, if anybody reads it, without waiting for that."""
    with suppress(OSError, ValueError):
        if sys.__stderr__ is None:
            return
        place = sys.__stderr__.fileno()
        if sys.platform == "win32" or select.select([], [place], [], 0)[1]:
            os.write(place, text.encode())


def complain(sentence: str) -> None:
    """Print a sentence on standard error, as long as anybody reads it."""
    if sys.stderr is None:
        return
    try:
        print(sentence, file=sys.stderr, flush=True)
    except OSError:  # the reader has gone, as in ``2>&1 | head``, or the terminal: the work goes on
        mute(sys.stderr.fileno())


def mute(descriptor: int) -> None:
    """Let what is written to a file vanish from now on."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, descriptor)
        if nowhere != descriptor:  # as it is where the descriptor was the lowest that is free
            os.close(nowhere)
