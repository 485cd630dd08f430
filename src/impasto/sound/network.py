"""What a sound is heard with: random filters over its spectrogram, and the memory of two seconds.

Bins of the spectrogram are channels, and moments are the only positions: a feature map has the
shape (1, C, 1, T). So everything that is known of pictures holds for sounds.

    levels     how loud every bin is, from the recording's mean, in its deviations
    width w    ReLU of random filters that see w moments; six of them, 23 ms to 0.4 s
    loudness   e: the level of every band, over 23 ms
    rhythm     e(t) e(t + τ): what is loud in a band, and again 0.2 to 2 seconds later

Their channels are all bins of all channels of the sound, so that what the ears hear together stays
together.

Source: Ulyanov and Lebedev (2016), "Audio texture synthesis and style transfer", for random
filters; Antognini, Hoffman and Weiss (2019), "Audio Texture Synthesis with Random Neural Networks",
for six widths and the autocorrelation.

# Differs from Antognini et al. (2019): levels are taken from their mean and divided by their
# deviations, without which the filters see little but the mean; the autocorrelation is one of bands
# of the spectrogram, not of features, and has a resolution of 23 ms.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, conv2d, relu

from impasto.backbones import FrozenNetwork, Geometry
from impasto.objective import Features
from impasto.sound.stft import Stft, levels
from impasto.statistics import Statistic

FILTER_WIDTHS = (2, 4, 8, 16, 32, 64)
"""Moments that the filters of each network see. What one width has learned does not hold for
others; what six have learned does."""

BANDS = 24
"""Bands whose rhythm is compared, in each channel, the lower ones narrower."""

COARSE_MOMENTS = 4
"""Moments whose mean is one of the rhythm: 23 ms."""

LAGS = (0.2, 2.0)
"""Seconds after which something comes back."""

ENERGY_TINY = 1e-8
"""Added to energies before their root is taken, whose gradient at 0 is infinite."""

SPREAD_FLOOR = 0.02
"""Least deviation that a bin is divided by, as a share of that of all: silence stays silent."""


@dataclass(frozen=True, eq=False)
class Gauge:
    """What levels are measured by: those of a recording.

    Attributes:
        mean: Mean level of every channel (C).
        deviation: Its standard deviation (C).
    """

    mean: Tensor
    deviation: Tensor

    @classmethod
    def of(cls, statistic: Statistic) -> Gauge:
        """Return that of a sum by `impasto.statistics.mean_square`."""
        mean, square = statistic.mean
        deviation = (square - mean.square()).clamp(min=0).sqrt()
        return cls(mean.float(), deviation.float())

    @property
    def spread(self) -> Tensor:
        """By what levels are divided (C).

        It is halfway between each one's own deviation and that of all: by its own alone, the hiss
        of a quiet one would count as much as what happens in the others.
        """
        overall = self.deviation.square().mean().sqrt()
        return (self.deviation * overall).sqrt() + SPREAD_FLOOR * overall + 1e-6

    def normalized(self, levels: Tensor) -> Tensor:
        """Return levels (1, C, 1, T) from their mean, in their spread."""
        shape = (1, -1, 1, 1)
        return (levels - self.mean.view(shape)) / self.spread.view(shape)


@dataclass(frozen=True, eq=False)
class Hearing:
    """How a recording is heard.

    Attributes:
        unit: The magnitude above which loudness is heard as a logarithm.
        levels: By what the levels of bins are measured.
        loudness: By what the loudness of bands is measured.
        bands: Which bins belong to which band, see `bands_of`.
    """

    unit: float
    levels: Gauge
    loudness: Gauge
    bands: Tensor


def bands_of(channels: int, bins: int) -> Tensor:
    """Return which bins belong to which band, as means: (C (BANDS + 1), C F); the last is all."""
    edges = sorted({round(bins ** (i / BANDS)) for i in range(BANDS + 1)})
    rows = [torch.zeros(bins, device="cpu") for _ in edges]
    for row, low, high in zip(rows, edges, [*edges[1:], None], strict=True):
        row[low:high] = 1.0
    rows[-1][:] = 1.0
    one = torch.stack([row / row.sum().clamp(min=1) for row in rows])
    return torch.eye(channels, device="cpu").kron(one)


def in_bands(levels: Tensor, bands: Tensor) -> Tensor:
    """Return the level of every band's energy (1, B, 1, T), of levels (1, C F, 1, T)."""
    energy = torch.einsum("bc,ncht->nbht", bands.to(levels.dtype), levels.expm1().square())
    return energy.add(ENERGY_TINY).sqrt().log1p()


