"""The sample sounds, and the program that made them."""

import numpy as np
import pytest
from artwork import sounds as program

from impasto.samples import SOUNDS, sound
from impasto.sound import as_sound


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sample_is_what_its_program_makes(name):
    sample, made = as_sound(sound(name)), program.make(name)
    assert (sample.channels, sample.rate, sample.seconds) == (1, program.RATE, 8)
    assert np.abs(made).max() == pytest.approx(0.5)
    spectra = [np.abs(np.fft.rfft(each[: 2**17])) for each in (sample.samples[0], made)]
    assert np.corrcoef(*spectra)[0, 1] > 0.8


def test_every_program_has_its_sample():
    assert set(program.SOUNDS) == set(SOUNDS)
