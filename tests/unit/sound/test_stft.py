"""From samples to moments and back."""

import math

import torch

from impasto.sound.stft import Stft, extended, levels, magnitudes_of

STFT = Stft(64, 16)


def noise(count, channels=1, dtype=torch.float64):
    draw = torch.Generator().manual_seed(0)
    return torch.randn(channels, count, generator=draw, dtype=dtype)


def test_a_window_lasts_about_as_long_at_every_rate():
    for rate in (8000, 22050, 44100, 48000, 96000):
        stft = Stft.at(rate)
        assert math.log2(stft.window).is_integer()
        assert 0.015 < stft.window / rate < 0.034
        assert stft.window == 4 * stft.hop


def test_a_sound_comes_back_from_its_spectra():
    sound = noise(16 * 40 + 48, channels=2)
    back = STFT.inverse(STFT.transform(sound))
    assert back.shape == sound.shape
    inner = slice(64, -64)  # at the ends no more than one window sees a sample
    assert torch.allclose(back[:, inner], sound[:, inner], atol=1e-12)


def test_a_loop_comes_back_whole():
    sound = noise(16 * 40)
    spectra = STFT.transform(extended(sound, STFT, loop=True))
    assert spectra.shape[2] == 40
    assert torch.allclose(STFT.inverse(spectra, loop=True), sound, atol=1e-12)


def test_magnitudes_have_the_right_gradient():
    stft, sound = Stft(16, 4), noise(24).requires_grad_()
    assert torch.autograd.gradcheck(stft.magnitudes, sound)


def test_the_gradient_is_finite_at_silence():
    silence = torch.zeros(1, 128, requires_grad=True)
    levels(STFT.magnitudes(silence), 1e-3).sum().backward()
    assert silence.grad.isfinite().all()


def test_levels_come_back():
    loud = torch.tensor([0.0, 1e-3, 1.0, 50.0], dtype=torch.float64)
    assert torch.allclose(magnitudes_of(levels(loud, 0.01), 0.01), loud)
