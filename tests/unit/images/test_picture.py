"""A picture in memory."""

from __future__ import annotations

import numpy as np

from impasto.images import Picture


def test_over_black_is_what_is_lit():
    rgb = np.full((16, 16, 3), 0.5, np.float32)
    assert Picture(rgb).over_black() is rgb
    assert np.allclose(Picture(rgb, np.full((16, 16), 0.25, np.float32)).over_black(), 0.125)


def test_over_white_is_what_is_seen_on_paper():
    picture = Picture(np.zeros((1, 2, 3), np.float32), np.float32([[0.25, 1]]))
    assert picture.over_white()[0, :, 0].tolist() == [0.75, 0]
    assert Picture(picture.rgb).over_white() is picture.rgb
