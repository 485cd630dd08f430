"""Make the sample sounds: ``python -m artwork.sounds [-o DIRECTORY]``, which needs soundfile.

Each is a program of a few lines.

They are textures: what happens, happens again and again, and no moment is like another. Each
function returns samples (N,) of any loudness, at `RATE`.

Source: bubbles are those of van den Doel (2005), "Physically-based models for liquid sounds".
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]

RATE = 22050
"""Samples in a second."""

SECONDS = 8
COUNT = RATE * SECONDS


def noise(draw: np.random.Generator, shape: Callable[[Samples], Samples]) -> Samples:
    """Return Gaussian noise whose spectrum is multiplied by a function of the frequency in Hz."""
    spectrum = np.fft.rfft(draw.standard_normal(COUNT))
    return np.fft.irfft(spectrum * shape(np.fft.rfftfreq(COUNT, 1 / RATE)), COUNT)


def band(low: float, high: float) -> Callable[[Samples], Samples]:
    """Return the gains of a band with soft borders, in Hz."""
    return lambda f: 1 / (1 + (low / (f + 1)) ** 4) / (1 + (f / high) ** 4)


def moments(draw: np.random.Generator, rate: float) -> Iterator[int]:
    """Yield the samples at which independent events begin, ``rate`` of them in a second."""
    yield from draw.integers(0, COUNT, draw.poisson(rate * SECONDS))


def ring(frequency: float, decay: float, seconds: float) -> Samples:
    """Return a sine that dies away, by a factor e every ``decay`` seconds."""
    t = np.arange(int(seconds * RATE)) / RATE
    return np.sin(2 * np.pi * frequency * t) * np.exp(-t / decay)


def put(sound: Samples, at: int, event: Samples) -> None:
    """Add an event to a sound; what is beyond its end comes in at its beginning."""
    np.add.at(sound, (at + np.arange(len(event))) % COUNT, event)


def level(sound: Samples) -> Samples:
    """Return a sound at a root mean square of 1."""
    return sound / np.sqrt(np.mean(sound**2))


def rain(draw: np.random.Generator) -> Samples:
    """A steady hiss, and drops that ring."""
    sound = 0.35 * level(noise(draw, band(500, 9000)))
    for at in moments(draw, 250):
        drop = ring(draw.uniform(1500, 9000), draw.uniform(0.001, 0.006), 0.03)
        put(sound, at, 0.5 * draw.lognormal(0, 1) * drop)
    return sound


def fire(draw: np.random.Generator) -> Samples:
    """A low roar that breathes, and crackling that comes in flurries."""
    breath = 1 + 0.5 * level(noise(draw, lambda f: (f < 3) * (f > 0)))
    sound = 0.4 * level(noise(draw, lambda f: band(40, 500)(f) / np.sqrt(f + 20))) * breath
    for start in moments(draw, 5):
        for _ in range(draw.poisson(6)):
            at = start + int(draw.exponential(0.06) * RATE)
            snap = ring(draw.uniform(900, 7000), draw.uniform(0.0006, 0.004), 0.02)
            put(sound, at, 1.5 * draw.lognormal(0, 0.9) * snap)
    return sound


def wind(draw: np.random.Generator) -> Samples:
    """Noise through a resonance that wanders, louder where it is higher."""
    window, hop = np.hanning(2048), 512
    wander = level(noise(draw, lambda f: (f < 0.8) * (f > 0)))
    sound, source = np.zeros(COUNT + 2048), noise(draw, lambda f: np.ones_like(f))
    f = np.fft.rfftfreq(2048, 1 / RATE)
    for start in range(0, COUNT - 2048, hop):
        center = 500 * 2 ** (0.6 * wander[start])
        gains = np.exp(-(np.log2((f + 20) / center) ** 2) / 0.35) + 0.03 * (f < 3000)
        part = np.fft.rfft(source[start : start + 2048] * window)
        loud = 2 ** (0.8 * wander[start])
        sound[start : start + 2048] += loud * np.fft.irfft(part * gains) * window
    return sound[:COUNT]


def crickets(draw: np.random.Generator) -> Samples:
    """Two crickets, each with its pitch and its rhythm, above a quiet night."""
    sound = 0.01 * level(noise(draw, band(200, 5000)))
    t = np.arange(COUNT) / RATE
    for pitch, pulses, bursts, gain in ((4200, 30, 2.2, 1.0), (4750, 36, 1.4, 0.4)):
        phase = t * bursts + 0.02 * np.cumsum(draw.standard_normal(COUNT)) / np.sqrt(RATE)
        gate = np.clip(4 * np.sin(2 * np.pi * phase) - 1, 0, 1)
        pulse = np.clip(np.sin(2 * np.pi * pulses * t), 0, 1) ** 2
        sound += gain * gate * pulse * np.sin(2 * np.pi * pitch * t)
    return sound


def clock(draw: np.random.Generator) -> Samples:
    """Tick and tock, two a second, in a quiet room."""
    sound = 0.004 * level(noise(draw, band(100, 2000)))
    for beat in range(2 * SECONDS):
        tones = ((2300, 0.012), (3400, 0.006)) if beat % 2 else ((2700, 0.010), (4100, 0.005))
        at = int((beat / 2 + draw.uniform(0, 0.008)) * RATE)
        for frequency, decay in tones:
            put(sound, at, draw.lognormal(0, 0.25) * ring(frequency, decay, 0.1))
    return sound


def bubbles(draw: np.random.Generator) -> Samples:
    """Bubbles in water: sines whose pitch rises as they die away."""
    sound = 0.01 * level(noise(draw, band(100, 2000)))
    t = np.arange(int(0.3 * RATE)) / RATE
    for at in moments(draw, 22):
        radius = 10 ** draw.uniform(-2.9, -2.2)  # meters
        frequency, damping = 3 / radius, 0.13 / radius + 0.0072 * radius**-1.5
        rising = frequency * (t + draw.uniform(0, 0.1) * damping * t**2 / 2)
        put(sound, at, draw.lognormal(0, 0.6) * np.exp(-damping * t) * np.sin(2 * np.pi * rising))
    return sound


SOUNDS = {each.__name__: each for each in (rain, fire, wind, crickets, clock, bubbles)}
"""The programs by the names of their sounds."""


def make(name: str) -> Samples:
    """Return a sound (N,) whose largest value is half of what a file can hold."""
    sound = SOUNDS[name](np.random.default_rng(list(SOUNDS).index(name)))
    return 0.5 * sound / np.abs(sound).max()


COMPRESSION = 0.9
"""Of OGG Vorbis, 0 to 1: larger is smaller."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write all sounds as OGG and print the path of each."""
    parser = argparse.ArgumentParser(prog="python -m artwork.sounds", description=__doc__)
    usual = Path(__file__).parent.parent / "src/impasto/samples/sounds"
    parser.add_argument("-o", "--output", type=Path, default=usual, metavar="DIR")
    folder: Path = parser.parse_args(arguments).output
    folder.mkdir(parents=True, exist_ok=True)
    soundfile = importlib.import_module("soundfile")  # for this program only
    for name in SOUNDS:
        path = folder / f"{name}.ogg"
        soundfile.write(path, make(name), RATE, "VORBIS", compression_level=COMPRESSION)
        print(path)


if __name__ == "__main__":
    main()
