"""The size of a picture on paper."""

import pytest

from impasto.errors import SettingsError
from impasto.settings import for_print, on_paper


@pytest.mark.parametrize(
    ("text", "size", "resolution"),
    [
        ("30x20cm@300", 3543, 300),
        ("20x30cm", 3543, 300),
        ("12 x 8 in@150", 1800, 150),
        ("100x150mm@254", 1500, 254),
    ],
)
def test_the_long_side_is_that_of_the_paper(text, size, resolution):
    assert for_print(text, {}) == {"size": size, "resolution": resolution}


@pytest.mark.parametrize(
    "text", ["30x20", "30cm", "0x20cm", "1.2.3x2cm", "30x20cm@", "axbcm", "3x2cm@0"]
)
def test_nothing_else_is_a_size_on_paper(text):
    with pytest.raises(SettingsError, match="like 30x20cm@300"):
        for_print(text, {})


@pytest.mark.parametrize("name", ["size", "resolution"])
def test_what_it_decides_is_not_given_beside_it(name):
    with pytest.raises(SettingsError, match=f"print and {name} are given"):
        for_print("30x20cm", {name: "300"})


def test_a_picture_says_how_large_it_becomes():
    assert on_paper(1800, 1200, 300) == "15.2 × 10.2 cm at 300 pixels per inch"
