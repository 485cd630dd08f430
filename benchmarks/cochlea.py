"""An independent judge of sound textures: what an ear measures, and networks of other seeds.

Nothing here is used where sounds are made. A cochlea's bands are followed by the envelope of each,
compressed as hair cells do, and by bands of the envelopes' modulations; compared are the moments,
correlations and modulation powers of McDermott and Simoncelli. All are means over time.

Each group of statistics has an error of its own, relative to its size; the distance is their mean.
The floor is the distance of two halves of the recording: no texture can be expected to be nearer.

Source: McDermott and Simoncelli (2011), "Sound Texture Perception via Statistics of the Auditory
Periphery"; Gutiérrez et al. (2025), TexStat, for their use as a distance.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import conv1d, relu

from impasto.sound.stft import Stft, levels

Numbers = npt.NDArray[np.float64]
Statistics = dict[str, Numbers]

BANDS, LOWEST, HIGHEST = 30, 20.0, 10_000.0
"""Bands of the cochlea, evenly in equivalent rectangular bandwidths, in Hz."""

COMPRESSION = 0.3
ENVELOPE_RATE = 400
MODULATIONS = np.geomspace(0.5, 200, 20)
"""Centers of the modulation bands in Hz; each is 0.72 octaves wide."""

OCTAVES = 6
"""Octaves of modulation, from 1 Hz, whose correlations are compared."""

QUIET = 40.0
"""Decibels below the recording's loudest band, beyond which a band does not count: beside it nobody
hears the band, and its moments are those of rounding."""

WIDTHS, FILTERS, SEED = (3, 6, 11, 24, 48), 256, 99
"""Of the random networks; none of them is one that makes sounds."""


def texture_statistics(
    sound: Numbers, rate: int, heard: npt.NDArray[np.bool_] | None = None
) -> Statistics:
    """Return the statistics of a sound (N,), by group, of all bands or of those heard (BANDS,)."""
    powers, envelopes = cochlea(sound, rate, BANDS)
    if heard is not None:
        powers, envelopes = powers[heard], envelopes[heard]
    mean, deviation = envelopes.mean(axis=1), envelopes.std(axis=1) + 1e-9
    z = (envelopes - mean[:, None]) / deviation[:, None]
    modulation = [
        _band(envelopes, center * 2**-0.36, min(center * 2**0.36, 199.9)).real.var(axis=1)
        for center in MODULATIONS
    ]
    across, within, slower = [], [], None
    for octave in range(OCTAVES):
        band = _band(envelopes, 2.0 ** (octave - 0.5), 2.0 ** (octave + 0.5))
        across.append(_correlations(band.real / (band.real.std(axis=1)[:, None] + 1e-9)))
        if slower is not None:
            doubled = slower**2 / (np.abs(slower) + 1e-9)
            size = doubled.real.std(axis=1) * band.real.std(axis=1) + 1e-9
            within += [(doubled.real * part).mean(axis=1) / size for part in (band.real, band.imag)]
        slower = band
    return {
        "level": 10 * np.log10(powers + 1e-12),
        "mean": mean,
        "variation": deviation / mean,
        "skewness": (z**3).mean(axis=1),
        "kurtosis": (z**4).mean(axis=1),
        "correlation": _correlations(z),
        "modulation": np.sqrt(np.array(modulation) / deviation**2),
        "C1": np.array(across),
        "C2": np.array(within),
    }


def texture_distance(sound: Numbers, recording: Numbers, rate: int) -> tuple[float, Statistics]:
    """Return the mean error of all groups of statistics, and the error of each."""
    level = 10 * np.log10(cochlea(recording, rate, BANDS)[0] + 1e-12)
    heard = level > level.max() - QUIET
    a, b = (texture_statistics(each, rate, heard) for each in (sound, recording))
    errors = {}
    for group, wanted in b.items():
        error = a[group] - wanted
        if group == "level":  # in units of 10 dB
            errors[group] = np.sqrt(np.square(error).mean()) / 10
        else:
            errors[group] = np.sqrt(np.square(error).mean() / (np.square(wanted).mean() + 1e-12))
    return float(np.mean(list(errors.values()))), errors


def rhythm_error(sound: Numbers, recording: Numbers, rate: int) -> float:
    """Return the relative error of the envelopes' autocovariances at lags of 0.2 to 2 seconds."""
    found = []
    for each in (sound, recording):
        _, envelopes = cochlea(each, rate, 16)
        count = envelopes.shape[1] // 8
        slow = envelopes[:, : 8 * count].reshape(16, count, 8).mean(axis=2)
        z = slow - slow.mean(axis=1, keepdims=True)
        lags = range(int(0.2 * ENVELOPE_RATE / 8), int(2 * ENVELOPE_RATE / 8) + 1)
        found.append([(z[:, : count - lag] * z[:, lag:]).mean(axis=1) for lag in lags])
    a, b = map(np.array, found)
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


