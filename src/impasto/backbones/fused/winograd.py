"""3 × 3 convolutions with a quarter of the multiplications, by Winograd's minimal filtering.

Sixteen neighboring results, 4 × 4, are made at once. The 6 × 6 inputs below them and the kernel are
read as polynomials and evaluated at six points along each axis. There a convolution is a product:
of each of the 36 pairs of points a matrix product over the channels is left, for which processors
are built. The values of the products lead back to the results. Where this multiplies 36 times, a
direct convolution does 144 times; in float32 its errors are half as large, 6e-7 against 1.1e-6.

The points are 0, ±3/2, ±2/3 and infinity: each with its reciprocal. To turn a kernel around, as
the gradient with respect to the input does, is to swap p and 1/p. So one evaluated kernel, which
takes four times the memory of the plain one, serves both ways.

Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015 (arXiv:1509.09308), with the
points of Toom and Cook. OneDNN, torch's library for processors, convolves directly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Matrix = NDArray[np.float64]

FINITE_POINTS = (0.0, 3 / 2, -3 / 2, 2 / 3, -2 / 3)
"""Where polynomials are evaluated, besides infinity. With ±1, ±2 errors are twice as large."""

RECIPROCALS = [5, 3, 4, 1, 2, 0]
"""Of each point, infinity being the last: where its reciprocal stands."""

SIDE, BELOW = 4, 6
"""Results, and the inputs that they depend on, along each axis."""

AT_ONCE = 256
"""Squares of 4 × 4 results that are in work together: few enough for the processor's cache."""

LEAST_SQUARES, LEAST_CHANNELS, MANY_CHANNELS = 16, 128, 256
"""With fewer squares than the first, fetching the kernels takes the time that is saved. Where one
side has fewer channels than the second, or both fewer than the last, the passes over memory do."""


class Way(NamedTuple):
    """The matrices of a convolution in two dimensions.

    Attributes:
        into: (36, 36), from inputs to values at the points.
        back: (16, 36), from values at the points to results.
    """

    into: Tensor
    back: Tensor


def _along_one_axis() -> tuple[Matrix, Matrix, Matrix]:
    """Return Bᵀ (6, 6), G (6, 3) and Aᵀ (4, 6) of y = Aᵀ((G g) ⊙ (Bᵀ d))."""
    into, kernel, back = np.zeros((6, 6)), np.zeros((6, 3)), np.zeros((4, 6))
    for row, point in enumerate(FINITE_POINTS):
        others = [other for other in FINITE_POINTS if other != point]
        into[row, :5] = np.poly(others)[::-1]
        kernel[row] = np.power(point, range(3)) / np.prod(point - np.array(others))
        back[:, row] = np.power(point, range(SIDE))
    into[5] = np.poly(FINITE_POINTS)[::-1]
    kernel[5, 2] = back[3, 5] = 1
    return into, kernel, back


def _turned(into: Matrix, kernel: Matrix, back: Matrix) -> tuple[Matrix, Matrix]:
    """Return Bᵀ and Aᵀ for the kernel turned around, of which the values at the reciprocals are.

    With P, which swaps each point and its reciprocal, and a diagonal S, turning is G J = S P G.
    """
    swapped, around = kernel[RECIPROCALS, :], kernel[:, ::-1]
    scale = (around * swapped).sum(axis=1) / (swapped * swapped).sum(axis=1)
    return into[RECIPROCALS, :], (back * scale)[:, RECIPROCALS]


def _two_dimensional(into: Matrix, back: Matrix) -> Way:
    return Way(*(torch.from_numpy(np.kron(m, m).astype(np.float32)) for m in (into, back)))


_INTO, _KERNEL, _BACK = _along_one_axis()

FORWARD = _two_dimensional(_INTO, _BACK)
"""A convolution."""

TURNED = _two_dimensional(*_turned(_INTO, _KERNEL, _BACK))
"""A convolution with the kernel turned around."""


def pays(convolution: nn.Conv2d, x: Tensor) -> bool:
    """Tell whether a convolution of ``x`` (B, I, H, W), or its gradient, is faster this way."""
    c = convolution
    fits = c.kernel_size == (3, 3) and c.padding == c.stride == c.dilation == (1, 1)
    channels = sorted((c.in_channels, c.out_channels))
    wide = channels[0] >= LEAST_CHANNELS and channels[1] >= MANY_CHANNELS and c.groups == 1
    squares = -(-x.shape[2] // SIDE) * -(-x.shape[3] // SIDE)
    plain = x.dtype == c.weight.dtype == torch.float32 and x.device.type == "cpu"
    return fits and wide and plain and squares >= LEAST_SQUARES


def evaluated(weight: Tensor) -> Tensor:
    """Return a kernel (O, I, 3, 3) at the 36 points: (36, I, O), float32."""
    both = torch.from_numpy(np.kron(_KERNEL, _KERNEL))
    values = weight.double().flatten(2) @ both.T
    return values.permute(2, 1, 0).float().contiguous()


def convolve(
    x: Tensor, kernel: Tensor, way: Way, finish: Callable[[Tensor], object] | None = None
) -> Tensor:
    """Return the convolution of ``x`` with zeros around it, stride 1, channels last in memory.

    Args:
        x: (B, I, H, W), float32.
        kernel: (36, I, O), from `evaluated`, or a transposed view of it.
        way: `FORWARD` or `TURNED`.
        finish: Is given each strip of the results (h, w, O), to change it while it is in the cache.
    """
    batch, _, height, width = x.shape
    y = x.new_empty(batch, height, width, kernel.shape[2])
    step = SIDE * max(1, AT_ONCE // -(-width // SIDE))
    for image, result in zip(x.permute(0, 2, 3, 1), y, strict=True):
        for top in range(0, height, step):
            rows = result[top : top + step]
            made = _strip(_around(image, top, rows.shape[0]), kernel, way)[: rows.shape[0], :width]
            if finish is not None:
                finish(made)
            rows.copy_(made)
    return y.permute(0, 3, 1, 2)


def _around(image: Tensor, top: int, count: int) -> Tensor:
    """Return the inputs (h, w, I) of rows, filled up with zeros to whole squares and one around."""
    height, width, channels = image.shape
    squares = -(-count // SIDE), -(-width // SIDE)
    found = image.new_zeros(*(SIDE * n + 2 for n in squares), channels)
    first, last = max(top - 1, 0), min(top + found.shape[0] - 1, height)
    found[first - top + 1 : last - top + 1, 1 : width + 1] = image[first:last]
    return found


def _strip(inputs: Tensor, kernel: Tensor, way: Way) -> Tensor:
    """Return the results (h, w, O) of whole squares."""
    height, width, channels = inputs.shape
    down, across = height // SIDE, width // SIDE
    row, column, _ = inputs.stride()
    squares = inputs.as_strided(
        (BELOW, BELOW, down, across, channels), (row, column, SIDE * row, SIDE * column, 1)
    )
    values = way.into @ squares.reshape(BELOW**2, -1)
    products = torch.bmm(values.view(BELOW**2, down * across, channels), kernel)
    results = (way.back @ products.view(BELOW**2, -1)).view(SIDE, SIDE, down, across, -1)
    return results.permute(2, 0, 3, 1, 4).reshape(SIDE * down, SIDE * across, -1)
