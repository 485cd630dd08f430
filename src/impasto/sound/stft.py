"""From samples to moments and back: the short-time Fourier transform.

Moment t of a sound is its spectrum at samples ``[t hop, t hop + window)``, each multiplied by a
Hann window. A loop goes on at its beginning.

    magnitudes   |S|, from which the network hears
    levels       log(1 + |S| / unit), as loudness is heard
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

SECONDS = 0.0232
"""A window, about: 512 samples at 22,050 Hz, between what the ear hears as one and as two."""

OVERLAP = 4
"""Windows that a sample lies in: the least from which the sound follows without seams."""

SILENCE = 1e-10
"""Added to squares before their root is taken, whose gradient at 0 is infinite."""


@dataclass(frozen=True)
class Stft:
    """A short-time Fourier transform.

    Attributes:
        window: Samples in a window, a power of two.
        hop: Samples from one window to the next.
    """

    window: int
    hop: int

    @classmethod
    def at(cls, rate: int) -> Stft:
        """Return the transform for a number of samples in a second.

        Example:
            >>> Stft.at(22050), Stft.at(48000)
            (Stft(window=512, hop=128), Stft(window=1024, hop=256))
        """
        window = 2 ** round(math.log2(rate * SECONDS))
        return cls(window, window // OVERLAP)

    @property
    def bins(self) -> int:
        """Frequencies, from 0 to half the rate."""
        return self.window // 2 + 1

    def moments(self, samples: int) -> int:
        """Return how many moments lie in so many samples."""
        return (samples - self.window) // self.hop + 1

    def samples(self, moments: int) -> int:
        """Return how many samples so many moments take."""
        return (moments - 1) * self.hop + self.window

    def transform(self, sound: Tensor) -> Tensor:
        """Return the complex spectra (C, F, T) of samples (C, N)."""
        return torch.stft(
            sound, self.window, self.hop, window=self._hann(sound), center=False,
            return_complex=True,
        )  # fmt: skip

    def magnitudes(self, sound: Tensor) -> Tensor:
        """Return ``|S|`` (C, F, T) of samples (C, N), with a gradient also where it is 0."""
        parts = torch.view_as_real(self.transform(sound))
        return (parts.square().sum(dim=-1) + SILENCE).sqrt()

    def inverse(self, spectra: Tensor, loop: bool = False) -> Tensor:
        """Return the samples (C, N) whose spectra are the nearest to given ones (C, F, T).

        Args:
            spectra: Complex spectra, of any sound or of none.
            loop: Whether the last moments go on at the beginning: N is then T times the hop.

        Source: Griffin and Lim (1984), "Signal Estimation from Modified Short-Time Fourier
        Transform", equation 6.
        """
        hann = self._hann(spectra.real)
        parts = torch.fft.irfft(spectra, self.window, dim=1) * hann[:, None]
        weights = hann.square()[:, None].expand(1, -1, spectra.shape[-1])
        sound, weight = self._overlapped(parts, loop), self._overlapped(weights, loop)
        return sound / weight.clamp(min=1e-3)

    def _overlapped(self, parts: Tensor, loop: bool) -> Tensor:
        """Add up windows (C, window, T) where they lie."""
        length = self.samples(parts.shape[-1])
        added = torch.nn.functional.fold(
            parts, (1, length), kernel_size=(1, self.window), stride=(1, self.hop)
        )[:, 0, 0]
        if not loop:
            return added
        count, over = parts.shape[-1] * self.hop, self.window - self.hop
        if over > count:
            raise ValueError(f"a loop of {count} samples is shorter than a window of {self.window}")
        added[:, :over] += added[:, count:]
        return added[:, :count]

    def _hann(self, like: Tensor) -> Tensor:
        return torch.hann_window(self.window, dtype=like.dtype, device=like.device)


def extended(sound: Tensor, stft: Stft, loop: bool) -> Tensor:
    """Return a sound (C, N), a loop with as much of its beginning as its last moment sees."""
    if not loop:
        return sound
    return torch.cat([sound, sound[:, : stft.window - stft.hop]], dim=1)


def levels(magnitudes: Tensor, unit: float) -> Tensor:
    """Return ``log(1 + |S| / unit)``: near 0 it is linear, and above it a logarithm."""
    return torch.log1p(magnitudes / unit)


def magnitudes_of(levels: Tensor, unit: float) -> Tensor:
    """Return the magnitudes that have these levels."""
    return unit * torch.expm1(levels)
