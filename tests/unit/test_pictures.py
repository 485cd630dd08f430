"""The pictures of the documentation: each is shown on a page and can be painted again."""

import re

import pytest
from docs import generate
from docs.pictures.__main__ import IMAGES, SHEETS, place
from docs.pictures.knobs import swept
from docs.pictures.sheets import GAP, sheet
from PIL import Image

from impasto.samples import painting, photograph

PAGES = "".join(path.read_text(encoding="utf-8") for path in generate.pages())


@pytest.mark.parametrize("name", SHEETS)
def test_every_sheet_is_shown_with_words_and_small_enough_to_load(name):
    path = place(name)
    if path.parent == IMAGES:  # the others are shown by the studio
        assert re.search(rf"!\[[^\]]+\]\((?:docs/)?images/{path.name}\)", PAGES)
    kind, most = ("WEBP", 1_000_000) if path.suffix == ".webp" else ("JPEG", 300_000)
    assert path.stat().st_size < most
    with Image.open(path) as picture:
        assert picture.format == kind


def test_pictures_of_a_sheet_have_one_height_and_keep_their_proportions():
    wide, tall = Image.new("RGB", (60, 30), "red"), Image.new("RGB", (20, 40), "blue")
    made = sheet([wide, tall], [tall], height=80)
    assert made.size == (160 + GAP + 40, 80 + GAP + 80)
    assert made.getpixel((159, 79)) == (255, 0, 0)
    assert made.getpixel((160 + GAP, 0)) == (0, 0, 255)
    assert made.getpixel((159, 80 + GAP)) == (255, 255, 255)


def test_a_contact_sheet_is_painted_by_a_sweep(capsys):
    pair = photograph("cat"), painting("dots")
    made = [
        swept(pair, f"style_weight={values}", size=48, more="--iterations 1")
        for values in ("10", "10,100,1000")
    ]
    assert made[1].width > made[0].width
    assert not capsys.readouterr().out
