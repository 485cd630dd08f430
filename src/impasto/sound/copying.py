"""Is it a copy? How far a result is a shifted piece of its recording.

A texture is to be new. So its spectrogram is laid over the recording's at every shift, and the
largest correlation is reported. A copy has 1; what has nothing but its statistics in common has
about 0.1, or more where the recording itself repeats, as a clock does.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from impasto.sound.recording import Samples
from impasto.sound.stft import Stft, levels

COPY = 0.7
"""A correlation above which a result is more a copy than a texture."""

COMPARED_BINS = 4
"""Bins whose mean is compared: fine detail takes time and tells nothing more."""

COMPARED_SECONDS = 120
"""Of long sounds as much is compared, from their beginning."""

LEAST_OVERLAP = 0.5
"""Share of the shorter of two sounds that has to lie over the other one."""

Spectrogram = NDArray[np.float64]


def copy_correlation(samples: Samples, recording: Samples, rate: int) -> float:
    """Return the largest correlation of two sounds' levels (C, N), over all shifts."""
    stft, enough = Stft.at(rate), COMPARED_SECONDS * rate
    samples, recording = samples[:, :enough], recording[:, :enough]
    unit = float(stft.magnitudes(torch.from_numpy(recording[:, : 2**20])).mean())
    a, b = (_levels(each, stft, unit) for each in (samples, recording))
    size = a.shape[1] + b.shape[1]
    product = np.zeros(size // 2 + 1, np.complex128)
    for x, y in zip(a, b, strict=True):
        product += np.fft.rfft(x, size).conj() * np.fft.rfft(y, size)
    over_a, over_b = (np.ones(each.shape[1]) for each in (a, b))
    energy_a = _correlated(np.square(a).sum(axis=0), over_b, size)
    energy_b = _correlated(over_a, np.square(b).sum(axis=0), size)
    overlap = _correlated(over_a, over_b, size)
    is_enough = overlap >= LEAST_OVERLAP * min(a.shape[1], b.shape[1])
    found = np.fft.irfft(product, size) / np.sqrt(np.maximum(energy_a * energy_b, 1e-12))
    return float(found[is_enough].max())


def _levels(samples: Samples, stft: Stft, unit: float) -> Spectrogram:
    """Return the levels of some bins at a time (C F / `COMPARED_BINS`, T), from their means."""
    seen = levels(stft.magnitudes(torch.from_numpy(np.ascontiguousarray(samples))), unit)
    coarse = torch.nn.functional.avg_pool2d(seen[None], (COMPARED_BINS, 1))[0].flatten(0, 1)
    found: Spectrogram = (coarse - coarse.mean(dim=1, keepdim=True)).double().numpy()
    return found


def _correlated(x: Spectrogram, y: Spectrogram, size: int) -> Spectrogram:
    """Return ``Σ_t x(t) y(t + s)`` for every shift s, modulo ``size``."""
    return np.fft.irfft(np.fft.rfft(x, size).conj() * np.fft.rfft(y, size), size)
