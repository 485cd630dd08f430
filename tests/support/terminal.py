"""A terminal of this process's own, whose screen is read as a person would."""

import contextlib
import os
import pty
import re
import select
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator

import pytest

from impasto.__main__ import main

PATIENCE = 300.0
"""Seconds that anything may take on a busy machine."""

# The terminal on stderr becomes the one that Ctrl-C comes from, as in a shell.
IN_A_TERMINAL = (
    "import fcntl, sys, termios; fcntl.ioctl(2, termios.TIOCSCTTY, 0); sys.argv[0] = 'impasto'; "
    "from impasto.__main__ import program; program()"
)

HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"


class Terminal:
    """A terminal of 100 columns.

    Attributes:
        raw: What has been sent to it.
        seen: What has appeared on it: the same without escape sequences.
    """

    def __init__(self) -> None:
        self.keyboard, self.screen = pty.openpty()
        termios.tcsetwinsize(self.screen, (30, 100))
        self.raw = self.seen = ""
        self.closing = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        data = b""
        with contextlib.suppress(OSError):  # on Linux, the end is an error
            while not self.closing.is_set():
                if not select.select([self.keyboard], [], [], 0.05)[0]:
                    continue
                data += os.read(self.keyboard, 1 << 16)
                self.raw = data.decode(errors="replace")
                self.seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.raw)

    @contextlib.contextmanager
    def running(self, words: list[str], **streams: int) -> Iterator[subprocess.Popen[bytes]]:
        """Run a program whose standard error is this terminal; it is ended with the block."""
        with subprocess.Popen(
            words, stderr=self.screen, stdout=subprocess.PIPE, start_new_session=True, **streams
        ) as process:
            os.close(self.screen)
            try:
                yield process
            finally:
                process.kill()

    def run(self, monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
        """Run `impasto` in this process, its standard error on this terminal; return the code."""
        with open(self.screen, "w") as stderr, monkeypatch.context() as patched:  # noqa: PTH123
            patched.setattr(sys, "argv", ["impasto", *map(str, words)])
            patched.setattr(sys, "stderr", stderr)
            with pytest.raises(SystemExit) as stopped:
                main()
        return int(stopped.value.code or 0)

    def wait_for(self, pattern: str) -> None:
        end = time.monotonic() + PATIENCE
        while not re.search(pattern, self.seen, re.DOTALL):
            assert time.monotonic() < end, self.seen
            time.sleep(0.02)

    def press(self, key: bytes) -> None:
        os.write(self.keyboard, key)

    def has_cursor(self) -> bool:
        """Tell whether the cursor was hidden, and can be seen again."""
        return -1 < self.raw.rfind(HIDE_CURSOR) < self.raw.rfind(SHOW_CURSOR)

    def echoes(self) -> bool:
        """Tell whether what is typed can be seen."""
        return bool(termios.tcgetattr(self.keyboard)[3] & termios.ECHO)

    def hang_up(self) -> None:
        """Go away, as a window that is closed."""
        self.closing.set()
        self.reader.join(PATIENCE)
        os.close(self.keyboard)

    def finish(self) -> str:
        """Return everything seen, once nobody writes any more."""
        self.reader.join(PATIENCE)
        assert not self.reader.is_alive()
        os.close(self.keyboard)
        return self.seen


def in_a_terminal(*arguments: object) -> list[str]:
    """Return the command for ``impasto`` as it is started in the terminal on standard error."""
    return [sys.executable, "-c", IN_A_TERMINAL, *map(str, arguments)]
