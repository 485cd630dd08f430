"""Sizes, and pictures brought to them."""

from __future__ import annotations

import numpy as np
import pytest

from impasto import images
from impasto.images import Picture, fit, resize, resize_cutout
from tests.support.picture_files import UNIT


@pytest.mark.parametrize(
    ("size", "long_side", "expected"),
    [
        ((4000, 3000), 512, (512, 384)),
        ((3000, 4000), 512, (384, 512)),
        ((100, 100), 7, (7, 7)),
        ((5000, 1), 512, (512, 1)),
        ((3, 2), 5, (5, 3)),
        ((30, 20), 3000, (3000, 2000)),
    ],
)
def test_the_long_side_is_exact_and_the_other_keeps_the_proportions(size, long_side, expected):
    assert fit(*size, long_side) == expected


@pytest.mark.parametrize(("old", "new"), [(64, 100), (64, 128), (100, 37), (1000, 64), (40, 1000)])
@pytest.mark.parametrize("axis", [0, 1])
def test_resizing_does_not_shift(old, new, axis):
    ramp = np.tile((np.arange(old) + 0.5) / old, (8, 1))
    wanted = np.tile((np.arange(new) + 0.5) / new, (8, 1))
    result = resize(ramp, new, 8) if axis else resize(ramp.T, 8, new).T
    inside = slice(new // 5, -new // 5)  # At the ends a filter sees only one side.
    pixel = 1 / min(old, new)
    assert np.abs(result - wanted)[:, inside].max() < 0.01 * pixel
    assert np.abs(result - wanted).max() < pixel


def test_resizing_is_symmetric_and_the_same_every_time():
    for size in ((45, 33), (13, 7), (45, 7)):
        once = resize(UNIT, *size)
        assert np.allclose(once[::-1, ::-1], resize(UNIT[::-1, ::-1], *size), atol=1e-6)
        assert np.array_equal(once, resize(UNIT, *size))
        assert once.dtype == UNIT.dtype == np.float64
        assert resize(np.float32(UNIT), *size).dtype == np.float32


def test_shrinking_leaves_no_moiré():
    stripes = np.tile(np.arange(512) % 2, (16, 1)).astype(float)
    assert np.abs(resize(stripes, 100, 16)[:, 5:-5] - 0.5).max() < 0.02


def test_resizing_stays_within_the_range_and_keeps_detail():
    edge = np.repeat([0.25, 0.75], 32)[None].repeat(64, 0)
    for side in (23, 64, 201):
        result = resize(edge, side, side)
        assert result.min() == 0.25
        assert result.max() == 0.75
    assert np.array_equal(resize(edge, 64, 64), edge)


@pytest.mark.parametrize("shape", [(1, 50, 3), (50, 1, 3), (1, 1, 3), (1, 50)])
@pytest.mark.parametrize("size", [(1, 1), (7, 1), (1, 90), (90, 90)])
def test_resizing_a_single_line_keeps_it(shape, size):
    result = resize(np.full(shape, 0.3), *size)
    assert result.shape == (size[1], size[0], *shape[2:])
    assert np.allclose(result, 0.3)


@pytest.mark.parametrize("shape", [(30, 60), (60, 30), (40, 40), (10, 300)])
def test_cover_keeps_the_middle_and_the_proportions(shape):
    height, width = shape
    y, x = np.mgrid[0:height, 0:width]
    ramps = np.stack([(x + 0.5) / width, (y + 0.5) / height], axis=2)
    covered = images.cover(ramps, 24, 18)
    assert covered.shape == (18, 24, 2)
    scale = max(24 / width, 18 / height)
    assert covered.mean(axis=(0, 1)) == pytest.approx([0.5, 0.5], abs=0.02)
    inner = covered[3:-3, 3:-3]
    across, down = np.diff(inner[..., 0], axis=1), np.diff(inner[..., 1], axis=0)
    assert across.mean() == pytest.approx(1 / (width * scale), rel=0.05)
    assert down.mean() == pytest.approx(1 / (height * scale), rel=0.05)


def test_cover_cuts_nothing_off_where_only_rounding_differs():
    values = np.random.default_rng(0).random((30, 40, 3))
    assert np.array_equal(images.cover(values, 39, 30), images.resize(values, 39, 30))


@pytest.mark.parametrize("hidden", [0, 1])
def test_what_transparency_hides_does_not_seep_into_the_border_of_a_cutout(hidden):
    dark = np.array([30, 10, 10], np.float32) / 255
    inside = np.hypot(*(np.mgrid[0:64, 0:64] - 31.5)) < 20
    rgb = np.where(inside[..., None], dark, np.float32(hidden))
    alpha = inside.astype(np.float32)
    small = resize_cutout(Picture(rgb, alpha), 24, 24)
    seen = resize(alpha, 24, 24) > 0.01
    assert np.abs(small[seen] - dark).max() < 1e-4
    assert (small[0, 0] == 1).all()


def test_a_cutout_keeps_its_size_and_colors_where_nothing_is_transparent():
    rgb = np.random.default_rng(0).random((20, 30, 3), np.float32)
    assert np.array_equal(resize_cutout(Picture(rgb), 15, 10), resize(rgb, 15, 10))
    same = resize_cutout(Picture(rgb, np.zeros((20, 30), np.float32)), 30, 20)
    assert np.array_equal(same, rgb)


@pytest.mark.parametrize(
    "size", [(30, 20), (7, 5), (16, 40), (61, 20), (1, 1), (300, 200), (31, 21)]
)
@pytest.mark.parametrize("shape", [(20, 30, 3), (20, 30), (1, 50, 3), (3, 1)])
def test_double_precision_is_resized_as_single_precision_is(size, shape):
    values = np.random.default_rng(0).random(shape)
    double, single = (resize(each, *size) for each in (values, values.astype(np.float32)))
    assert (double.dtype, single.dtype) == (np.float64, np.float32)
    assert double.shape == single.shape
    assert np.abs(double - single).max() < 2e-6


def test_double_precision_stays():
    ramp = np.linspace(0, 1, 40)[None].repeat(3, axis=0)
    enlarged = resize(ramp, 80, 3)[1]
    expected = (np.arange(80) / 2 - 0.25) / 39
    assert np.abs(enlarged - expected)[8:-8].max() < 1e-14
    assert np.abs(resize(np.full((9, 40, 3), 1 / 3), 17, 5) - 1 / 3).max() < 1e-15


@pytest.mark.parametrize(("height", "width"), [(100, 90), (20, 17), (50, 40), (50, 80)])
def test_rows_are_those_of_the_whole(height, width):
    picture = np.random.default_rng(0).random((50, 40, 3), np.float32)
    parts = [images.resize_rows(picture, width, height, slice(k, k + 10))
             for k in range(0, height, 10)]  # fmt: skip
    whole = resize(picture, width, height)
    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=0, atol=1e-6)
