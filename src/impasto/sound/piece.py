"""One piece of a sound: how it starts, and what surrounds it.

A long result is made in pieces. Each begins with the end of the one before it, which stays as it
is: the networks see across the seam, so that nothing is heard there. The last piece of a loop ends
with the beginning of the first.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from impasto.sound.ear import FINE, Ear
from impasto.sound.network import COARSE_MOMENTS, LAGS
from impasto.sound.shuffle import GRAIN, Surroundings, shuffled
from impasto.sound.stft import Stft, extended, levels


@dataclass(frozen=True)
class PieceSpan:
    """Where a piece lies, in samples.

    Attributes:
        start: Its first sample.
        stop: One beyond its last sample.
        before: How many of its first samples are there already.
        after: How many of its last samples are those of the beginning.
        loop: Whether it is a loop by itself.
    """

    start: int
    stop: int
    before: int = 0
    after: int = 0
    loop: bool = False

    @property
    def length(self) -> int:
        """How many samples it has."""
        return self.stop - self.start


@dataclass(frozen=True)
class PiecePlan:
    """How a sound is divided into pieces.

    Attributes:
        pieces: In the order in which they are made.
        length: Samples of all of them.
        cut: Samples that are cut off at the beginning, where a sound can only fade in.
        wanted: Samples of the result.
    """

    pieces: tuple[PieceSpan, ...]
    length: int
    cut: int
    wanted: int

    @property
    def shortest(self) -> int:
        """Samples of the shortest piece."""
        return min(piece.length for piece in self.pieces)


def planned(samples: int, rate: int, stft: Stft, piece: float, loop: bool) -> PiecePlan:
    """Divide a sound into pieces.

    Args:
        samples: Of the result.
        rate: Samples in a second.
        stft: The transform.
        piece: Seconds of a piece at most.
        loop: Whether the result is a loop.

    Example:
        >>> planned(3 * 22050, 22050, Stft(512, 128), 20, loop=True).pieces
        (PieceSpan(start=0, stop=66048, before=0, after=0, loop=True),)
    """
    grid = stft.hop * COARSE_MOMENTS
    longest = round(piece * rate / grid) * grid
    if loop and samples <= longest:
        # The nearest length that the networks can go around: within 12 ms.
        length = max(round(samples / grid), 1) * grid
        return PiecePlan((PieceSpan(0, length, loop=True),), length, 0, length)
    overlap = (round(LAGS[1] * rate / grid) + 1) * grid
    length = -(-(samples + stft.window + (overlap if loop else stft.window)) // grid) * grid
    if loop:
        samples = length - stft.window - overlap
    spans, start = [], 0
    step = longest - overlap
    count = max(-(-(length - overlap) // step), 1)
    step = -(-(length - overlap) // count // grid) * grid
    for index in range(count):
        is_last = index == count - 1
        stop = length if is_last else start + step + overlap
        after = overlap if loop and is_last else 0
        spans.append(PieceSpan(start, stop, overlap if index else 0, after))
        start += step
    return PiecePlan(tuple(spans), length, stft.window, samples)


def start_of(
    ear: Ear, span: PieceSpan, before: Tensor, after: Tensor, draw: torch.Generator
) -> Tensor:
    """Return where a piece starts (C, N): moments of the recording between what is there already.

    Args:
        ear: The recording.
        span: Where the piece lies.
        before: What is there already (C, n).
        after: What comes then (C, n).
        draw: All chance.
    """
    stft, empty = ear.stft, ear.envelope[:, :0]
    frame = Surroundings(
        envelope(ear, before) if before.shape[1] else empty,
        envelope(ear, after) if after.shape[1] else empty,
        span.loop,
    )
    free = span.length - before.shape[1] - after.shape[1]
    count = -(-free // (stft.hop * FINE)) + (0 if span.loop else stft.window // stft.hop)
    lags = round(LAGS[1] * ear.rate / stft.hop / FINE)
    picks = shuffled(ear.envelope, count, frame, lags, draw)
    block = min(GRAIN, ear.envelope.shape[1] // 2) * FINE
    parts = []
    for pick in picks.tolist():
        at = pick * FINE * stft.hop
        parts.append(stft.transform(ear.samples[:, at : at + stft.samples(block)]))
    moments = free // stft.hop if span.loop else count * FINE
    filled = stft.inverse(torch.cat(parts, dim=2)[..., :moments], span.loop)
    if span.loop:
        return filled
    lead = 0 if not before.shape[1] else stft.window // 2  # where all windows are there
    return torch.cat([before, filled[:, lead : lead + free], after], dim=1)


def noise_of(ear: Ear, span: PieceSpan, draw: torch.Generator) -> Tensor:
    """Return noise (C, N), the same in all channels, as loud as the recording in every bin."""
    channels, stft = len(ear.samples), ear.stft
    white = torch.randn(1, span.length, generator=draw, device="cpu").expand(channels, -1)
    spectra = stft.transform(extended(white.contiguous(), stft, span.loop))
    magnitudes = levels(spectra.abs(), float(spectra.abs().mean()))
    relative = (magnitudes - magnitudes.mean()) / magnitudes.std()
    hearing = ear.network.hearing.levels
    shape = (channels, stft.bins, 1)
    wanted = hearing.mean.view(shape) + hearing.deviation.view(shape) * relative
    loud = ear.unit * torch.expm1(wanted.clamp(min=0))
    return stft.inverse(torch.polar(loud, spectra.angle()), span.loop)


def envelope(ear: Ear, samples: Tensor) -> Tensor:
    """Return the loudness of every band (B, T / `FINE`) of a sound (C, N), as the recording's."""
    seen = levels(ear.stft.magnitudes(samples), ear.unit).flatten(0, 1)[None, :, None]
    return ear.network.loudness(seen, FINE)[0, :, 0]
