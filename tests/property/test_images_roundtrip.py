"""What holds for every picture, size and text: nothing is lost on the way to a file and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from impasto.images import as_picture, fit, read, read_settings, resize, write

# The folder of one test may hold the files of all its examples: each overwrites the last.
quick = settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
sides = st.tuples(st.integers(1, 24), st.integers(16, 24))


def grids(bits: int, channels: int) -> st.SearchStrategy[np.ndarray]:
    dtype = np.uint8 if bits == 8 else np.uint16
    return sides.flatmap(lambda side: arrays(dtype, (*side, channels)))


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
@quick
@given(data=st.data())
def test_a_picture_comes_back_exactly(tmp_path, suffix, bits, data):
    values = data.draw(grids(bits, 3))
    peak = 2**bits - 1
    write(tmp_path / f"a{suffix}", values / peak, bits=bits)
    back = read(tmp_path / f"a{suffix}")
    assert back.alpha is None
    assert np.array_equal(np.rint(back.rgb * peak), values)
    # What was read once is read the same again: the float32 numbers are a fixed point.
    write(tmp_path / f"b{suffix}", back.rgb, bits=bits)
    assert np.array_equal(read(tmp_path / f"b{suffix}").rgb, back.rgb)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
@quick
@given(data=st.data())
def test_alpha_comes_back_exactly(tmp_path, suffix, bits, data):
    values = data.draw(grids(bits, 4))
    peak = 2**bits - 1
    given_picture = as_picture(values)
    assert given_picture.alpha is not None
    write(tmp_path / f"a{suffix}", given_picture.rgb, alpha=given_picture.alpha, bits=bits)
    back = read(tmp_path / f"a{suffix}")
    assert back.alpha is not None
    assert np.array_equal(np.rint(back.alpha * peak), values[..., 3])
    assert np.array_equal(back.rgb, given_picture.rgb)


@quick
@given(values=grids(8, 4))
def test_webp_is_lossless(tmp_path, values):
    picture = as_picture(values)
    write(tmp_path / "a.webp", picture.rgb, alpha=picture.alpha)
    back = read(tmp_path / "a.webp")
    assert np.array_equal(back.rgb, picture.rgb)
    # libvips gives no alpha channel back if the picture was opaque: WebP stores none then.
    alpha = np.ones(back.rgb.shape[:2]) if back.alpha is None else back.alpha
    assert np.array_equal(alpha, picture.alpha)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
@quick
@given(text=st.text(st.characters()) | st.text("\0\r\n\t%&<>\"']\\é\ud800\ufffe😀"))
def test_settings_come_back_exactly(tmp_path, suffix, text):
    write(tmp_path / f"a{suffix}", np.zeros((1, 16, 3), np.float32), settings=text)
    assert read_settings(tmp_path / f"a{suffix}") == text


@quick
@given(
    shape=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    channels=st.sampled_from([(), (3,)]),
    width=st.integers(1, 60),
    height=st.integers(1, 60),
    value=st.floats(-4, 4, width=32),
)
def test_resizing_keeps_constants_and_gives_the_exact_size(shape, channels, width, height, value):
    result = resize(np.full((*shape, *channels), value, np.float32), width, height)
    assert result.shape == (height, width, *channels)
    assert np.all(result == np.float32(value))


@quick
@given(
    picture=arrays(np.float32, (7, 9, 3), elements=st.floats(0, 1, width=32)),
    width=st.integers(1, 30),
    height=st.integers(1, 30),
)
def test_resizing_never_leaves_the_range(picture, width, height):
    result = resize(picture, width, height)
    assert np.all(result >= picture.min(axis=(0, 1)))
    assert np.all(result <= picture.max(axis=(0, 1)))


@quick
@given(
    width=st.integers(1, 10_000), height=st.integers(1, 10_000), long_side=st.integers(1, 10_000)
)
def test_fit_keeps_the_proportions(width, height, long_side):
    new_width, new_height = fit(width, height, long_side)
    assert max(new_width, new_height) == long_side
    scale = long_side / max(width, height)
    for old, new in ((width, new_width), (height, new_height)):
        assert new >= 1
        assert new == 1 or abs(new - old * scale) <= 0.5 + 1e-9
    assert fit(height, width, long_side) == (new_height, new_width)
