"""The picture in letters that a terminal shows while it is painted."""

import io
import re
from base64 import standard_b64decode

import pytest
from PIL import Image
from rich.console import Console
from rich.segment import Segments

from impasto.cli import display
from impasto.cli.display import LiveDisplay
from impasto.cli.thumbnail import HIGH, PLACEHOLDER, WIDE, on_terminal, thumbnail
from impasto.job import prepare
from impasto.run import run
from impasto.settings import Settings


def test_two_pixels_are_one_letter():
    picture = Image.new("RGB", (2, 2), "red")
    picture.putpixel((1, 1), (0, 0, 255))
    left, right = thumbnail(picture).spans
    assert [span.style.color.triplet for span in (left, right)] == [(255, 0, 0), (255, 0, 0)]
    assert [span.style.bgcolor.triplet for span in (left, right)] == [(255, 0, 0), (0, 0, 255)]


@pytest.mark.parametrize("size", [(4000, 100), (100, 4000), (30, 3)])
def test_it_fits_into_a_terminal_and_keeps_its_shape(size):
    lines = thumbnail(Image.new("RGB", size)).plain.splitlines()
    assert 1 <= len(lines) <= HIGH
    assert 1 <= len(lines[0]) <= WIDE


@pytest.mark.parametrize(
    ("colors", "height", "shown"),
    [("truecolor", 40, True), ("256", 40, True), (None, 40, False), ("truecolor", 12, False)],
)
def test_it_is_shown_where_there_is_color_and_room(photograph, painting, colors, height, shown):
    settings = Settings(size=32, plan="16:2,32:1", backbone="pocket")
    stream = io.StringIO()
    console = Console(
        file=stream, force_terminal=True, color_system=colors, width=100, height=height
    )
    for _ in run(prepare(photograph, painting, settings), [LiveDisplay(console)]):
        pass
    assert ("▀" * 16 in "".join(c for c in stream.getvalue() if c in "▀\n")) is shown


def test_it_is_renewed_every_other_second(photograph, painting, monkeypatch):
    made, now = [], [0.0]
    monkeypatch.setattr(display.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(display, "on_terminal", lambda *given: made.append(now[0]) or Segments([]))
    settings = Settings(size=32, plan="16:5,32:5", backbone="pocket")
    console = Console(file=io.StringIO(), force_terminal=True, color_system="256", height=40)
    for _ in run(prepare(photograph, painting, settings), [LiveDisplay(console)]):
        now[0] += 0.75
    assert made == [0, 2.25, 4.5, 6.75, 7.5]


CODE = re.compile(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\")
"""A piece of a picture: its keys, and its data in base 64."""


def console_of(colors="256"):
    return Console(file=io.StringIO(), force_terminal=True, color_system=colors, width=100)


@pytest.mark.parametrize("terminal", ["xterm-kitty", "xterm-ghostty"])
def test_a_terminal_that_shows_pixels_is_sent_the_picture(monkeypatch, terminal):
    monkeypatch.setenv("TERM", terminal)
    console = console_of()
    seen = Image.effect_noise((320, 160), 90).convert("RGB")
    rendered = on_terminal(seen, HIGH, console)
    pieces = CODE.findall(console.file.getvalue())
    assert len(pieces) > 2
    assert [keys.split(",")[-1] for keys, _ in pieces] == ["m=1"] * (len(pieces) - 1) + ["m=0"]
    first = dict(key.split("=") for key in pieces[0][0].split(","))
    assert {**first, "i": ""} == {
        **{"a": "T", "U": "1", "q": "2", "f": "100", "i": ""},
        **{"c": "64", "r": "16", "m": "1"},
    }
    sent = Image.open(io.BytesIO(standard_b64decode("".join(data for _, data in pieces))))
    assert sent.convert("RGB").tobytes() == seen.tobytes()
    lines = "".join(segment.text for segment in rendered.segments).split()
    assert [line.count(PLACEHOLDER) for line in lines] == [64] * 16
    assert len({line[1] for line in lines}) == 16  # each says which row it is
    (color,) = {segment.style.color.number for segment in rendered.segments if segment.text.strip()}
    assert str(color) == first["i"]


def test_elsewhere_it_is_letters(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    console = console_of()
    rendered = on_terminal(Image.new("RGB", (64, 32)), HIGH, console)
    assert console.file.getvalue() == ""
    assert "".join(segment.text for segment in rendered.segments).split() == ["▀" * 64] * 16


def test_the_live_display_moves_pixels_like_letters(photograph, painting, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-kitty")
    settings = Settings(size=32, plan="16:2,32:1", backbone="pocket")
    console = Console(
        file=io.StringIO(), force_terminal=True, color_system="truecolor", width=100, height=40
    )
    for _ in run(prepare(photograph, painting, settings), [LiveDisplay(console)]):
        pass
    written = console.file.getvalue()
    assert CODE.search(written)
    assert written.count(PLACEHOLDER) >= 32
