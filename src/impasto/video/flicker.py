"""How much a clip flickers: what differs between neighbors, once motion is taken out.

Source: the warping error of Ruder et al. (2016), section 6, and of Lai et al. (2018), "Learning
Blind Video Temporal Consistency", section 4.1; here a root, so that it compares with gray levels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from impasto.errors import PictureError
from impasto.images import Rgb
from impasto.video.motion import gray_levels, motion

SURE = 0.99
"""Places count where the motion is trusted at least so far."""


def flicker(photographs: Sequence[Rgb], painted: Sequence[Rgb]) -> float:
    """Return the warping error of a painted clip, in [0, 1]: 0 is no flicker.

    Each frame is compared with the one before it, moved as the photographs tell, where that is
    trusted: the root of the mean square of the difference. The photographs' own error, from noise
    and from pixels computed between others, is the least that can be expected.

    Args:
        photographs: The source's frames (H, W, 3), sRGB in [0, 1].
        painted: What was painted of each, of the same shape.

    Raises:
        PictureError: If they are not as many, or fewer than two.
        SettingsError: If OpenCV is not installed.
    """
    if len(photographs) != len(painted) or len(painted) < 2:
        raise PictureError(
            f"there are {len(photographs)} photographs and {len(painted)} paintings: flicker is "
            "seen in two frames or more, each with its photograph."
        )
    total, places = 0.0, 0.0
    for index in range(1, len(painted)):
        here, there = (gray_levels(photographs[at]) for at in (index, index - 1))
        moved = motion(here, there)
        sure = (moved.trust >= SURE) & (moved.inside > 0)
        squares = np.square(moved.carried(painted[index - 1]) - painted[index]).mean(axis=2)
        total += float(squares[sure].sum())
        places += float(sure.sum())
    return float(np.sqrt(total / max(places, 1)))
