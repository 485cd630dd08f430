"""From magnitudes to a sound: phases that belong together.

Magnitudes say how loud every bin is at every moment, and nothing of where in its oscillation it is.
Neighboring moments overlap, though, so most choices contradict each other. The algorithm of Griffin
and Lim goes back and forth: take a sound's phases, give it the magnitudes, and see what sound that
is; the fast one goes further in the direction of its last step.

Source: Griffin and Lim (1984); Perraudin, Balazs and Søndergaard (2013), "A fast Griffin-Lim
algorithm", algorithm 2. A hundred of its iterations do as well as five hundred of the former.
"""

from __future__ import annotations

import torch
from torch import Tensor

from impasto.sound.stft import Stft

FAST = 0.99
"""How far it goes on in the direction of its last step, of at most 1."""

ITERATIONS = 100


def with_phases(
    stft: Stft,
    magnitudes: Tensor,
    start: Tensor,
    known: Tensor | None = None,
    loop: bool = False,
    iterations: int = ITERATIONS,
) -> Tensor:
    """Return a sound (C, N) with these magnitudes (C, F, T), as nearly as there is one.

    Args:
        stft: The transform.
        magnitudes: ``|S|``.
        start: A sound (C, N) whose phases are the first.
        known: Which samples (N) of the start stay as they are; None for none.
        loop: Whether the sound goes on at its beginning.
        iterations: How often to go back and forth.
    """
    spectra = stft.transform(extended(start, stft, loop))
    last = spectra
    for _ in range(iterations):
        sound = stft.inverse(torch.polar(magnitudes, spectra.angle()), loop)
        if known is not None:
            sound = torch.where(known, start, sound)
        new = stft.transform(extended(sound, stft, loop))
        spectra = new + FAST * (new - last)
        last = new
    sound = stft.inverse(torch.polar(magnitudes, spectra.angle()), loop)
    return sound if known is None else torch.where(known, start, sound)


def extended(sound: Tensor, stft: Stft, loop: bool) -> Tensor:
    """Return a sound (C, N), a loop with as much of its beginning as its last moment sees."""
    if not loop:
        return sound
    return torch.cat([sound, sound[:, : stft.window - stft.hop]], dim=1)


def inconsistency(stft: Stft, magnitudes: Tensor, sound: Tensor, loop: bool = False) -> float:
    """Return how far a sound's magnitudes are from given ones: ``‖|STFT(y)| - S‖ / ‖S‖``."""
    found = stft.transform(extended(sound, stft, loop)).abs()
    return float((found - magnitudes).norm() / magnitudes.norm().clamp(min=1e-12))
