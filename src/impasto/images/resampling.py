"""Pillow's resampling in double precision, which Pillow has in single precision only.

Source: Pillow's ``src/libImaging/Resample.c``: the same filters, over the same pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Double = npt.NDArray[np.float64]


def resample(values: Double, new: int, axis: int) -> Double:
    """Return an array with ``new`` pixels along an axis.

    Lanczos-3 where it shrinks, over the whole area of each new pixel; a cubic (a = -1/2) where it
    grows.
    """
    return np.moveaxis(resample_rows(np.moveaxis(values, axis, 0), new, slice(None)), 0, axis)


def resample_rows(values: npt.NDArray[Any], new: int, kept: slice) -> Double:
    """Return some of the ``new`` rows that an array would have, see `resample`."""
    first, weights = (each[kept] for each in _weights(len(values), new))
    result = np.zeros((len(first), *values.shape[1:]))
    for tap, weight in enumerate(weights.T):
        places = np.minimum(first + tap, len(values) - 1)  # beyond the end the weight is 0
        result += weight.reshape(-1, *(1,) * (values.ndim - 1)) * values[places]
    return result


def _weights(old: int, new: int) -> tuple[npt.NDArray[np.int64], Double]:
    """Return the first pixel that each new one sees, and the weights (new, taps) from there on."""
    scale = max(old / new, 1.0)
    kernel, reach = (_lanczos, 3 * scale) if new < old else (_cubic, 2.0)
    center = (np.arange(new) + 0.5) * (old / new)
    first = np.maximum(center - reach + 0.5, 0).astype(np.int64)
    end = np.minimum(center + reach + 0.5, old).astype(np.int64)
    pixels = first[:, None] + np.arange((end - first).max())
    weights = kernel((pixels + 0.5 - center[:, None]) / scale) * (pixels < end[:, None])
    return first, weights / weights.sum(axis=1, keepdims=True)


Kernel = Callable[[Double], Double]


def _lanczos(x: Double) -> Double:
    """Return ``sinc(x) sinc(x / 3)``, 0 beyond 3."""
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0.0)


def _cubic(x: Double) -> Double:
    """Return the cubic convolution kernel with a = -1/2: Keys (1981)."""
    a, x = -0.5, np.abs(x)
    inner = ((a + 2) * x - (a + 3)) * x * x + 1
    outer = (((x - 5) * x + 8) * x - 4) * a
    return np.where(x < 1, inner, np.where(x < 2, outer, 0.0))
