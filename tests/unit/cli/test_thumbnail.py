"""The picture in letters that a terminal shows while it is painted."""

import io

import pytest
from PIL import Image
from rich.console import Console
from rich.text import Text

from impasto.cli import display
from impasto.cli.display import LiveDisplay
from impasto.cli.thumbnail import HIGH, WIDE, thumbnail
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
    monkeypatch.setattr(display, "thumbnail", lambda *given: made.append(now[0]) or Text())
    settings = Settings(size=32, plan="16:5,32:5", backbone="pocket")
    console = Console(file=io.StringIO(), force_terminal=True, color_system="256", height=40)
    for _ in run(prepare(photograph, painting, settings), [LiveDisplay(console)]):
        now[0] += 0.75
    assert made == [0, 2.25, 4.5, 6.75, 7.5]
