"""Small pictures that tests paint, drawn by formulas."""

import numpy as np


def scene(width: int, height: int) -> np.ndarray:
    """A smooth picture with an edge, (H, W, 3) uint8."""
    y, x = np.mgrid[0:height, 0:width]
    sky = np.stack([60 + 2 * y, 120 + y, 255 - x], axis=2)
    house = (x > width // 3) & (y > height // 2)
    return np.where(house[..., None], [200, 80, 40], sky % 256).astype(np.uint8)


def strokes(width: int, height: int) -> np.ndarray:
    """A busy picture, (H, W, 3) uint8."""
    y, x = np.mgrid[0:height, 0:width]
    wave = np.sin(x / 3.0 + 2 * np.sin(y / 7.0))
    return np.stack([128 + 100 * wave, 90 + 60 * wave, 140 - 90 * wave], axis=2).astype(np.uint8)
