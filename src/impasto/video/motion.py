"""Where everything in a frame was in another one, and how far that can be trusted.

Source: Ruder, Dosovitskiy and Brox (2016), "Artistic Style Transfer for Videos", section 4.3, after
Sundaram, Brox and Keutzer (2010); the flow is that of Kroeger et al. (2016), "Fast Optical Flow
using Dense Inverse Search", with the variational refinement of OpenCV.

# Differs from Ruder et al. (2016): they compute DeepFlow, some twenty seconds a frame. What is
# still is recognized, and held more firmly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from impasto.extras import require
from impasto.images import Rgb

Field = NDArray[np.float32]
"""Of a number for each place (H, W), or of arrows (H, W, 2) to the right and down, in pixels."""

Gray = NDArray[np.uint8]
"""Gray levels (H, W), from which motion is found."""

FLOW_SIDE = 640
"""Long side in pixels at which motion is found in larger frames: as exact, and much faster."""

DISTANCE, SHARE = 0.5, 0.01
"""The way there and back may miss by so many square pixels, and by such a share of its length²."""

LEAST_SLOPE, SLOPE_SHARE = 0.002, 0.01
"""Arrows that differ from their neighbors by more than this, and than such a share of their
length², are at the border of something that moves."""

SMOOTH = 0.8
"""Standard deviation in pixels by which trust is smoothed."""

STILL_MOTION, STILL_CHANGE = 0.2, 2 / 255
"""What moves by fewer pixels and changes by less, as the mean of 5 × 5 pixels, is still."""

CUT_TRUST, CUT_HISTOGRAM = 0.3, 0.4
"""A new shot begins where less can be trusted, or where so much of the gray levels is another."""

BINS = 64
"""Of the histogram of gray levels."""


def opencv() -> Any:
    """Return OpenCV, or raise SettingsError, which says how to get it."""
    return require("cv2", "video", "motion in a clip is found by OpenCV")


@dataclass(frozen=True, eq=False)
class Motion:
    """Where each place of a frame was in another one.

    Attributes:
        flow: The arrow from each place of the frame to where it was (H, W, 2), in pixels.
        trust: In [0, 1] (H, W): 0 where it was hidden there, or where motion has a border.
        still: Where nothing moves or changes (H, W), 0 or 1.
        inside: Where it was within the picture (H, W), 0 or 1.
    """

    flow: Field
    trust: Field
    still: Field
    inside: Field

    def carried(self, other: Rgb) -> Rgb:
        """Return the other frame's painting (H, W, 3), moved to where it is in this frame."""
        return np.asarray(sampled(np.asarray(other, np.float32), self.flow), np.float32)

    def is_cut(self, here: Gray, there: Gray) -> bool:
        """Tell whether the two frames belong to different shots."""
        if float(self.trust.mean()) < CUT_TRUST:
            return True
        first, second = (
            np.histogram(each, BINS, (0, 256))[0] / each.size for each in (here, there)
        )
        return float(np.abs(first - second).sum()) / 2 > CUT_HISTOGRAM


def gray_levels(rgb: Rgb) -> Gray:
    """Return what motion is found from: the luma of a frame (H, W, 3) in [0, 1], as 8 bits."""
    cv2 = opencv()
    levels = np.rint(rgb.clip(0, 1) * 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(levels, cv2.COLOR_RGB2GRAY), np.uint8)


def motion(here: Gray, there: Gray) -> Motion:
    """Return where each place of one frame was in another one of the same height and width.

    Raises:
        SettingsError: If OpenCV is not installed.
    """
    backward, forward = flow(here, there), flow(there, here)
    still = where_still(here, there, backward)
    backward = backward * (1 - still)[..., None]
    inside = within(backward)
    trust = trusted(backward, forward)
    return Motion(backward, np.maximum(trust, still), still, inside)


def flow(here: Gray, there: Gray) -> Field:
    """Return the arrows (H, W, 2) from each place of one frame to the same thing in another."""
    cv2 = opencv()
    height, width = here.shape
    ratio = max(max(here.shape) / FLOW_SIDE, 1.0)
    if ratio > 1:
        small = (round(width / ratio), round(height / ratio))
        here, there = (cv2.resize(each, small, interpolation=cv2.INTER_AREA)
                       for each in (here, there))  # fmt: skip
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    search.setFinestScale(0)
    found = search.calc(here, there, None)
    if ratio > 1:
        factors = np.array([width / small[0], height / small[1]], np.float32)
        found = cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR) * factors
    return np.asarray(found, np.float32)


def sampled(values: Field, arrows: Field) -> Field:
    """Return what lies at the ends of the arrows, between pixels by its neighbors.

    Outside of the picture it is mirrored.
    """
    cv2 = opencv()
    x, y = ends(arrows)
    found = cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(found, np.float32)


def without_specks(rgb: Rgb) -> Rgb:
    """Return a picture (H, W, 3) of which each value is the median of those around it, 5 × 5."""
    return np.asarray(opencv().medianBlur(np.asarray(rgb, np.float32), 5), np.float32)


def ends(arrows: Field) -> tuple[Field, Field]:
    """Return the columns and rows (H, W) that arrows from each pixel lead to."""
    y, x = np.mgrid[0 : arrows.shape[0], 0 : arrows.shape[1]].astype(np.float32)
    return x + arrows[..., 0], y + arrows[..., 1]


def within(arrows: Field) -> Field:
    """Return 1 where an arrow ends within the picture, else 0."""
    x, y = ends(arrows)
    height, width = x.shape
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    return np.asarray(inside, np.float32)


def trusted(backward: Field, forward: Field) -> Field:
    """Return how far arrows can be trusted (H, W), in [0, 1].

    Not at all where the way there and back does not end where it began: the thing was hidden in the
    other frame. Smoothing lets such a hole grow, since it counts as -1. Nor at the borders of
    motion, where paint would be smeared over them, nor where an arrow leads outside.
    """
    cv2 = opencv()
    back = sampled(forward, backward)
    missed = np.square(backward + back).sum(axis=2)
    length = np.square(backward).sum(axis=2)
    hidden = missed >= SHARE * (length + np.square(back).sum(axis=2)) + DISTANCE
    slopes = sum(
        np.square(np.gradient(backward[..., axis], axis=side)) for axis in (0, 1) for side in (0, 1)
    )
    border = slopes > SLOPE_SHARE * length + LEAST_SLOPE
    trust = np.select([within(backward) == 0, hidden, border], [0, -1, 0], 1).astype(np.float32)
    smooth = cv2.GaussianBlur(trust, (0, 0), SMOOTH)
    return np.asarray(np.clip(smooth, 0, 1), np.float32)


def where_still(here: Gray, there: Gray, arrows: Field) -> Field:
    """Return 1 where nothing moves or changes (H, W), else 0.

    There the paint is taken over as it is: no pixel is computed from its neighbors, which would
    blur it a little in every frame.
    """
    cv2 = opencv()
    change = cv2.blur(here.astype(np.float32) - there.astype(np.float32), (5, 5)) / 255
    moves = np.square(arrows).sum(axis=2) >= STILL_MOTION**2
    return np.asarray(~moves & (np.abs(change) < STILL_CHANGE), np.float32)
