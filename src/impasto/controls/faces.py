"""Find faces, so that they can be painted with care. Needs OpenCV, the extra `faces`.

A face that is lost spoils a portrait, and a face that is seen where there is none leaves a stain.
So what one detector takes for a face must be confirmed by others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from itertools import combinations
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from impasto.controls.masks import Mask
from impasto.errors import SettingsError
from impasto.extras import install
from impasto.images import Picture
from impasto.settings import Settings

MOST_CONTENT = 100.0
"""How many times as much content counts in the middle of a face, at a strength of 1."""

SEARCHED_SIDE = 800
"""Long side in pixels of the picture that is searched; a larger one is reduced."""

SMALLEST_FACE, FEWEST_PIXELS = 0.08, 20
"""The smallest face that is looked for: share of the picture's shorter side, and pixels."""

HALF_WIDTH, HALF_HEIGHT, SOFTNESS = 0.62, 0.78, 0.35
"""Half axes of the ellipse around a face in sides of the square found, and how much of the way out
the care fades."""

FACE_SIDE = 160
"""Side in pixels that a face is enlarged or reduced to, for a second look."""

REMEMBERED = 16
"""Pictures whose faces are remembered: all cells of a sweep have the same photograph."""

_ONE_AT_A_TIME = Lock()
"""A cascade keeps what it works on to itself: two threads must not use it at once."""

Face = tuple[int, int, int, int]

GrayLevels = NDArray[np.uint8]

NOT_INSTALLED = f"faces are not looked for: after {install('faces')} they are painted with care"


@dataclass(frozen=True, eq=False)
class Care:
    """Where there are faces, and how much care they are painted with.

    Attributes:
        strength: In [0, 1]; 0 for none.
        faces: How much each place of the content belongs to a face, (H, W) in [0, 1]; None if there
            is no face, or no care.
        notes: What was found, one sentence each.
    """

    strength: float = 0.0
    faces: Mask | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings, content: Picture) -> Care:
        """Look for faces, if the settings leave anything to do.

        If no strength is given it is the usual one where there are faces, and 0 elsewhere; then
        the picture can be painted again by whoever does not have OpenCV.

        Raises:
            SettingsError: If a strength is given, and OpenCV is not installed.
        """
        given = settings.protect_faces
        if given == 0 or settings.content_weight == 0 or settings.style_weight == 0:
            return cls(given or 0.0)
        try:
            found = find_faces(content.over_white())
        except SettingsError:
            if given is None:
                return cls(notes=(NOT_INSTALLED,))
            raise
        if not found:
            return cls() if given is None else cls(given, notes=("no face was found",))
        note = (
            f"{len(found)} {'face' if len(found) == 1 else 'faces'} found: painted with care "
            "(--protect-faces 0 turns this off)"
        )
        strength = settings.completed().protect_faces
        return cls(strength, around(found, *content.rgb.shape[:2]), (note,))

    @property
    def more_content(self) -> float:
        """How many times the content's weight is added in the middle of a face.

        Equal steps of strength are equal ratios: 3, 10, 32 and 100 times at each quarter.
        """
        return float(MOST_CONTENT**self.strength) - 1


def find_faces(rgb: NDArray[np.float32]) -> list[Face]:
    """Return left, top, width and height of the faces in a picture (H, W, 3), largest first.

    Faces are found from the front, at least `SMALLEST_FACE` wide.

    Raises:
        SettingsError: If OpenCV, or its detectors, are not installed.

    Source: Viola and Jones (2001), "Rapid Object Detection using a Boosted Cascade of Simple
    Features", with the cascades of Lienhart that come inside of OpenCV 4.
    """
    with _ONE_AT_A_TIME:
        cv2 = _opencv()
        _cascade("frontalface_alt2")  # or say at once that it is not there
        gray = cv2.cvtColor(np.rint(rgb * 255).astype(np.uint8), cv2.COLOR_RGB2GRAY)
        ratio = max(max(gray.shape) / SEARCHED_SIDE, 1.0)
        if ratio > 1:
            gray = cv2.resize(gray, None, fx=1 / ratio, fy=1 / ratio, interpolation=cv2.INTER_AREA)
        return list(_faces_of(gray.tobytes(), gray.shape, ratio))