@final
class LevelNetwork(FrozenNetwork):
    """Features of levels (1, C F, 1, T); nothing in it was trained.

    Attributes:
        hearing: What levels are measured by.
        rhythm: The lags of the layer ``rhythm``, in coarse moments; 0, the energy, is the first.
    """

    def __init__(
        self, hearing: Hearing, moments: float, filters: int, seed: int, longest: int
    ) -> None:
        """Draw the filters.

        Args:
            hearing: What levels are measured by.
            moments: In a second.
            filters: Of each width.
            seed: Of the filters.
            longest: Moments that the recording has, which bound widths and lags.
        """
        super().__init__()
        self.hearing = hearing
        inputs = len(hearing.levels.mean)
        self.widths = tuple(width for width in FILTER_WIDTHS if 2 * width <= longest)
        last = min(LAGS[1] * moments / COARSE_MOMENTS, longest / 2 / COARSE_MOMENTS)
        first = min(round(LAGS[0] * moments / COARSE_MOMENTS), int(last))
        self.rhythm = (0, *range(first, int(last) + 1))
        draw = torch.Generator().manual_seed(seed)
        self.filters = nn.ParameterDict()
        for width in self.widths:
            scale = 2 / math.sqrt((inputs + filters) * width)
            shape = (filters, inputs, 1, width)
            weights = scale * torch.randn(shape, generator=draw, device="cpu")
            self.filters[name(width)] = nn.Parameter(weights, requires_grad=False)
        self.layers = ("levels", *map(name, self.widths), "loudness", "rhythm")
        self.minimum_side = 1
        self.description = f"random filters of {len(self.widths)} widths, {filters} each"

    def forward(self, images: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Return feature maps (1, C', 1, T') of levels (1, C F, 1, T)."""
        seen, wanted = self.hearing.levels.normalized(images), set(layers)
        found: dict[str, Tensor] = {}
        for layer in (each for each in self.layers if each in wanted):
            if layer == "levels":
                found[layer] = seen
            elif layer == "loudness":
                found[layer] = self.loudness(images, COARSE_MOMENTS)
            elif layer == "rhythm":
                found[layer] = self._rhythm(self.loudness(images, COARSE_MOMENTS))
            else:
                found[layer] = relu(conv2d(seen, self.filters[layer].to(seen.dtype)))
        return found

    def loudness(self, levels: Tensor, moments: int) -> Tensor:
        """Return the loudness of every band (1, B, 1, T / moments), of levels (1, C F, 1, T)."""
        loud = self.hearing.loudness.normalized(in_bands(levels, self.hearing.bands))
        return avg_pool2d(loud, (1, moments))

    def _rhythm(self, coarse: Tensor) -> Tensor:
        """Return products of the bands' loudness now and later (1, lags B, 1, T')."""
        count = coarse.shape[-1] - self.rhythm[-1]
        now = coarse[..., :count]
        return torch.cat([now * coarse[..., lag : lag + count] for lag in self.rhythm], dim=1)

    def geometry(self, layer: str) -> Geometry:
        """Return where the moments of a layer lie, in those of the levels."""
        if layer == "levels":
            return Geometry()
        if layer == "loudness":
            return Geometry(COARSE_MOMENTS, 0, COARSE_MOMENTS - 1)
        if layer == "rhythm":
            return Geometry(COARSE_MOMENTS, 0, COARSE_MOMENTS * (self.rhythm[-1] + 1) - 1)
        return Geometry(1, 0, int(layer.removeprefix("width")) - 1)

    def positions(self, layer: str, length: int) -> int:
        """Return how many moments a layer has of so many of the levels."""
        where = self.geometry(layer)
        return max((length - where.after - 1) // where.stride + 1, 0)


@final
class WaveformNetwork(FrozenNetwork):
    """The same features of samples (1, C, 1, N), by way of their spectrogram."""

    def __init__(self, network: LevelNetwork, stft: Stft) -> None:
        super().__init__()
        self.network, self.stft = network, stft
        self.layers, self.description = network.layers, network.description
        self.minimum_side = stft.window

    def forward(self, images: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Return feature maps (1, C', 1, T') of samples (1, C, 1, N)."""
        found: dict[str, Tensor] = self.network(self.levels(images), layers)
        return found

    def levels(self, images: Tensor) -> Tensor:
        """Return levels (1, C F, 1, T) of samples (1, C, 1, N)."""
        magnitudes = self.stft.magnitudes(images[0, :, 0])
        return levels(magnitudes, self.network.hearing.unit).flatten(0, 1)[None, :, None]

    def geometry(self, layer: str) -> Geometry:
        """Return where the moments of a layer lie, in samples."""
        inner, hop = self.network.geometry(layer), self.stft.hop
        return Geometry(hop * inner.stride, 0, hop * inner.after + self.stft.window - 1)

    def positions(self, layer: str, length: int) -> int:
        """Return how many moments a layer has of so many samples."""
        return self.network.positions(layer, self.stft.moments(length))


def name(width: int) -> str:
    """Return what the layer of filters of a width is called."""
    return f"width{width}"


def looped(network: FrozenNetwork) -> Features:
    """Return what sees a sound as a loop: after its end comes its beginning.

    Its length is a multiple of the layers' strides; every layer has that many moments.
    """

    def features(images: Tensor, layers: Collection[str]) -> Mapping[str, Tensor]:
        wanted, count = list(layers), images.shape[-1]
        beyond = max((network.geometry(layer).after for layer in wanted), default=0)
        places = torch.arange(count + beyond, device=images.device) % count
        found = network(images.index_select(-1, places), wanted)
        return {
            layer: each[..., : count // network.stride([layer])] for layer, each in found.items()
        }

    return features
