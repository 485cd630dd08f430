r"""Standard streams on which no output fails: nobody has to read, and every letter can be written.

A painting takes minutes to hours, and what is said meanwhile is the lesser part of it. So

- a stream that is missing (``2>&-``, or a program without a console) is silent;
- a stream whose reader has gone (``| head -1``) is silent from then on;
- a letter that the stream's encoding lacks is written as its number, like ``\u03b2``, and a byte
  in a file's name that is no letter is written as it is.

Other failures, such as a full disk under a redirected output, are told as ever.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO, final

from impasto.interruption import mute

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

LENIENT: Final = "impasto-lenient"
"""The name under which codecs knows what is done with letters that an encoding lacks."""


def prepare_streams() -> None:
    """Make standard output and error of this process such streams."""
    codecs.register_error(LENIENT, lenient)
    for descriptor in (0, 1, 2):
        occupy(descriptor)
    sys.stdout, sys.stderr = prepared(sys.stdout), prepared(sys.stderr)


def lenient(error: UnicodeError) -> tuple[str | bytes, int]:
    """Return what is written in the place of letters that an encoding lacks."""
    try:
        return codecs.lookup_error("surrogateescape")(error)
    except UnicodeError:
        return codecs.lookup_error("backslashreplace")(error)


def occupy(descriptor: int) -> None:
    """Lead a missing stream nowhere: else the next file to be opened would become the stream."""
    try:
        os.fstat(descriptor)
    except OSError:
        mute(descriptor)


def prepared(stream: TextIO | None) -> TextIO:
    """Return a stream on which no output fails in place of one that Python has opened."""
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8")  # for as long as the process lives
    if type(stream) is not io.TextIOWrapper:
        return stream  # somebody else's, who knows what to do with it
    if sys.platform == "win32":  # whose consoles take no bytes
        stream.reconfigure(errors=LENIENT)
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(Outlet(stream.fileno(), "w", closefd=False)),
        encoding=stream.encoding,
        errors=LENIENT,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


@final
class Outlet(io.FileIO):
    """A file that is silent from when its reader has gone."""

    def write(self, content: ReadableBuffer, /) -> int:
        """Write bytes, and return how many; all of them if nobody reads."""
        try:
            return super().write(content)
        except BrokenPipeError:
            mute(self.fileno())
            return super().write(content)
