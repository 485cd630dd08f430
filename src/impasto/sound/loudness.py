"""How loud a result is: as its recording, and never clipped."""

from __future__ import annotations

import numpy as np

from impasto.sound.recording import Samples, rms

PEAK = 10 ** (-1 / 20)
"""The highest sample, -1 dB of full scale: codes that lose something go beyond what they are
given."""


def leveled(samples: Samples, loudness: float) -> Samples:
    """Return samples (C, N) without their mean, at a root mean square, with peaks below `PEAK`.

    Where both cannot be had the peaks count, and the sound is softer.
    """
    mean = samples.mean(axis=1, dtype=np.float64, keepdims=True)
    centered = (samples - mean).astype(np.float32)
    gain = loudness / max(rms(centered), 1e-12)
    highest = float(np.abs(centered).max()) * gain
    gain *= min(1.0, PEAK / max(highest, 1e-12))
    return np.asarray(centered * np.float32(gain), np.float32)
