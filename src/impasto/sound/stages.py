"""The two stages in which a piece is made: what is changed in each, and how it becomes a sound."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import ClassVar, final

import torch
from torch import Tensor

from impasto.sound.ear import Ear
from impasto.sound.network import looped
from impasto.sound.phases import ITERATIONS, extended, with_phases
from impasto.sound.piece import PieceSpan
from impasto.sound.stft import levels

QUICK = 20
"""Iterations of Griffin and Lim for what is only listened to on the way."""


class Stage(ABC):
    """What is changed.

    Attributes:
        name: What it is called in displays.
        optimizer: A row of `OPTIMIZERS`, without bounds: none is reached.
        image: Where it starts, (1, C', 1, T'): what changes it changes by about 1, for which the
            steps of the optimizers are made.
        fixed: Which positions (T') stay as they are; None for none.
    """

    name: ClassVar[str]
    optimizer: ClassVar[str]
    image: Tensor
    fixed: Tensor | None

    @abstractmethod
    def __init__(self, ear: Ear, span: PieceSpan, start: Tensor) -> None:
        """Begin with a sound (C, N)."""

    @abstractmethod
    def features(self, image: Tensor, layers: Collection[str]) -> Mapping[str, Tensor]:
        """Return the feature maps of an image."""

    @abstractmethod
    def sound(self, image: Tensor, iterations: int = ITERATIONS) -> Tensor:
        """Return the sound (C, N) of an image; fewer iterations are faster, where there are any."""

    def restrict(self, gradient: Tensor) -> Tensor:
        """Return a gradient without what belongs to fixed positions."""
        return gradient if self.fixed is None else gradient.masked_fill(self.fixed, 0.0)


@final
class Gains(Stage):
    """How much louder every bin gets at every moment, as a logarithm: phases stay as they are.

    What is silent at the start stays silent. Levels that may grow anywhere fill silence with short
    tones, which belong to no sound and are heard as such.
    """

    name, optimizer = "spectrogram", "lbfgs"

    def __init__(self, ear: Ear, span: PieceSpan, start: Tensor) -> None:
        self.ear, self.span, self.start = ear, span, start
        self.known = known(span)
        self.magnitudes = ear.stft.transform(extended(start, ear.stft, span.loop)).abs()
        self.image = torch.zeros_like(self.magnitudes.flatten(0, 1)[None, :, None])
        self.network = looped(ear.network) if span.loop else ear.network
        self.fixed = None
        if self.known is not None:
            self.fixed = self.known.unfold(0, ear.stft.window, ear.stft.hop).all(dim=1)

    def features(self, image: Tensor, layers: Collection[str]) -> Mapping[str, Tensor]:
        """Return the feature maps of what has these gains."""
        loud = levels(self.amplified(image), self.ear.unit)
        return self.network(loud.flatten(0, 1)[None, :, None], layers)

    def amplified(self, image: Tensor) -> Tensor:
        """Return magnitudes (C, F, T)."""
        return self.magnitudes * image.view_as(self.magnitudes).exp()

    def sound(self, image: Tensor, iterations: int = ITERATIONS) -> Tensor:
        """Return the sound with these gains, whose phases begin as those of the start."""
        stft, loud = self.ear.stft, self.amplified(image)
        return with_phases(stft, loud, self.start, self.known, self.span.loop, iterations)


@final
class Waveform(Stage):
    """The samples themselves: no level is there that no sound has."""

    name, optimizer = "waveform", "lbfgs-wolfe"

    def __init__(self, ear: Ear, span: PieceSpan, start: Tensor) -> None:
        # The steps of optimizers are made for the quiet samples: there a change is heard at once.
        quiet = torch.quantile(start.abs().flatten()[:: start.numel() // 2**20 + 1], 0.2)
        self.unit = float(3 * quiet.clamp(min=1e-9))
        self.image = (start / self.unit)[None, :, None]
        network = ear.waveform_network
        self.network = looped(network) if span.loop else network
        self.fixed = known(span)

    def features(self, image: Tensor, layers: Collection[str]) -> Mapping[str, Tensor]:
        """Return the feature maps of these samples."""
        return self.network(image * self.unit, layers)

    def sound(self, image: Tensor, iterations: int = 0) -> Tensor:
        """Return the sound of these samples."""
        return image[0, :, 0] * self.unit


def known(span: PieceSpan) -> Tensor | None:
    """Return which samples (N) of a piece are there already; None for none."""
    if not span.before and not span.after:
        return None
    places = torch.arange(span.length, device="cpu")
    return (places < span.before) | (places >= span.length - span.after)


SOUND_STAGES = (Gains, Waveform)
"""In their order."""