def random_networks_distance(sound: Numbers, recording: Numbers) -> float:
    """Return the mean relative error of Gram matrices of random filters, of other widths."""
    stft, draw = Stft(1024, 256), torch.Generator().manual_seed(SEED)
    spectra = [
        stft.magnitudes(torch.from_numpy(each.astype(np.float32))[None])
        for each in (sound, recording)
    ]
    loud = spectra[1].flatten().sort().values
    unit = float(loud[int(0.99 * (len(loud) - 1))]) / 100
    total = 0.0
    for width in WIDTHS:
        filters = torch.randn(FILTERS, stft.bins, width, generator=draw, device="cpu")
        maps = [relu(conv1d(levels(each, unit), filters))[0] for each in spectra]
        a, b = (each @ each.mT / each.shape[1] for each in maps)
        total += float((a - b).norm() / b.norm())
    return total / len(WIDTHS)


def cochlea(sound: Numbers, rate: int, bands: int) -> tuple[Numbers, Numbers]:
    """Return the power of every band, and its compressed envelope (bands, T) at `ENVELOPE_RATE`."""
    count = len(sound)
    frequencies, spectrum = np.fft.fftfreq(count, 1 / rate), np.fft.fft(sound)
    edges = np.linspace(_erb(LOWEST), _erb(min(HIGHEST, 0.46 * rate)), bands + 2)
    place, kept = _erb(np.abs(frequencies)), round(count * ENVELOPE_RATE / rate)
    powers, envelopes = [], []
    for low, center, high in zip(edges, edges[1:], edges[2:], strict=False):
        inside = (place > low) & (place < high) & (frequencies > 0)
        gains = np.where(inside, np.cos((place - center) / (high - low) * np.pi), 0)
        analytic = np.abs(np.fft.ifft(2 * spectrum * gains))
        powers.append(np.square(analytic).mean() / 2)
        slow = np.fft.rfft(analytic**COMPRESSION)[: kept // 2]
        envelopes.append(np.fft.irfft(slow, kept) * kept / count)
    return np.array(powers), np.clip(np.array(envelopes), 0, None)


def _erb(frequency: npt.ArrayLike) -> Numbers:
    """Return how many equivalent rectangular bandwidths lie below a frequency in Hz."""
    return np.asarray(9.265 * np.log(1 + np.asarray(frequency) / (24.7 * 9.265)), np.float64)


def _band(envelopes: Numbers, low: float, high: float) -> npt.NDArray[np.complex128]:
    """Return the analytic modulation of envelopes (B, T) between two frequencies in Hz."""
    frequencies = np.fft.fftfreq(envelopes.shape[1], 1 / ENVELOPE_RATE)
    octave = np.log2(np.maximum(np.abs(frequencies), 1e-6))
    first, last = np.log2(low), np.log2(high)
    inside = (octave > first) & (octave < last) & (frequencies > 0)
    gains = np.where(inside, np.cos((octave - (first + last) / 2) / (last - first) * np.pi), 0)
    return np.asarray(np.fft.ifft(2 * np.fft.fft(envelopes, axis=1) * gains, axis=1))


def _correlations(z: Numbers) -> Numbers:
    """Return the mean products of every two rows (B, T)."""
    return np.asarray((z @ z.T / z.shape[1])[np.triu_indices(len(z), 1)])
