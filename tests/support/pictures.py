"""What is in a picture file."""

from pathlib import Path

import numpy as np
from PIL import Image

from impasto import images


def dimensions(path: str | Path) -> tuple[int, int]:
    """Return width and height of a picture file."""
    with Image.open(path) as picture:
        return picture.size


def pixels(path: str | Path) -> np.ndarray:
    """Return a picture file as (H, W, 3) floats in [0, 1]."""
    return images.read(path).rgb
