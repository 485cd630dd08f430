"""The two stages in which a piece is made: what is changed in each, and how it becomes a sound."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, final

import torch
from torch import Tensor

from impasto.objective import Features
from impasto.sound.ear import Ear
from impasto.sound.network import looped, scaled
from impasto.sound.phases import ITERATIONS, extended, with_phases
from impasto.sound.piece import PieceSpan
from impasto.sound.stft import levels, magnitudes_of

QUICK = 20
"""Iterations of Griffin and Lim for what is only listened to on the way."""


class Stage(ABC):
    """What is changed.

    Attributes:
        name: What it is called in displays.
        optimizer: A row of `OPTIMIZERS`, without bounds: none is reached.
        features: What it is heard with.
        image: Where it starts, (1, C', 1, T'): its values are about 1 from their means, for which
            the steps of the optimizers are made.
        fixed: Which positions (T') stay as they are; None for none.
    """

    name: ClassVar[str]
    optimizer: ClassVar[str]
    features: Features
    image: Tensor
    fixed: Tensor | None

    @abstractmethod
    def __init__(self, ear: Ear, span: PieceSpan, start: Tensor) -> None:
        """Begin with a sound (C, N)."""

    @abstractmethod
    def sound(self, image: Tensor, iterations: int = ITERATIONS) -> Tensor:
        """Return the sound (C, N) of an image; fewer iterations are faster, where there are any."""

    def restrict(self, gradient: Tensor) -> Tensor:
        """Return a gradient without what belongs to fixed positions."""
        return gradient if self.fixed is None else gradient.masked_fill(self.fixed, 0.0)


@final
class Levels(Stage):
    """How loud every bin is at every moment: phases are nobody's business yet."""

    name, optimizer = "spectrogram", "lbfgs"

    def __init__(self, ear: Ear, span: PieceSpan, start: Tensor) -> None:
        self.ear, self.span, self.start = ear, span, start
        self.known = known(span)
        spectra = ear.stft.transform(extended(start, ear.stft, span.loop))
        self.shape = spectra.shape
        image = levels(spectra.abs(), ear.unit).flatten(0, 1)[None, :, None]
        from_mean = image - image.mean(dim=-1, keepdim=True)
        self.unit = float(from_mean.abs().mean().clamp(min=1e-6))
        self.image = image / self.unit
        network = looped(ear.network) if span.loop else ear.network
        self.features = scaled(network, self.unit)
        self.fixed = None
        if self.known is not None:
            self.fixed = self.known.unfold(0, ear.stft.window, ear.stft.hop).all(dim=1)

    def sound(self, image: Tensor, iterations: int = ITERATIONS) -> Tensor:
        """Return the sound with these levels, whose phases begin as those of the start."""
        ear, found = self.ear, (image[0, :, 0] * self.unit).clamp(min=0).view(self.shape)
        magnitudes = magnitudes_of(found, ear.unit)
        return with_phases(ear.stft, magnitudes, self.start, self.known, self.span.loop, iterations)


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
        self.features = scaled(looped(network) if span.loop else network, self.unit)
        self.fixed = known(span)

    def sound(self, image: Tensor, iterations: int = 0) -> Tensor:
        """Return the sound of these samples."""
        return image[0, :, 0] * self.unit


def known(span: PieceSpan) -> Tensor | None:
    """Return which samples (N) of a piece are there already; None for none."""
    if not span.before and not span.after:
        return None
    places = torch.arange(span.length, device="cpu")
    return (places < span.before) | (places >= span.length - span.after)


SOUND_STAGES = (Levels, Waveform)
"""In their order."""
