"""The numbers that decide a training run, besides the pictures."""

from __future__ import annotations

from dataclasses import dataclass, field

from training.teachers import LAYERS

FEATURE_WEIGHT = dict(zip(LAYERS, (1.0, 1.5, 2.0, 1.5, 1.0, 0.7, 0.7), strict=True))
GRAM_WEIGHT = dict(zip(LAYERS, (1.0, 1.0, 1.5, 0.5, 0.5, 0.0, 0.3), strict=True))
DIFFERENCE_WEIGHT = dict(zip(LAYERS, (0.5, 1.0, 2.0, 0.0, 0.5, 0.0, 0.2), strict=True))
GRADIENT_SHARE = dict(zip(LAYERS, (0.12, 0.22, 0.32, 0.22, 0.07, 0.05, 0.0), strict=True))
"""How often gradients are matched at each layer."""
GRADIENT_WEIGHT = dict(zip(LAYERS, (1.0, 1.0, 1.0, 1.0, 0.4, 0.4, 0.0), strict=True))
SOLVE_AT = (20, 40, 60, 100, 150, 200, 300, 450, 700, 1000)
"""Steps at which the heads are set by least squares; Adam moves them in between."""


@dataclass(frozen=True)
class Config:
    """Everything that decides a run, besides the pictures."""

    seed: int = 1
    minutes: float = 100.0
    rate: float = 3e-3
    warmup: int = 60
    pool: int = 16
    phases: tuple[tuple[float, int, int, int], ...] = ((0.0, 96, 4, 2), (0.72, 128, 2, 2))
    """From which part of the time: crop in pixels, pictures from files, pairs from the pool."""
    ema: float = 0.999
    deep_pooling: str = "avg"
    feature_weight: dict[str, float] = field(default_factory=lambda: FEATURE_WEIGHT)
    gram_weight: dict[str, float] = field(default_factory=lambda: GRAM_WEIGHT)
    difference_weight: dict[str, float] = field(default_factory=lambda: DIFFERENCE_WEIGHT)
    gradient_weight: dict[str, float] = field(default_factory=lambda: GRADIENT_WEIGHT)
    gradient_share: dict[str, float] = field(default_factory=lambda: GRADIENT_SHARE)
