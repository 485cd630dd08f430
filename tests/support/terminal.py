"""A terminal of this process's own, whose screen is read as a person would."""

import contextlib
import os
import pty
import re
import termios
import threading
import time

PATIENCE = 300.0
"""Seconds that anything may take on a busy machine."""


class Terminal:
    """A terminal of 100 columns, and what has appeared on it, without escape sequences."""

    def __init__(self) -> None:
        self.keyboard, self.screen = pty.openpty()
        termios.tcsetwinsize(self.screen, (30, 100))
        self.seen = ""
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        data = b""
        with contextlib.suppress(OSError):  # on Linux, the end is an error
            while piece := os.read(self.keyboard, 1 << 16):
                data += piece
                self.seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", data.decode(errors="replace"))

    def wait_for(self, pattern: str) -> None:
        end = time.monotonic() + PATIENCE
        while not re.search(pattern, self.seen, re.DOTALL):
            assert time.monotonic() < end, self.seen
            time.sleep(0.02)

    def press(self, key: bytes) -> None:
        os.write(self.keyboard, key)

    def finish(self) -> str:
        """Return everything seen, once nobody writes any more."""
        self.reader.join(PATIENCE)
        assert not self.reader.is_alive()
        os.close(self.keyboard)
        return self.seen
