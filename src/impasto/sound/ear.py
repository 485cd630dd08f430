"""What is learned of a recording, once: how it is heard, and its statistics.

A recording of an hour is listened to in pieces. What is learned is sums over moments, which add up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from impasto.losses import GramLoss, HistogramLoss, MeanLoss, MeanStdLoss, StyleLoss
from impasto.normalization import inverse_energy
from impasto.objective import Kind, Term, Wanted, collect_statistics
from impasto.settings import SoundSettings
from impasto.sound.network import (
    Gauge,
    Hearing,
    LevelNetwork,
    WaveformNetwork,
    bands_of,
    in_bands,
    name,
)
from impasto.sound.recording import Sound
from impasto.sound.stft import Stft, levels
from impasto.statistics import Statistic, mean_square

STRETCH = 2**20
"""Samples that are listened to at a time: enough for the longest memory of the network."""

LOUD = 100.0
"""How many times the unit of levels the loudest percent of all magnitudes is."""

PROBED_MOMENTS = 1000
"""Moments from which the unit is found."""

FINE = 2
"""Moments whose mean is one of the envelope: 12 ms."""

Choices = tuple[tuple[str, str, type[StyleLoss]], ...]
"""Names of terms, their layers, and their losses."""


@dataclass(frozen=True, eq=False)
class Ear:
    """A recording, as it is heard.

    Attributes:
        samples: (C, N), without their mean.
        rate: Samples in a second.
        stft: The transform.
        network: What hears levels.
        envelope: Loudness of every band (B, T / `FINE`), from its mean.
    """

    samples: Tensor
    rate: int
    stft: Stft
    network: LevelNetwork
    envelope: Tensor

    @classmethod
    def of(cls, sound: Sound, settings: SoundSettings, shortest: int | None = None) -> Ear:
        """Listen to a recording.

        Args:
            sound: The recording.
            settings: How sounds are made.
            shortest: Samples of the shortest piece that is to be heard with it; None for those of
                the recording. Widths and lags are for half as much.
        """
        samples = torch.from_numpy(sound.samples)
        samples = samples - samples.mean(dim=1, keepdim=True)
        stft = Stft.at(sound.rate)
        hearing = hear(samples, stft)
        network = LevelNetwork(
            hearing, sound.rate / stft.hop, settings.filters, settings.seed,
            stft.moments(min(samples.shape[1], shortest or samples.shape[1])),
        )  # fmt: skip
        pieces = in_pieces(samples, stft, hearing.unit)
        parts = [network.loudness(each, FINE)[0, :, 0] for each in pieces]
        return cls(samples, sound.rate, stft, network, torch.cat(parts, dim=1))

    @property
    def unit(self) -> float:
        """The magnitude above which loudness is heard as a logarithm."""
        return self.network.hearing.unit

    @cached_property
    def waveform_network(self) -> WaveformNetwork:
        """What hears samples."""
        return WaveformNetwork(self.network, self.stft)

    @cached_property
    def choices(self) -> Choices:
        """What is compared: the name of each term, its layer and its loss."""
        grams = ((f"gram {width}", name(width), GramLoss) for width in self.network.widths)
        return (
            *grams,
            ("covariance", "levels", GramLoss),
            ("spread", "levels", MeanStdLoss),
            ("histogram", "levels", HistogramLoss),
            ("rhythm", "rhythm", MeanLoss),
        )

    @cached_property
    def statistics(self) -> dict[str, Statistic]:
        """The statistic of every term, over the whole recording."""
        return self.collect(self.samples)

    def collect(self, samples: Tensor) -> dict[str, Statistic]:
        """Return the statistic of every term, over any sound (C, N)."""
        wanted = {term: Wanted((layer,), loss.statistic) for term, layer, loss in self.choices}
        return collect_statistics(self.waveform_network, samples[None, :, None], wanted, STRETCH)

    def terms(self, rhythm: float) -> list[Term]:
        """Return what makes a sound like the recording, with a weight for the rhythm."""
        weights = {"rhythm": rhythm}
        weights |= {f"gram {width}": 1 / len(self.network.widths) for width in self.network.widths}
        return [
            Term(
                term,
                Kind.STYLE,
                weights.get(term, 1.0),
                (layer,),
                loss(self.statistics[term].mean, inverse_energy),
            )
            for term, layer, loss in self.choices
        ]


def hear(samples: Tensor, stft: Stft) -> Hearing:
    """Return what the levels of a recording (C, N) are measured by."""
    count = stft.moments(samples.shape[1])
    places = torch.linspace(0, count - 1, min(count, PROBED_MOMENTS), device="cpu").long()
    windows = samples.unfold(1, stft.window, stft.hop)[:, places].flatten(0, 1)
    magnitudes = stft.magnitudes(windows).flatten().sort().values
    unit = max(float(magnitudes[int(0.99 * (len(magnitudes) - 1))]) / LOUD, 1e-9)
    bands = bands_of(len(samples), stft.bins)
    bins = bands_sum = Statistic(torch.zeros((), device="cpu"), 0)
    for each in in_pieces(samples, stft, unit):
        bins = bins + mean_square(each.double())
        bands_sum = bands_sum + mean_square(in_bands(each, bands).double())
    return Hearing(unit, Gauge.of(bins), Gauge.of(bands_sum), bands)


def in_pieces(samples: Tensor, stft: Stft, unit: float) -> Iterator[Tensor]:
    """Yield the levels (1, C F, 1, t) of a sound (C, N), some seconds at a time."""
    step = STRETCH // stft.hop // (4 * FINE) * 4 * FINE
    count = stft.moments(samples.shape[1])
    for at in range(0, count, step):
        stop = min(at + step, count)
        part = samples[:, at * stft.hop : stft.samples(stop - at) + at * stft.hop]
        yield levels(stft.magnitudes(part), unit).flatten(0, 1)[None, :, None]
