"""The size of strokes, measured as energy in bands of frequency."""

import numpy as np
import pytest
import torch
from PIL import Image

from impasto import stylize
from impasto.errors import PictureError
from impasto.job import make_inputs, prepare
from impasto.run.fine_style import mixing_jobs
from impasto.run.run import ready
from impasto.samples import painting, photograph
from impasto.settings import Settings

GRAY = np.full((64, 96, 3), 0.5, np.float32)
SMALL = {"backbone": "pocket", "precision": "float32", "levels": 1}


def stripes(cycles: int) -> np.ndarray:
    """Vertical stripes, so many over the width of the picture."""
    x = np.arange(192) / 192
    wave = np.round(0.5 + 0.5 * np.sin(2 * np.pi * cycles * x))
    return np.broadcast_to((0.2 + 0.6 * wave)[None, :, None], (128, 192, 3)).astype(np.float32)


def strongest(rgb: np.ndarray) -> float:
    """Cycles over the width of the strongest frequency along the rows."""
    rows = rgb.mean(axis=2) - rgb.mean()
    spectrum = (np.abs(np.fft.rfft(rows * np.hanning(rows.shape[1]), axis=1)) ** 2).mean(axis=0)
    return float(np.argmax(spectrum[2:]) + 2)


def painted(**settings) -> np.ndarray:
    values = {"init": "noise", "iterations": 60, "content_weight": 0, "tv_weight": 0, **settings}
    return stylize(GRAY, stripes(12), **SMALL, **values).rgb


@pytest.mark.parametrize("size", [64, 96, 128])
def test_strokes_keep_their_size_relative_to_the_picture(size):
    assert strongest(painted(size=size)) == pytest.approx(12, abs=2)


def test_a_larger_style_scale_is_larger_strokes():
    assert strongest(painted(size=96, style_scale=1.5)) == pytest.approx(8, abs=1.5)
    assert strongest(painted(size=96, style_scale=0.6)) == pytest.approx(20, abs=3)


def bands(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split luminance into what 8 x 8 squares see, and what they do not."""
    gray = torch.from_numpy(rgb.mean(axis=2, dtype=np.float32))[None, None]
    coarse = torch.nn.functional.avg_pool2d(gray, 8)
    height, width = coarse.shape[2] * 8, coarse.shape[3] * 8
    smooth = coarse.repeat_interleave(8, 2).repeat_interleave(8, 3)
    return coarse.numpy(), (gray[..., :height, :width] - smooth).numpy()


def test_fine_strokes_come_from_the_one_painting_and_coarse_forms_from_the_other():
    smooth = (
        Image.open(painting("ink")).resize((32, 26)).resize((160, 128), Image.Resampling.BICUBIC)
    )
    settings = Settings(size=128, iterations=40, fine_style=painting("dots"), **SMALL)
    job = prepare(photograph("coffee"), smooth, settings)
    (mixing,) = mixing_jobs(job)
    before = make_inputs(mixing, 128)
    coarse, fine = (x[0].permute(1, 2, 0).numpy() for x in (before.content, *before.styles))
    mixed = ready(job).styles[0].rgb
    forms = [bands(rgb)[0].ravel() for rgb in (coarse, fine, mixed)]
    assert np.corrcoef(forms[2], forms[0])[0, 1] > 0.9
    assert abs(np.corrcoef(forms[2], forms[1])[0, 1]) < 0.5
    energy = [np.square(np.diff(rgb.mean(axis=2), axis=1)).mean() for rgb in (coarse, fine, mixed)]
    assert energy[1] > 2 * energy[0]
    assert abs(energy[2] - energy[1]) < 0.4 * abs(energy[0] - energy[1])
    np.testing.assert_allclose(mixed.mean(axis=(0, 1)), coarse.mean(axis=(0, 1)), atol=0.05)


def test_the_picture_of_the_fine_strokes_is_recorded(tmp_path):
    path = tmp_path / "fine.png"
    Image.fromarray((stripes(40) * 255).astype(np.uint8)).save(path)
    settings = {"size": 32, "iterations": 2, "fine_style": path}
    result = stylize(photograph("coffee"), painting("ink"), **SMALL, **settings)
    assert result.recipe.fine_style.path == str(path)
    assert len(result.history) == 2
    path.unlink()
    with pytest.raises(PictureError, match=r"fine\.png"):
        prepare(photograph("coffee"), painting("ink"), Settings(**settings))
