"""Figure 1 for sound: which statistics carry what.

The same recording is made again from noise, each time with more of its statistics: how loud each
band is and how that varies, what the random filters find together, and the rhythm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from PIL import Image

from impasto.settings import SoundSettings
from impasto.sound.job import prepare_texture
from impasto.sound.recording import Sound
from impasto.sound.result import SoundResult
from impasto.sound.spectrogram import stacked
from impasto.sound.texture import make


class FigureRow(NamedTuple):
    """One row of the figure.

    Attributes:
        name: Part of its file's name.
        title: What is written above it.
        terms: How the names of the statistics that count begin.
        start: A row of `impasto.settings.sound.SOUND_STARTS`.
    """

    name: str
    title: str
    terms: tuple[str, ...]
    start: str


FIGURE = (
    FigureRow(
        "loudness", "loudness of every bin, and how it varies", ("spread", "histogram"), "noise"
    ),
    FigureRow(
        "filters",
        "and what random filters find together",
        ("spread", "histogram", "covariance", "gram"),
        "noise",
    ),
    FigureRow(
        "rhythm",
        "and what comes back, from moments in its order",
        ("spread", "histogram", "covariance", "gram", "rhythm"),
        "moments",
    ),
)
"""From few statistics to all of them."""


def figure(
    recording: Any, settings: SoundSettings, stop: Callable[[], bool] = lambda: False
) -> Iterator[tuple[FigureRow, SoundResult]]:
    """Yield every evaluation of every row.

    Args:
        recording: As in `prepare_texture`.
        settings: How each is made; where it starts belongs to the row.
        stop: Asked after every evaluation.
    """
    for row in FIGURE:
        job = prepare_texture(recording, settings.replace(start=row.start), row.terms)
        for result in make(job, stop):
            yield row, result
        if stop():
            return


def sheet(recording: Sound, rows: Sequence[tuple[FigureRow, Sound]]) -> Image.Image:
    """Return the figure: the spectrograms of the recording and of every row."""
    return stacked([("the recording", recording), *((row.title, sound) for row, sound in rows)])
