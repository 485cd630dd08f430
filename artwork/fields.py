"""Noise, blur and flow: the fields that steer a brush.

Every function is NumPy only, and deterministic for a given generator. Fields are arrays (H, W);
the coordinates of points are (x, y) in pixels of the field.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Generator = np.random.Generator


def smoothstep(low: float, high: float, value: Array) -> Array:
    """Rise from 0 at ``low`` to 1 at ``high`` with level ends (``low > high`` falls)."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def _filtered(field: Array, response: Array) -> Array:
    """Multiply the spectrum of ``field`` by ``response``."""
    spectrum = np.fft.rfft2(field) * response
    return np.fft.irfft2(spectrum, s=field.shape).astype(np.float32)


def _frequencies(shape: tuple[int, int]) -> tuple[Array, Array]:
    """Return vertical (H, 1) and horizontal (1, W // 2 + 1) frequencies, in cycles per pixel."""
    return np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None, :]


def blur(field: Array, across: float, along: float | None = None) -> Array:
    """Blur with a Gaussian of ``across`` pixels vertically and ``along`` horizontally.

    The field is taken as periodic.
    """
    along = across if along is None else along
    fy, fx = _frequencies((field.shape[0], field.shape[1]))
    return _filtered(field, np.exp(-2.0 * np.pi**2 * ((across * fy) ** 2 + (along * fx) ** 2)))


def noise(
    rng: Generator, shape: tuple[int, int], across: float, along: float | None = None
) -> Array:
    """Return smooth noise of mean 0 and deviation 1 with features of the given size in pixels."""
    field = blur(rng.standard_normal(shape), across, along)
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-9), np.float32)


def fractal(rng: Generator, shape: tuple[int, int], largest: float, slope: float = 1.6) -> Array:
    """Return noise of mean 0 and deviation 1 with detail at every scale below ``largest`` pixels.

    The amplitude of a frequency ``f`` is ``f ** -slope``: a larger slope is smoother.
    """
    fy, fx = _frequencies(shape)
    radius = np.sqrt(fy**2 + fx**2 + largest**-2.0)
    field = _filtered(rng.standard_normal(shape), radius**-slope)
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-9), np.float32)


def profile(rng: Generator, count: int, largest: float, slope: float = 1.4) -> Array:
    """Return a line of fractal noise (``count``,), scaled to mean 0 and deviation 1."""
    frequency = np.sqrt(np.fft.rfftfreq(2 * count) ** 2 + largest**-2.0)
    spectrum = np.fft.rfft(rng.standard_normal(2 * count)) * frequency**-slope
    line = np.fft.irfft(spectrum)[:count]
    return np.asarray((line - line.mean()) / max(float(line.std()), 1e-9), np.float32)


def pick(field: Array, x: Array, y: Array) -> Array:
    """Read ``field`` at the pixels nearest to the points, clamped to its border."""
    column = np.clip(np.rint(x), 0, field.shape[1] - 1).astype(np.intp)
    row = np.clip(np.rint(y), 0, field.shape[0] - 1).astype(np.intp)
    return np.asarray(field[row, column])


def along_levels(height: Array) -> Array:
    """Return the angle, in radians, that runs along the level lines of ``height``."""
    dy, dx = np.gradient(height)
    return np.asarray(np.arctan2(-dx, dy))


def scatter(rng: Generator, width: float, height: float, spacing: float) -> Array:
    """Return points (N, 2) spread evenly but without a grid, in random order.

    One point falls anywhere within each cell of ``spacing``; rows are shifted at random, and the
    points reach one spacing beyond the border.
    """
    columns, rows = int(width / spacing) + 3, int(height / spacing) + 3
    row, column = np.mgrid[0:rows, 0:columns].astype(np.float32)
    x = (column + rng.random((rows, columns)) + rng.random((rows, 1)) - 1.5) * spacing
    y = (row + 1.3 * rng.random((rows, columns)) - 1.15) * spacing
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    return np.asarray(points[rng.permutation(len(points))])
