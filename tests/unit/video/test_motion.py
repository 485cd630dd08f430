"""Where everything in a frame was in another one."""

import numpy as np

from impasto.video.motion import gray_levels, motion
from tests.support.clips import as_rgb, moving_square, panning, texture


def moved(here: np.ndarray, there: np.ndarray):
    return motion(gray_levels(here), gray_levels(there))


def test_a_pan_is_measured_to_a_fraction_of_a_pixel_and_brings_the_picture_along():
    there, here = as_rgb(panning(96, 64, 2, step=4))
    found = moved(here, there)
    within = found.inside > 0
    error = np.linalg.norm(found.flow - np.float32([4, 0]), axis=2)
    assert error[within].mean() < 0.3
    assert (found.trust[within] > 0.5).mean() > 0.9
    sure = found.trust > 0.99
    assert np.abs(found.carried(there) - here)[sure].mean() < 0.02
    assert not found.inside[:, -3:].any()  # which was outside of the frame before


def test_what_was_hidden_is_not_trusted_and_the_rest_is():
    there, here = as_rgb(moving_square(128, 96, 2, step=(8, 4)))
    found = moved(here, there)
    owners = []
    for x, y in ((4, 4), (12, 8)):
        owner = np.zeros((96, 128), bool)
        owner[y : y + 48, x : x + 48] = True
        owners.append(owner)
    hidden = owners[0] & ~owners[1]
    assert (found.trust[hidden] < 0.5).mean() >= 0.9
    assert (found.trust[hidden] > 0.5).mean() <= 0.05
    assert (found.trust[~hidden] > 0.5).mean() >= 0.9
    assert not found.is_cut(gray_levels(here), gray_levels(there))


def test_what_does_not_move_is_still_despite_noise():
    rng = np.random.default_rng(0)
    picture = texture(64, 48, 5).astype(np.float32) / 255
    here, there = ((picture + rng.normal(0, 1 / 255, picture.shape)).clip(0, 1) for _ in range(2))
    found = moved(here, there)
    assert found.still.mean() > 0.95
    assert np.all(found.flow[found.still > 0] == 0)
    assert np.all(found.trust[found.still > 0] == 1)


def test_a_fade_is_not_still():
    here = texture(64, 48, 5).astype(np.float32) / 255
    assert moved(here, here * 0.95).still.mean() < 0.2


def test_another_picture_is_another_shot():
    first, second = as_rgb([texture(64, 48, 5), texture(64, 48, 9)])
    assert moved(first, second).is_cut(gray_levels(first), gray_levels(second))
    dark = first * 0.2
    assert moved(first, dark).is_cut(gray_levels(first), gray_levels(dark))


def test_large_frames_are_compared_at_a_smaller_size():
    there, here = as_rgb(panning(720, 90, 2, step=6))
    found = moved(here, there)
    within = found.inside > 0
    assert np.abs(np.median(found.flow[within], axis=0) - [6, 0]).max() < 0.3
