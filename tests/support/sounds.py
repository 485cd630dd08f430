"""Small sounds, made by formulas."""

import numpy as np

RATE = 8000


def ticks(seconds: float = 2.0, period: float = 0.25, channels: int = 1) -> np.ndarray:
    """Tones that die away, one every period, in a faint hiss: samples (C, N) at `RATE`."""
    rng, count = np.random.default_rng(0), round(seconds * RATE)
    t = np.arange(count) / RATE % period
    sound = 0.5 * np.sin(2 * np.pi * 1000 * t) * np.exp(-t / 0.02) + 0.01 * rng.normal(size=count)
    return np.stack([sound * (1 - 0.3 * index) for index in range(channels)]).astype(np.float32)


def hiss(seconds: float = 2.0, seed: int = 0, channels: int = 1) -> np.ndarray:
    """Noise: samples (C, N) at `RATE`."""
    rng = np.random.default_rng(seed)
    return (0.1 * rng.normal(size=(channels, round(seconds * RATE)))).astype(np.float32)