@lru_cache(maxsize=REMEMBERED)
def _faces_of(levels: bytes, shape: tuple[int, int], ratio: float) -> tuple[Face, ...]:
    """Return the faces of a reduced picture, in the whole one; a sweep asks for each cell."""
    cv2, detector = _opencv(), _cascade("frontalface_alt2")
    gray = np.frombuffer(levels, np.uint8).reshape(shape)
    least = max(round(SMALLEST_FACE * min(shape)), FEWEST_PIXELS)
    found, votes = detector.detectMultiScale2(
        cv2.equalizeHist(gray), 1.1, 2, minSize=(least, least)
    )
    faces = [
        _scaled(box, ratio)
        for box, count in zip(found, np.ravel(votes), strict=True)
        if _is_face(gray, _scaled(box, 1), int(count))
    ]
    return tuple(sorted(faces, key=lambda box: (-box[2] * box[3], box)))


def _scaled(box: Sequence[float], ratio: float) -> Face:
    left, top, width, height = (round(float(length) * ratio) for length in box)
    return left, top, width, height


def _is_face(gray: GrayLevels, box: Face, votes: int) -> bool:
    """Tell whether other detectors see a face there, too.

    # Differs from Viola and Jones (2001): by the number of votes alone, two or three pictures in a
    # hundred had a face where there is none. Here a second cascade must agree, and be sure, or a
    # strict third one must, or there must be a pair of eyes.

    Args:
        gray: The picture (H, W).
        box: Left, top, width and height of what may be a face.
        votes: How many neighboring squares were taken for a face.
    """
    cv2 = _opencv()
    left, top, side, _ = box
    x, y = max(left - side // 3, 0), max(top - side // 3, 0)
    around = gray[y : top + side + side // 3, x : left + side + side // 3]
    ratio = FACE_SIDE / side
    face = cv2.equalizeHist(cv2.resize(around, None, fx=ratio, fy=ratio))
    second = _votes(face, "frontalface_alt")
    if second < 3:
        return False
    if votes >= 6 and second >= 20:
        return True
    across, down = round((left - x) * ratio), round((top - y) * ratio)
    upper = face[down + FACE_SIDE // 8 : down + FACE_SIDE * 5 // 8, across : across + FACE_SIDE]
    return _has_eyes(upper) or _votes(face, "frontalface_alt_tree") > 0


def _votes(face: GrayLevels, cascade: str) -> int:
    """Return how many squares of about the size of a face a cascade takes for one."""
    _, votes = _cascade(cascade).detectMultiScale2(
        face, 1.05, 1, minSize=(FACE_SIDE * 5 // 8,) * 2, maxSize=(FACE_SIDE * 23 // 16,) * 2
    )
    return max(map(int, np.ravel(votes)), default=0)


def _has_eyes(upper: GrayLevels) -> bool:
    """Tell whether two eyes stand side by side in the upper part of a face, one in each half."""
    found = _cascade("eye_tree_eyeglasses").detectMultiScale(
        upper, 1.05, 2, minSize=(24, 24), maxSize=(70, 70)
    )
    for pair in combinations(found, 2):
        (first, second), (above, below) = (sorted(box[k] + box[k + 2] / 2 for box in pair)
                                           for k in (0, 1))  # fmt: skip
        small, large = sorted(box[2] for box in pair)
        level = below - above < FACE_SIDE / 10 and large < 1.6 * small
        if level and first < FACE_SIDE / 2 < second and second - first > FACE_SIDE / 4.5:
            return True
    return False


def around(faces: list[Face], height: int, width: int) -> Mask:
    """Return how much each place (H, W) belongs to a face: 1 in the middle, fading outward to 0."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    belongs = np.zeros((height, width), np.float32)
    for left, top, wide, high in faces:
        across = (x - (left + wide / 2)) / (HALF_WIDTH * wide)
        down = (y - (top + high / 2)) / (HALF_HEIGHT * high)
        inward = (1 + SOFTNESS - np.hypot(across, down)) / (2 * SOFTNESS)
        t = np.clip(inward, 0, 1)
        belongs = np.maximum(belongs, t * t * (3 - 2 * t))
    return belongs


def _opencv() -> Any:
    """Return OpenCV, which takes a while to import.

    Raises:
        SettingsError: If it is not installed.
    """
    try:
        return import_module("cv2")
    except ImportError:
        raise _needed() from None


@cache
def _cascade(name: str) -> Any:
    """Return a detector that comes inside of OpenCV.

    Raises:
        SettingsError: If it does not, as in OpenCV 5.
    """
    try:
        folder = Path(import_module("cv2.data").haarcascades)
        cascade = _opencv().CascadeClassifier(str(folder / f"haarcascade_{name}.xml"))
    except (ImportError, AttributeError):
        raise _needed() from None
    if cascade.empty():
        raise _needed()
    return cascade


def _needed() -> SettingsError:
    return SettingsError(
        f"protect_faces needs OpenCV 4 to find faces: {install('faces')}, or draw a content mask."
    )
