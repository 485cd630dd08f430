"""What the brush painted: only pictures come in, and only the colors of the brush come out."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from impasto.controls.masks import color_parts
from impasto.errors import PictureError
from impasto.images import Picture
from impasto.studio.strokes import (
    PREFIX,
    STROKE_COLORS,
    as_gray,
    as_mask,
    of_mask,
    received,
    sent,
    used,
)


def message(picture: Image.Image, kind: str = "PNG") -> str:
    file = io.BytesIO()
    picture.save(file, kind)
    return PREFIX + base64.b64encode(file.getvalue()).decode()


@pytest.fixture
def strokes():
    made = np.zeros((30, 40), np.uint8)
    for index in range(len(STROKE_COLORS)):
        made[:, 5 * index : 5 * index + 5] = index + 1
    return made


def test_what_the_page_is_sent_comes_back_the_same(strokes):
    assert np.array_equal(received(sent(strokes)), strokes)


def test_soft_edges_and_noise_become_a_color_or_none():
    rgba = np.zeros((1, 4, 4), np.uint8)
    rgba[0] = [(255, 0, 0, 100), (230, 30, 20, 200), (5, 250, 0, 255), (20, 20, 20, 255)]
    assert received(message(Image.fromarray(rgba))).tolist() == [[0, 1, 2, 0]]


def test_nothing_painted_is_nothing():
    assert received(message(Image.new("RGBA", (8, 8)))) is None


@pytest.mark.parametrize(
    "sent_by_hand",
    [
        None,
        7,
        "",
        "/etc/passwd",
        "data:image/svg+xml;base64,AAAA",
        PREFIX + "no letters of base64!",
        PREFIX + base64.b64encode(b"Dear diary").decode(),
        message(Image.new("RGB", (8, 8)), "BMP"),
        message(Image.new("RGBA", (64, 64), "red"))[:-60],
        message(Image.new("1", (2049, 2))),
        PREFIX + "A" * 4_000_000,
    ],
)
def test_anything_else_is_refused(sent_by_hand):
    with pytest.raises(PictureError, match="what the brush painted"):
        received(sent_by_hand)


def test_a_mask_has_the_regions_that_were_painted(strokes):
    parts = color_parts(Picture(as_mask(strokes, list(STROKE_COLORS))))
    assert set(parts) == set(STROKE_COLORS)
    for index, name in enumerate(STROKE_COLORS, start=1):
        assert np.array_equal(parts[name] > 0, strokes == index)


def test_masks_become_strokes_again(strokes):
    assert np.array_equal(of_mask(Picture(as_mask(strokes, list(STROKE_COLORS)))), strokes)
    single = of_mask(Picture(as_gray(strokes, "blue")))
    assert np.array_equal(single > 0, strokes == 3)
    assert set(np.unique(single)) == {0, 1}


def test_what_is_left_of_a_color_painted_over_is_no_region_but_a_small_one_alone_is():
    strokes = np.zeros((100, 100), np.uint8)
    strokes[0, :20] = 2
    assert used(strokes) == ["green"]
    strokes[50:] = 1
    assert used(strokes) == ["red"]


def test_what_is_transparent_in_a_mask_is_not_painted():
    rgb, alpha = np.ones((16, 16, 3), np.float32), np.zeros((16, 16), np.float32)
    alpha[:, :8] = 1
    strokes = of_mask(Picture(rgb, alpha))
    assert (strokes[:, :8] == 1).all()
    assert (strokes[:, 8:] == 0).all()
