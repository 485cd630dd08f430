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
    highest = max(float((samples.max(axis=1) - mean[:, 0]).max()),
                  float((mean[:, 0] - samples.min(axis=1)).max()))  # fmt: skip
    gain = min(loudness / max(rms(samples), 1e-12), PEAK / max(highest, 1e-12))
    found: Samples = np.subtract(samples, mean.astype(np.float32))  # the only copy
    found *= np.float32(gain)
    return found
