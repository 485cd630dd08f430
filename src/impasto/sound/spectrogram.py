"""Sounds as pictures: time to the right, pitch upwards, the louder the lighter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from impasto.sound.recording import Sound
from impasto.sound.stft import Stft

DECIBELS = 80.0
"""Decibels from the loudest to black."""

SPECTROGRAM_ROWS = 160
"""Height of one spectrogram in pixels."""

LOWEST_PITCH = 60.0
"""Pitch of the lowest row in Hz; the rows are even in octaves."""

LABEL_HEIGHT = 20
"""Height of a line of text in pixels."""

HEAT = np.array(
    [[0, 0, 0], [45, 17, 80], [130, 35, 105], [215, 75, 75], [250, 160, 60], [255, 245, 200]],
    np.float64,
)
"""From silence to the loudest: what is darker is softer, for those who see no colors, too."""

Pixels = NDArray[np.uint8]


def spectrogram(sound: Sound, columns: int = 960, loudest: float | None = None) -> Image.Image:
    """Return the picture of a sound, all channels together.

    Args:
        sound: What is shown, from its beginning to its end.
        columns: Width in pixels.
        loudest: The magnitude that is white; that of the sound if None. Pictures that are compared
            have the same.
    """
    stft = Stft.at(sound.rate)
    magnitudes = _magnitudes(sound, stft, columns)
    decibels = 20 * np.log10(magnitudes / (loudest or peak(sound)) + 1e-9)
    pitch = np.geomspace(LOWEST_PITCH, sound.rate / 2, SPECTROGRAM_ROWS)[::-1]
    rows = np.clip(pitch / sound.rate * stft.window, 0, stft.bins - 1)
    low = np.floor(rows).astype(int).clip(max=stft.bins - 2)
    share = (rows - low)[:, None]
    shown = decibels[low] * (1 - share) + decibels[low + 1] * share
    return Image.fromarray(_colored(np.clip(1 + shown / DECIBELS, 0, 1)))


def peak(sound: Sound) -> float:
    """Return the largest magnitude of a sound's spectrogram."""
    return max(float(_magnitudes(sound, Stft.at(sound.rate), 960).max()), 1e-9)


def _magnitudes(sound: Sound, stft: Stft, columns: int) -> NDArray[np.float64]:
    """Return the loudest magnitude within every column (F, columns)."""
    samples = torch.from_numpy(np.ascontiguousarray(sound.samples))
    count = stft.moments(samples.shape[1])
    edges = np.linspace(0, count, columns + 1).astype(int)
    found = np.zeros((stft.bins, columns))
    for column, (start, stop) in enumerate(pairwise(edges)):
        start = min(start, count - 1)
        stop = min(max(stop, start + 1), start + 64)  # long sounds: a look is enough
        part = samples[:, start * stft.hop : stft.samples(stop - start) + start * stft.hop]
        found[:, column] = stft.magnitudes(part).amax(dim=(0, 2)).numpy()
    return found


def _colored(shares: NDArray[np.float64]) -> Pixels:
    """Return the colors (H, W, 3) of shares (H, W) from 0 to 1."""
    place = shares * (len(HEAT) - 1)
    low = np.minimum(place.astype(int), len(HEAT) - 2)
    share = (place - low)[..., None]
    return np.asarray(HEAT[low] * (1 - share) + HEAT[low + 1] * share, np.uint8)


def stacked(sounds: Sequence[tuple[str, Sound]], columns: int = 960) -> Image.Image:
    """Return the pictures of several sounds below each other, each with its name above it.

    The length of the longest fills the width, and all have the same brightness.
    """
    longest = max(sound.seconds for _, sound in sounds)
    loudest = max(peak(sound) for _, sound in sounds)
    sheet = Image.new("RGB", (columns, (SPECTROGRAM_ROWS + LABEL_HEIGHT) * len(sounds)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for number, (name, sound) in enumerate(sounds):
        top = number * (SPECTROGRAM_ROWS + LABEL_HEIGHT)
        width = max(round(columns * sound.seconds / longest), 1)
        draw.text((4, top + 2), name, "black", font)
        sheet.paste(spectrogram(sound, width, loudest), (0, top + LABEL_HEIGHT))
    return sheet
