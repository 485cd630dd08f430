"""The numbers that decide a training run, besides the pictures."""

from __future__ import annotations

from dataclasses import dataclass, field

from training.teacher import LAYERS

FEATURE_WEIGHT = dict(zip(LAYERS, (1.0, 1.5, 2.0, 0.7, 2.0, 2.0, 2.0), strict=True))
GRAM_WEIGHT = dict(zip(LAYERS, (1.0, 1.0, 1.5, 0.0, 2.0, 0.0, 3.0), strict=True))
DIFFERENCE_WEIGHT = dict(zip(LAYERS, (0.5, 1.0, 2.0, 0.0, 2.0, 0.0, 3.0), strict=True))
GRADIENT_SHARE = dict(zip(LAYERS, (0.06, 0.12, 0.20, 0.05, 0.22, 0.15, 0.20), strict=True))
"""How often gradients are matched at each layer."""
GRADIENT_WEIGHT = dict(zip(LAYERS, (1.0, 1.0, 1.0, 0.5, 1.0, 1.0, 1.0), strict=True))
SOLVE_AT = (20, 40, 60, 100, 150, 200, 300, 450, 700, 1000)
"""Steps at which the heads are set by least squares; Adam moves them in between."""


@dataclass(frozen=True)
class Config:
    """Everything that decides a run, besides the pictures.

    Attributes:
        seed: Of all random numbers.
        minutes: Of training, after which the rate is zero.
        rate: The largest of Adam's learning rates.
        warmup: Steps until it is reached.
        size: Side of a training picture in pixels.
        lessons: How many pictures from files are kept with the teacher's answers.
        fresh: Of them in each batch.
        pool: Style transfers in progress.
        pairs: Of them in each batch, with their styles.
        matched: Pictures of each batch whose gradients are matched, those of the pool first.
        ema: How slowly the average of the weights moves that is exported.
    """

    seed: int = 1
    minutes: float = 120.0
    rate: float = 6e-4
    warmup: int = 60
    size: int = 112
    lessons: int = 1600
    fresh: int = 2
    pool: int = 16
    pairs: int = 2
    matched: int = 4
    ema: float = 0.999
    feature_weight: dict[str, float] = field(default_factory=lambda: FEATURE_WEIGHT)
    gram_weight: dict[str, float] = field(default_factory=lambda: GRAM_WEIGHT)
    difference_weight: dict[str, float] = field(default_factory=lambda: DIFFERENCE_WEIGHT)
    gradient_weight: dict[str, float] = field(default_factory=lambda: GRADIENT_WEIGHT)
