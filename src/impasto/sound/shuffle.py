"""Where a texture starts: moments of the recording, in an order that has its rhythm.

Gradient descent moves no event to another time, so the rhythm has to be there at the start. Short
pieces of the recording are put in a row. Rhythm is a statistic that adds up: the autocorrelation of
the bands' loudness,

    A(τ) = Σ_t e(t) e(t + τ)    for τ from 0 to 2 seconds

and one piece changes it by what this piece has with its surroundings. So pieces are chosen one by
one, each as that of some hundred which brings A nearest to the recording's: first in their order,
which carries a rhythm on, and then again in any. What would go on with the neighbor as in the
recording is left out: no more than a piece is copied.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

GRAIN = 12
"""Moments of the envelope in a piece: 0.14 seconds."""

SMOOTHNESS = 1.0
"""How much inaudible seams count beside the rhythm."""

SWEEPS = 3
"""How often every piece is exchanged, when all are there."""

CANDIDATES = 500
"""Pieces to choose from, each time."""

NOVEL_BY = 40
"""Moments by which the next piece has to be away from where its neighbor would go on."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What lies around the pieces: fixed loudness (B, n) before and after them, or none.

    Attributes:
        before: What has been made already.
        after: What comes then.
        loop: Whether the last piece is followed by the first.
    """

    before: Tensor
    after: Tensor
    loop: bool = False


def shuffled(
    envelope: Tensor, count: int, frame: Surroundings, lags: int, draw: torch.Generator
) -> Tensor:
    """Return where in the recording each of some pieces begins (K), in moments of the envelope.

    Args:
        envelope: Loudness of the recording (B, T), from its mean.
        count: How many moments are to be filled.
        frame: What lies around them.
        lags: The longest lag, in moments.
        draw: All chance.
    """
    return Shuffle(envelope, count, frame, lags, draw).run()


class Shuffle:
    """The pieces, and the autocorrelation of what they make."""

    def __init__(
        self, envelope: Tensor, count: int, frame: Surroundings, lags: int, draw: torch.Generator
    ) -> None:
        self.block = min(GRAIN, envelope.shape[1] // 2)
        self.pieces = -(-count // self.block)
        self.windows = envelope.unfold(1, self.block, 1).transpose(0, 1)  # (P, B, block), a view
        self.draw = draw
        self.envelope, self.last = envelope, envelope.shape[1] - 1
        self.energy = float(envelope.square().sum(dim=0).mean().clamp(min=1e-12))
        inner = torch.zeros(envelope.shape[0], self.pieces * self.block, device=envelope.device)
        gap = inner[:, :0] if frame.loop else envelope.new_zeros(envelope.shape[0], lags)
        self.first = frame.before.shape[1]
        self.row = torch.cat([frame.before, inner, frame.after, gap], dim=1)
        self.length = self.row.shape[1]
        self.lags = min(lags, self.length // 2, envelope.shape[1] // 2)
        self.filled, self.loop = self.length - gap.shape[1], frame.loop
        self.mean = autocorrelation(envelope, self.lags)
        self.target = self._wanted(self.filled)
        spectrum = torch.fft.rfft(self.row, dim=1).abs().square()
        self.total = torch.fft.irfft(spectrum, self.length, dim=1)[:, : self.lags + 1]
        self.picks = self._some(self.pieces)

    def run(self) -> Tensor:
        """Put a piece in every place, from the first to the last, then exchange all some times.

        To exchange one alone does not move what follows it: two halves that are out of step would
        stay so.
        """
        for place in range(self.pieces):
            self.target = self._wanted(self.filled - (self.pieces - 1 - place) * self.block)
            self.exchange(place)
        for _ in range(SWEEPS):
            for place in self._order():
                self.exchange(place)
        return self.picks

    def _wanted(self, filled: int) -> Tensor:
        """Return the recording's autocorrelation, of so many moments (B, lags + 1)."""
        lags = torch.arange(self.lags + 1, device="cpu")
        goes_around = self.loop and filled == self.filled
        return self.mean * (filled - lags * (not goes_around)).clamp(min=0)

    @property
    def error(self) -> float:
        """How far the autocorrelation is from the recording's, relative to it."""
        return float((self.total - self.target).norm() / self.target.norm().clamp(min=1e-12))

    def exchange(self, place: int) -> None:
        """Put the piece in a place that brings the autocorrelation nearest to the recording's."""
        tried = torch.cat([self.picks[place : place + 1], self._novel(place)])
        around, start = self._around(place), self.first + place * self.block
        there = self.row[:, start : start + self.block]
        rest = self.total - self._products(there[None], around)[0]
        products = self._products(self.windows[tried], around)
        size = self.target.square().sum().clamp(min=1e-12)
        error = (rest + products - self.target).square().sum(dim=(1, 2)) / size
        best = int((error + SMOOTHNESS * self._seams(place, tried)).argmin())
        self.total = rest + products[best]
        self.picks[place] = tried[best]
        self._put(place, int(tried[best]))

    def _seams(self, place: int, tried: Tensor) -> Tensor:
        """Return how audible the seams around pieces (P) are: a mean of 1 where chance decides.

        Before a piece and after it comes something else than in the recording.
        """
        start = self.first + place * self.block
        there = self.row[:, [start - 1, (start + self.block) % self.length]]
        usual = torch.stack([tried - 1, tried + self.block], dim=1).clamp(0, self.last)
        change = (self.envelope[:, usual] - there[:, None]).square().sum(dim=(0, 2))
        return change / (4 * self.energy * self.pieces)

    def _products(self, windows: Tensor, around: Tensor) -> Tensor:
        """Return what pieces (P, B, block) add to the autocorrelation (P, B, lags + 1)."""
        added = torch.einsum("pbj,bjl->pbl", windows, around)
        for lag in range(min(self.block, self.lags + 1)):
            later, now = windows[:, :, lag:], windows[:, :, : self.block - lag]
            added[:, :, lag] += (later * now).sum(dim=2)
        return added

    def _around(self, place: int) -> Tensor:
        """Return by what each moment of a piece is multiplied, at each lag (B, block, lags + 1)."""
        start = self.first + place * self.block
        others = self.row.clone()
        others[:, start : start + self.block] = 0
        moments = start + torch.arange(self.block, device="cpu")[:, None]
        lags = torch.arange(self.lags + 1, device="cpu")
        return others[:, (moments - lags) % self.length] + others[:, (moments + lags) % self.length]

    def _novel(self, place: int) -> Tensor:
        """Return pieces to try, none of which goes on with a neighbor as in the recording."""
        tried = self._some(CANDIDATES)
        before = self.picks[(place - 1) % self.pieces] + self.block
        after = self.picks[(place + 1) % self.pieces] - self.block
        away = min(NOVEL_BY, len(self.windows) // 8)
        return tried[((tried - before).abs() > away) & ((tried - after).abs() > away)]

    def _order(self) -> list[int]:
        order: list[int] = torch.randperm(self.pieces, generator=self.draw, device="cpu").tolist()
        return order

    def _some(self, count: int) -> Tensor:
        return torch.randint(0, len(self.windows), (count,), generator=self.draw, device="cpu")

    def _put(self, place: int, pick: int) -> None:
        start = self.first + place * self.block
        self.row[:, start : start + self.block] = self.windows[pick]


def autocorrelation(envelope: Tensor, lags: int) -> Tensor:
    """Return the mean of ``e(t) e(t + τ)`` (B, lags + 1) of an envelope (B, T)."""
    count = envelope.shape[1]
    padded = torch.fft.rfft(envelope, count + lags + 1, dim=1).abs().square()
    sums = torch.fft.irfft(padded, count + lags + 1, dim=1)[:, : lags + 1]
    mean: Tensor = sums / (count - torch.arange(lags + 1, device=envelope.device))
    return mean
