"""Run the command line, and turn every failure into one sentence and an exit code."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from threading import Timer, main_thread
from types import FrameType
from typing import NoReturn, TextIO, cast

import click

from impasto.errors import ImpastoError, explain
from impasto.machine import keep_freed_memory

INTERRUPTED, TERMINATED = 130, 143


def main() -> NoReturn:
    """Run ``impasto`` with the arguments of the process and exit.

    Exit codes: 0 done, 1 failed, 2 bad input, 130 interrupted (the image so far is kept).
    """
    signal.signal(signal.SIGTERM, terminate)
    keep_freed_memory()
    with redirect_stderr(Unheard(sys.stderr)), heeded():
        run()


def run() -> NoReturn:
    """Run the command line and exit."""
    try:
        from impasto.cli import cli  # takes a moment, in which Ctrl-C may come

        cli.main(standalone_mode=False)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        complain("interrupted")
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        complain(error.format_message())
        sys.exit(error.exit_code)
    except ImpastoError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if os.environ.get("IMPASTO_DEBUG"):
            raise
        complain(explain(error))
        sys.exit(1)
    sys.exit(0)


@contextmanager
def heeded() -> Iterator[None]:
    """Let no Ctrl-C and no request to end get lost meanwhile.

    Python drops an exception that comes where nobody can catch it, as when libvips calls back to
    log a message. An interruption that was dropped comes again a moment later.
    """
    drop, again = sys.unraisablehook, []

    def hook(dropped: sys.UnraisableHookArgs) -> None:
        number = signal_of(dropped.exc_value)
        if number is None:
            drop(dropped)
            return
        again.append(Timer(0.02, send, (number,)))
        again[-1].daemon = True
        again[-1].start()

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = drop
        for timer in again:
            timer.cancel()


def signal_of(error: BaseException | None) -> signal.Signals | None:
    """Return the signal whose handler raises this, or None."""
    if isinstance(error, KeyboardInterrupt):
        return signal.SIGINT
    if isinstance(error, SystemExit) and error.code == TERMINATED:
        return signal.SIGTERM
    return None


def send(number: int) -> None:
    """Send a signal to the main thread, and wake it if it waits."""
    if sys.platform == "win32":
        signal.raise_signal(number)
    else:
        signal.pthread_kill(cast(int, main_thread().ident), number)


class Unheard(io.TextIOBase):
    """Standard error whose reader may go away, as in ``2>&1 | head``: the work goes on."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write, or drop the text if nobody reads any more."""
        with self.unheard():
            return self.stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush likewise."""
        with self.unheard():
            self.stream.flush()

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """Send all that follows nowhere once the reader has gone."""
        try:
            yield
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self.stream.fileno()

    def isatty(self) -> bool:
        """Tell whether it is a terminal."""
        return self.stream.isatty()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream, by which bars choose their characters."""
        return self.stream.encoding


def complain(sentence: str) -> None:
    """Print one sentence to stderr."""
    print(f"impasto: {sentence}", file=sys.stderr)


def terminate(number: int, frame: FrameType | None) -> NoReturn:
    """Handle a request to end: leave as after Ctrl-C, with its own exit code."""
    sys.exit(TERMINATED)


if __name__ == "__main__":
    main()
