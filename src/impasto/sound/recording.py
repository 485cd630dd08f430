"""A sound in memory, and what is refused before any work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from impasto.errors import SoundError

Samples = NDArray[np.float32]
"""Samples (C, N): full scale is 1."""

SHORTEST_RECORDING = 0.5
"""Seconds of a recording from which anything can be learned."""

LONGEST_RECORDING = 3600.0
"""Seconds of a recording at most."""

MOST_CHANNELS = 6

SILENT = 1e-4
"""Root mean square (-80 dB of full scale) of what is no sound."""


@dataclass(frozen=True, eq=False)
class Sound:
    """A sound.

    Attributes:
        samples: (C, N), full scale is 1.
        rate: Samples in a second.
        bits: Of a sample in the file that it comes from: "16", "24", or "32" for floating point.
        tags: What the file tells of it, such as its title.
        path: The file; None for none.
    """

    samples: Samples
    rate: int
    bits: str = "16"
    tags: Mapping[str, str] = field(default_factory=dict)
    path: Path | None = None

    @property
    def channels(self) -> int:
        """How many there are: 1 for mono, 2 for stereo."""
        return int(self.samples.shape[0])

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return int(self.samples.shape[1]) / self.rate

    @property
    def loudness(self) -> float:
        """Root mean square of its samples, each channel without its mean; full scale is 1."""
        return rms(self.samples)

    def cut(self, count: int) -> Sound:
        """Return the first samples of it."""
        return replace(self, samples=self.samples[:, :count])

    def mixed(self, channels: int) -> Sound:
        """Return it with fewer channels: the first of them, or the mean of all as one."""
        if channels == self.channels:
            return self
        samples = self.samples.mean(axis=0, keepdims=True) if channels == 1 else self.samples
        return replace(self, samples=np.ascontiguousarray(samples[:channels]))

    @property
    def name(self) -> str:
        """What it is called in sentences."""
        return f"'{self.path}'" if self.path is not None else "the sound"


def rms(samples: Samples) -> float:
    """Return the root mean square of samples (C, N) without each channel's mean."""
    mean = samples.mean(axis=1, dtype=np.float64, keepdims=True)
    total = sum(
        float(np.square(samples[:, at : at + 2**20] - mean).sum())
        for at in range(0, samples.shape[1], 2**20)
    )
    return float((total / samples.size) ** 0.5)


def check_sound(sound: Sound) -> None:
    """Raise SoundError for a sound from which nothing can be learned.

    It is too short, silent, of too many channels, or has values that are no numbers.
    """
    if sound.samples.ndim != 2 or not 1 <= sound.channels <= MOST_CHANNELS:
        raise SoundError(
            f"{sound.name} has {sound.channels} channels: it must have 1 to {MOST_CHANNELS}, mix "
            "some of them together."
        )
    if sound.rate < 1:
        raise SoundError(f"{sound.name} has {sound.rate} samples in a second: give its rate.")
    if sound.seconds < SHORTEST_RECORDING:
        raise SoundError(
            f"{sound.name} lasts {sound.seconds:.2f} seconds: it must last at least "
            f"{SHORTEST_RECORDING:g}, better 5 or more."
        )
    if sound.seconds > LONGEST_RECORDING:
        raise too_long(sound.name, sound.seconds)
    if not np.isfinite(sound.samples).all():
        raise SoundError(f"{sound.name} has samples that are no numbers: export it again.")
    if sound.loudness < SILENT:
        raise SoundError(f"{sound.name} is silent: choose a recording in which something is heard.")


def too_long(name: str, seconds: float) -> SoundError:
    """Return what is said of a recording that is too long."""
    return SoundError(
        f"{name} lasts {seconds / 60:.0f} minutes: a recording may last "
        f"{LONGEST_RECORDING / 60:.0f}, cut it."
    )
