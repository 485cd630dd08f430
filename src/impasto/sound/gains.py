"""What is changed: how much louder every bin of the start gets at every moment, and how it turns.

    y = STFT⁻¹(X exp(u + iv))    X: the spectra of the start; u, v: what is optimized

So the image is always a sound, and no phases have to be found for magnitudes that no sound has; and
what is silent stays silent. Levels that may grow anywhere fill silence with short tones.

# Differs from Antognini et al. (2019), who change magnitudes and look for phases afterwards, and
# from Caracalla and Röbel (2020), who change samples.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import final

import torch
from torch import Tensor

from impasto.sound.ear import Ear
from impasto.sound.network import looped
from impasto.sound.piece import PieceSpan
from impasto.sound.stft import extended


@final
class Gains:
    """The gains of a piece.

    Attributes:
        image: Where they start, (1, 2 C F, 1, T): u and v, all 0.
    """

    def __init__(self, ear: Ear, span: PieceSpan, start: Tensor) -> None:
        """Begin with a sound (C, N)."""
        self.stft, self.start, self.loop = ear.stft, start, span.loop
        self.spectra = ear.stft.transform(extended(start, ear.stft, span.loop))
        channels, bins, moments = self.spectra.shape
        self.image = torch.zeros(1, 2 * channels * bins, 1, moments, device=start.device)
        self.network = looped(ear.waveform_network) if span.loop else ear.waveform_network
        places = torch.arange(span.length, device=start.device)
        self.is_made = (places < span.before) | (places >= span.length - span.after)

    def features(self, image: Tensor, layers: Collection[str]) -> Mapping[str, Tensor]:
        """Return the feature maps of the sound that has these gains."""
        return self.network(self.sound(image)[None, :, None], layers)

    def sound(self, image: Tensor) -> Tensor:
        """Return the sound (C, N) that has these gains; what is there already stays as it is."""
        gain, turn = image.view(2, *self.spectra.shape)
        sound = self.stft.inverse(self.spectra * torch.polar(gain.exp(), turn), self.loop)
        return torch.where(self.is_made, self.start, sound)
