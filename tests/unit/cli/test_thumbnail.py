"""The picture in letters that a terminal shows once forms and colors are laid out."""

import io

import pytest
from PIL import Image
from rich.console import Console

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
    ("plan", "colors", "shown"),
    [("16:2,32:1", "truecolor", True), ("32:2", "truecolor", False), ("16:2,32:1", None, False)],
)
def test_it_is_shown_once_after_the_coarsest_of_several_sizes(
    photograph, painting, plan, colors, shown
):
    settings = Settings(size=32, plan=plan, backbone="pocket")
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, color_system=colors, width=100)
    for _ in run(prepare(photograph, painting, settings), [LiveDisplay(console)]):
        pass
    assert ("▀" * 16 in "".join(c for c in stream.getvalue() if c in "▀\n")) is shown
