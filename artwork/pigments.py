"""Colors as a painter mixes them: hexadecimal names, lightness and hue jitter, palettes.

Jitter and mixtures are taken in OKLab, where equal steps look equal, so that a stroke can vary in
lightness without turning gray.

Source: B. Ottosson, "A perceptual color space for image processing", 2020.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from artwork.fields import Array, Generator

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LAB, _FROM_CONES = np.linalg.inv(_TO_LAB), np.linalg.inv(_TO_CONES)


def to_lab(rgb: Array) -> Array:
    """Convert sRGB in [0, 1] (..., 3) to OKLab."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T)


def to_rgb(lab: Array) -> Array:
    """Convert OKLab (..., 3) to sRGB, clipped to [0, 1]."""
    linear = np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_CONES.T, 0.0, 1.0)
    rgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(rgb)


def palette(*names: str) -> Array:
    """Read colors written as ``"1b3a6b"``; returns sRGB (N, 3) in [0, 1].

    Example:
        >>> palette("ff0000").tolist()
        [[1.0, 0.0, 0.0]]
    """
    return np.array([list(bytes.fromhex(name)) for name in names]) / 255.0


def ramp(colors: Array, position: Array) -> Array:
    """Interpolate along ``colors`` (N, 3), evenly spaced over [0, 1], at ``position`` (...)."""
    lab = to_lab(colors)
    stops = np.linspace(0.0, 1.0, len(colors))
    return to_rgb(np.stack([np.interp(position, stops, lab[:, c]) for c in range(3)], axis=-1))


def vary(rng: Generator, colors: Array, lightness: float = 0.03, hue: float = 0.02) -> Array:
    """Jitter colors (..., 3) by the given deviations in OKLab."""
    deviation = np.array([lightness, hue, hue])
    return to_rgb(to_lab(colors) + deviation * rng.standard_normal(colors.shape))


def choose(rng: Generator, colors: Array, weights: Sequence[float], count: int) -> Array:
    """Draw ``count`` colors with probabilities proportional to ``weights``."""
    probability = np.asarray(weights, float) / np.sum(weights)
    return np.asarray(colors[rng.choice(len(colors), size=count, p=probability)])
