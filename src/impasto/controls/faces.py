"""Find faces, so that they can be painted with less strength. Needs OpenCV: `impasto[faces]`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from impasto.errors import SettingsError

CASCADE = "haarcascade_frontalface_alt2.xml"
"""The detector of Viola and Jones (2001) that comes inside of OpenCV 4."""

STRENGTH_IN_FACES = 0.25
"""How strongly the middle of a face is painted."""

SMALLEST_FACE = 0.06
"""The smallest face that is looked for, as a share of the picture's shorter side."""

HALF_WIDTH, HALF_HEIGHT, SOFTNESS = 0.62, 0.78, 0.35
"""Half axes of the ellipse around a face in sides of the square found, and how much of the way out
the strength grows."""

Face = tuple[int, int, int, int]


def find_faces(rgb: NDArray[np.float32]) -> list[Face]:
    """Return left, top, width and height of the faces in a picture (H, W, 3), largest first.

    Raises:
        SettingsError: If OpenCV, or its detector, is not installed.
    """
    try:
        import cv2

        detector = cv2.CascadeClassifier(
            str(Path(import_module("cv2.data").haarcascades) / CASCADE)
        )
        loaded = not detector.empty()
    except (ImportError, AttributeError):
        loaded = False
    if not loaded:
        raise SettingsError(
            "protect_faces needs OpenCV 4 to find faces: install it with pip install "
            '"impasto[faces]", or draw a content mask.'
        )
    levels = np.rint(rgb * 255).astype(np.uint8)
    gray = cv2.equalizeHist(cv2.cvtColor(levels, cv2.COLOR_RGB2GRAY))
    least = max(round(SMALLEST_FACE * min(gray.shape)), 20)
    found = detector.detectMultiScale(gray, 1.1, 5, minSize=(least, least))
    boxes = [(int(x), int(y), int(w), int(h)) for x, y, w, h in found]
    return sorted(boxes, key=lambda box: -box[2] * box[3])


def strength_around(faces: list[Face], height: int, width: int) -> NDArray[np.float32]:
    """Return how strongly to paint each place (H, W): 1 away from faces, less in them."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    strength = np.ones((height, width), np.float32)
    for left, top, wide, high in faces:
        across = (x - (left + wide / 2)) / (HALF_WIDTH * wide)
        down = (y - (top + high / 2)) / (HALF_HEIGHT * high)
        outward = (np.hypot(across, down) - (1 - SOFTNESS)) / (2 * SOFTNESS)
        t = np.clip(outward, 0, 1)
        smooth = t * t * (3 - 2 * t)
        strength = np.minimum(strength, STRENGTH_IN_FACES + (1 - STRENGTH_IN_FACES) * smooth)
    return strength
