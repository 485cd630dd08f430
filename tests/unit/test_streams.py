"""Streams on which no output fails, whatever their encoding and whoever has gone."""

import codecs
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from impasto.cli import COMMANDS, CONTEXT
from impasto.streams import LENIENT, lenient, prepared

codecs.register_error(LENIENT, lenient)


def written(text: str, encoding: str) -> bytes:
    """What a stream with this encoding, as Python opens one, passes on."""
    ours, theirs = os.pipe()
    with os.fdopen(ours, "rb") as reader, os.fdopen(theirs, "w", encoding=encoding) as stream:
        lenient_stream = prepared(stream)
        lenient_stream.write(text)
        lenient_stream.close()
        stream.close()
        return reader.read()


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp437", "ascii", "utf-8"])
def test_every_help_can_be_written_in_every_encoding(encoding):
    for each in COMMANDS:
        text = each.get_help(each.make_context(each.name, [], resilient_parsing=True, **CONTEXT))
        assert len(written(text, encoding)) >= len(text)


@pytest.mark.parametrize(
    ("text", "encoding", "seen"),
    [
        ("α = 1 é", "cp1252", b"\\u03b1 = 1 \xe9"),
        ("α", "utf-8", "α".encode()),
        ("\udcff.png α", "ascii", b"\xff.png \\u03b1"),
        ("\ud800", "utf-8", b"\\ud800"),
    ],
)
def test_a_letter_that_an_encoding_lacks_is_its_number(text, encoding, seen):
    assert written(text, encoding) == seen


def test_who_has_gone_is_not_written_to():
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "w") as stream:
        silent = prepared(stream)
        for _ in range(2):
            print("one", file=silent, flush=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk")
def test_another_failure_is_told():
    with Path("/dev/full").open("w") as stream, pytest.raises(OSError, match="No space"):
        print("one", file=prepared(stream), flush=True)


def test_a_missing_stream_is_silent():
    with prepared(None) as stream:
        assert stream.write("one") == 3


def test_somebody_elses_stream_is_left_alone():
    own = io.StringIO()
    assert prepared(own) is own


def test_no_file_takes_the_place_of_a_missing_stream():
    code = (
        "import os; os.closerange(0, 3); import sys; sys.stdin = sys.stdout = sys.stderr = None\n"
        "from impasto.streams import prepare_streams; prepare_streams()\n"
        "print('x'); print('x', file=sys.stderr)\n"
        "os._exit(open(sys.executable).fileno())"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode > 2
