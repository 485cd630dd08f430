"""What is changed of a sound."""

import math

import pytest
import torch

from impasto.settings import SoundSettings
from impasto.sound.ear import Ear
from impasto.sound.gains import Gains
from impasto.sound.piece import PieceSpan
from impasto.sound.recording import Sound
from tests.support.sounds import RATE, hiss, ticks

LENGTH = 64 * 256


@pytest.fixture(scope="module")
def ear():
    return Ear.of(Sound(ticks(channels=2), RATE), SoundSettings(filters=8))


def sound(seed=0):
    return torch.from_numpy(hiss(seed=seed, channels=2))[:, :LENGTH].repeat(1, 2)[:, :LENGTH]


def some(gains):
    draw = torch.Generator().manual_seed(0)
    return 0.3 * torch.randn(gains.image.shape, generator=draw)


@pytest.mark.parametrize("loop", [False, True])
def test_without_gains_it_is_the_start(ear, loop):
    gains = Gains(ear, PieceSpan(0, LENGTH, loop=loop), sound())
    inner = slice(None) if loop else slice(ear.stft.window, -ear.stft.window)
    assert torch.allclose(gains.sound(gains.image)[:, inner], sound()[:, inner], atol=1e-5)
    louder = torch.zeros_like(gains.image).view(2, *gains.spectra.shape)
    louder[0] = 0.5
    loud = gains.sound(louder.view_as(gains.image))
    assert torch.allclose(loud[:, inner], math.exp(0.5) * sound()[:, inner], atol=1e-4)


def test_what_is_there_already_stays(ear):
    gains = Gains(ear, PieceSpan(0, LENGTH, before=4096, after=2048), sound())
    found = gains.sound(some(gains))
    for kept in (slice(None, 4096), slice(LENGTH - 2048, None)):
        assert torch.equal(found[:, kept], sound()[:, kept])
    assert not torch.allclose(found[:, 4096:8192], sound()[:, 4096:8192], atol=1e-3)


def test_silence_stays_silent(ear):
    quiet = sound()
    quiet[:, 4096:8192] = 0
    gains = Gains(ear, PieceSpan(0, LENGTH), quiet)
    found = gains.sound(some(gains))
    window = ear.stft.window
    assert found[:, 4096 + window : 8192 - window].abs().max() == 0
    assert found[:, :4096].abs().max() > 0.1
