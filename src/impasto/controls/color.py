"""Whose colors: the style pictures', or the content's, by a match of colors or in luminance only.

Colors are matched before painting: each style picture is recolored so that its statistics are those
of the content. A match is a function of two samples of colors and returns a recoloring:

    cholesky, symmetric, transport    x -> T (x - μ_S) + μ_C   with   T Σ_S Tᵀ = Σ_C
    histogram                         each channel by its ranks

Pictures here are arrays (H, W, 3), sRGB in [0, 1]; colors are matched as they are encoded, not in
linear light. Luminance and chroma are those of YIQ, which is a linear change of axes, so that
"luminance of the one, chroma of the other" is one addition.

Source: Gatys et al. (2016), "Preserving Color in Neural Artistic Style Transfer".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from impasto.images import FloatArray, Rgb

Real = NDArray[np.float64]
Recoloring = Callable[[Real], Real]
Match = Callable[["Sample", "Sample"], Recoloring]

LUMA = np.array([0.299, 0.587, 0.114])
"""The luminance Y of YIQ (Rec. 601), as in Gatys et al. (2016)."""

LEAST_VARIANCE = 1e-6
"""A color axis that varies less than this counts as varying this much: a quarter of a level of 8
bits, which is noise that must not be stretched into speckle."""


@dataclass(frozen=True)
class Sample:
    """Colors, and how much each counts.

    Attributes:
        colors: (N, 3).
        weights: (N,), with a sum of 1.
    """

    colors: Real
    weights: Real

    @classmethod
    def of(cls, rgb: Rgb, mask: FloatArray | None = None) -> Sample:
        """Return the colors of a picture (H, W, 3), or of a part (H, W) of it."""
        colors = rgb.reshape(-1, rgb.shape[-1]).astype(np.float64)
        if mask is None:
            return cls(colors, np.full(len(colors), 1 / len(colors)))
        weights, seen = mask.reshape(-1).astype(np.float64), mask.reshape(-1) > 0
        return cls(colors[seen], weights[seen] / weights.sum())

    @property
    def mean(self) -> Real:
        """(3,)."""
        mean: Real = self.weights @ self.colors
        return mean

    @property
    def covariance(self) -> Real:
        """(3, 3)."""
        centered = self.colors - self.mean
        covariance: Real = (centered * self.weights[:, None]).T @ centered
        return covariance


def power(matrix: Real, exponent: float, floor: float = 0.0) -> Real:
    """Return a power of a symmetric matrix, its eigenvalues first raised to ``floor``."""
    values, vectors = np.linalg.eigh(matrix)
    raised: Real = (vectors * np.maximum(values, floor) ** exponent) @ vectors.T
    return raised


def _linear(source: Sample, target: Sample, transform: Callable[[Real, Real], Real]) -> Recoloring:
    """Return ``x -> T (x - μ_S) + μ_C`` for a T that turns one covariance into the other."""
    S, C = (power(each.covariance, 1, LEAST_VARIANCE) for each in (source, target))
    T = transform(S, C)
    return lambda colors: (colors - source.mean) @ T.T + target.mean


def cholesky(source: Sample, target: Sample) -> Recoloring:
    """Match with ``T = L_C L_S⁻¹`` from the Cholesky factors; depends on the order of channels."""

    def transform(S: Real, C: Real) -> Real:
        lower, from_lower = np.linalg.cholesky(C), np.linalg.cholesky(S)
        return np.asarray(lower @ np.linalg.inv(from_lower), np.float64)

    return _linear(source, target, transform)


def symmetric(source: Sample, target: Sample) -> Recoloring:
    """Match with ``T = Σ_C^½ Σ_S^-½``, the product of symmetric roots: Gatys et al. prefer it."""
    return _linear(source, target, lambda S, C: power(C, 0.5) @ power(S, -0.5))


def transport(source: Sample, target: Sample) -> Recoloring:
    """Match with the linear map that moves colors least: ``S^-½ (S^½ C S^½)^½ S^-½``.

    T is symmetric and positive semidefinite: the optimal transport between two Gaussians.

    Source: Pitié and Kokaram (2007), "The linear Monge-Kantorovitch linear colour mapping".
    """

    def transform(S: Real, C: Real) -> Real:
        root, inverse = power(S, 0.5), power(S, -0.5)
        return inverse @ power(root @ C @ root, 0.5) @ inverse

    return _linear(source, target, transform)


def histogram(source: Sample, target: Sample) -> Recoloring:
    """Match the whole histogram of each channel: the value of rank r becomes the one of rank r."""
    maps = [
        (*_ranks(source.colors[:, c], source.weights), *_ranks(target.colors[:, c], target.weights))
        for c in range(source.colors.shape[1])
    ]

    def recolor(colors: Real) -> Real:
        channels = [
            np.interp(np.interp(colors[..., c], values, ranks), to_ranks, to_values)
            for c, (values, ranks, to_values, to_ranks) in enumerate(maps)
        ]
        return np.stack(channels, axis=-1)

    return recolor


def _ranks(values: Real, weights: Real) -> tuple[Real, Real]:
    """Return the distinct values, and the share of the sample below the middle of each."""
    distinct, where = np.unique(values, return_inverse=True)
    shares = np.bincount(where, weights)
    return distinct, np.cumsum(shares) - shares / 2


def luminance(rgb: Rgb) -> Rgb:
    """Return the gray picture (H, W, 3) of the same luminance ``Y = 0.299 R + 0.587 G + 0.114 B``.

    Example:
        >>> luminance(np.array([[[1, 0, 0]]], np.float32))[0, 0]
        array([0.299, 0.299, 0.299], dtype=float32)
    """
    gray: Rgb = np.repeat((rgb @ LUMA)[..., None], 3, axis=-1).astype(rgb.dtype)
    return gray


def spread(source: Sample, target: Sample) -> Recoloring:
    """Match mean and standard deviation of gray pictures: ``x -> σ_C / σ_S (x - μ_S) + μ_C``.

    Source: Gatys et al. (2016), section 3; their code matches the mean only.
    """
    variances = [float(np.trace(each.covariance)) for each in (target, source)]
    scale = (variances[0] / max(variances[1], 3 * LEAST_VARIANCE)) ** 0.5
    return lambda colors: scale * (colors - source.mean) + target.mean


def with_luminance_of(painted: Rgb, content: Rgb) -> Rgb:
    """Return the content's chroma at the painted luminance.

    Where the two make no color that a screen can show, the chroma is made weaker until they do;
    luminance and hue stay.
    """
    Y = (painted @ LUMA)[..., None]
    chroma = content - (content @ LUMA)[..., None]
    room = np.where(chroma > 0, 1 - Y, Y)
    with np.errstate(divide="ignore", invalid="ignore"):
        most = np.where(chroma == 0, 1, room / np.abs(chroma))
    fitting = np.clip(most.min(axis=-1, keepdims=True), 0, 1)
    colored: Rgb = np.clip(Y + fitting * chroma, 0, 1).astype(painted.dtype)
    return colored


def recolor(
    style: Rgb,
    content: Rgb,
    match: Match,
    parts: Sequence[tuple[FloatArray | None, FloatArray | None]],
) -> Rgb:
    """Return a style picture with the colors of the content, part by part.

    Args:
        style: (h, w, 3).
        content: (H, W, 3).
        match: A row of `COLOR_MATCHES`, or `spread`.
        parts: Pairs of a part of the style picture (h, w) and the part of the content (H, W) whose
            colors it takes; None is all of it. What is in no part keeps its colors.

    Returns:
        (h, w, 3), cut off at 0 and 1.
    """
    colors, total = style.astype(np.float64), np.zeros((*style.shape[:2], 1))
    result = np.zeros_like(colors)
    for of_style, of_content in parts:
        recoloring = match(Sample.of(style, of_style), Sample.of(content, of_content))
        weight = 1.0 if of_style is None else of_style[..., None]
        result, total = result + weight * recoloring(colors), total + weight
    result = (result + np.maximum(1 - total, 0) * colors) / np.maximum(total, 1)
    matched: Rgb = np.clip(result, 0, 1).astype(style.dtype)
    return matched
