import numpy as np
import pytest

from impasto.controls import color
from impasto.controls.color import Sample, luminance, recolor, spread, with_luminance_of
from impasto.registry import COLOR_MATCHES

LINEAR = ("cholesky", "symmetric", "transport")


def picture(seed: int, height: int = 20, width: int = 30) -> np.ndarray:
    """Correlated colors that stay well inside [0, 1]."""
    random = np.random.default_rng(seed)
    mix = 0.04 * (np.eye(3) + 0.3 * random.normal(size=(3, 3)))
    return (random.normal(size=(height, width, 3)) @ mix + 0.3 + 0.1 * random.random(3)).astype(
        np.float32
    )


@pytest.mark.parametrize("name", LINEAR)
def test_mean_and_covariance_become_the_photographs(name):
    style, content = Sample.of(picture(1)), Sample.of(picture(2))
    matched = Sample(COLOR_MATCHES[name].load()(style, content)(style.colors), style.weights)
    np.testing.assert_allclose(matched.mean, content.mean, atol=1e-9)
    np.testing.assert_allclose(matched.covariance, content.covariance, atol=1e-9)


def test_transport_is_symmetric_and_moves_colors_the_least():
    style, content = Sample.of(picture(1)), Sample.of(picture(2))
    moved = {}
    for name in LINEAR:
        colors = COLOR_MATCHES[name].load()(style, content)(style.colors)
        moved[name] = np.square(colors - style.colors).sum()
    assert min(moved, key=moved.__getitem__) == "transport"
    T = color.transport(style, content)(np.eye(3)) - color.transport(style, content)(np.zeros(3))
    np.testing.assert_allclose(T, T.T, atol=1e-9)
    assert np.linalg.eigvalsh(T).min() > 0


def test_histograms_of_every_channel_become_the_photographs():
    style, content = Sample.of(picture(1)), Sample.of(picture(2))
    matched = color.histogram(style, content)(style.colors)
    np.testing.assert_allclose(np.sort(matched, axis=0), np.sort(content.colors, axis=0), atol=1e-9)
    assert (np.argsort(matched, axis=0) == np.argsort(style.colors, axis=0)).all()


@pytest.mark.parametrize("name", COLOR_MATCHES)
def test_a_picture_matched_to_itself_stays(name):
    style = picture(1)
    found = recolor(style, style, COLOR_MATCHES[name].load(), [(None, None)])
    np.testing.assert_allclose(found, style, atol=1e-6)


@pytest.mark.parametrize("name", COLOR_MATCHES)
@pytest.mark.parametrize("degenerate", ["gray", "one color"])
def test_degenerate_paintings_and_photographs_give_finite_colors(name, degenerate):
    flat = np.full((8, 9, 3), 0.4, np.float32) if degenerate == "one color" else picture(1)
    flat = luminance(flat)
    for style, content in ((flat, picture(2)), (picture(2), flat)):
        found = recolor(style, content, COLOR_MATCHES[name].load(), [(None, None)])
        assert np.isfinite(found).all()
        assert found.min() >= 0
        assert found.max() <= 1


def test_each_part_takes_the_colors_of_its_part():
    style, content = picture(1), picture(2)
    content[:, :15] += 0.3
    left, right = np.zeros((2, 20, 30), np.float32)
    left[:, :15], right[:, 15:] = 1, 1
    found = recolor(style, content, color.transport, [(left, right), (right, left)])
    for of_style, of_content in ((left, right), (right, left)):
        mine, theirs = Sample.of(found, of_style), Sample.of(content, of_content)
        np.testing.assert_allclose(mine.mean, theirs.mean, atol=1e-6)
        np.testing.assert_allclose(mine.covariance, theirs.covariance, atol=1e-6)
    alone = recolor(style, content, color.transport, [(left, right)])
    np.testing.assert_array_equal(alone[:, 15:], style[:, 15:])


def test_luminance_is_matched_in_mean_and_spread():
    style, content = luminance(picture(1)), luminance(picture(2))
    found = recolor(style, content, spread, [(None, None)])
    assert found[..., 0].mean() == pytest.approx(content[..., 0].mean(), abs=1e-6)
    assert found[..., 0].std() == pytest.approx(content[..., 0].std(), abs=1e-6)


def chroma(rgb: np.ndarray) -> np.ndarray:
    return rgb - luminance(rgb)


def test_chroma_is_the_photographs_and_luminance_the_paintings():
    painted, photograph = picture(1), picture(2)
    found = with_luminance_of(painted, photograph)
    np.testing.assert_allclose(chroma(found), chroma(photograph), atol=1e-6)
    np.testing.assert_allclose(luminance(found), luminance(painted), atol=1e-6)


def test_what_no_screen_can_show_keeps_luminance_and_hue():
    random = np.random.default_rng(0)
    painted, photograph = random.random((2, 9, 9, 3)).astype(np.float32)
    painted[0], painted[1] = 0, 1
    found = with_luminance_of(painted, photograph)
    assert found.min() >= 0
    assert found.max() <= 1
    np.testing.assert_allclose(luminance(found), luminance(painted), atol=1e-6)
    a, b = chroma(found).reshape(-1, 3), chroma(photograph).reshape(-1, 3)
    np.testing.assert_allclose(np.cross(a, b), 0, atol=1e-6)
    assert (np.einsum("ij,ij->i", a, b) >= -1e-9).all()
