"""Regions: which part of the content takes its style from which part of which style picture.

Masks are pictures, of two kinds:

    gray     one region each: white belongs to it, black does not, gray does in part
    color    several regions in one picture: red, green, blue, yellow, magenta, cyan, white; black
             belongs to none

Black is what a mask is drawn on: transparent places belong to no region, half transparent ones are
half as light.

Region k of the content is painted with region k of the style pictures: the same color, or the same
place in the list. What belongs to no region stays the content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from impasto.errors import SettingsError
from impasto.images import FloatArray, Picture

Mask = FloatArray

CORNERS: dict[str, tuple[int, int, int]] = {
    "black": (0, 0, 0),
    "red": (1, 0, 0),
    "green": (0, 1, 0),
    "blue": (0, 0, 1),
    "yellow": (1, 1, 0),
    "magenta": (1, 0, 1),
    "cyan": (0, 1, 1),
    "white": (1, 1, 1),
}
"""The colors of a color mask, in their order; a pixel is taken for the nearest."""

LEAST_SHARE = 0.01
"""A color on less than this share of a color mask is taken for the nearest other: at the border of
two colors a soft brush or a JPEG leaves a third."""

LEAST_COLORED = 0.01
"""A mask with more than this share of colored pixels is a color mask."""

PROPORTIONS = 0.03
"""How much the proportions of a mask may differ from those of its picture."""


@dataclass(frozen=True, eq=False)
class MaskedRegion:
    """A part of the content, and the parts of the style pictures that it is painted with.

    Attributes:
        name: A color or a number, for messages and histories; empty if it is the only one.
        content: How much each place of the content belongs to it, (H, W) in [0, 1].
        styles: For each style picture that it takes its style from, by index: which part of it,
            (h, w) in [0, 1], or None for all.
    """

    name: str
    content: Mask
    styles: Mapping[int, Mask | None]


def regions(
    content_masks: Sequence[Picture],
    style_masks: Sequence[Picture],
    content: Picture,
    styles: Sequence[Picture],
) -> tuple[MaskedRegion, ...]:
    """Return the regions that masks describe; none without masks.

    Args:
        content_masks: One color mask, or any number of gray ones.
        style_masks: A color mask for each style picture; or gray ones, see `_gray_styles`; or none,
            and region k is painted with style k, a single region with all style pictures.
        content: The content.
        styles: The style pictures.

    Raises:
        SettingsError: If a region is empty, has no counterpart, or a mask has other proportions
            than its picture.
    """
    if not content_masks:
        if style_masks:
            raise SettingsError("style_mask is given without content_mask: give both.")
        return ()
    for number, mask in enumerate(content_masks, start=1):
        _check_proportions(mask, content, f"content mask {number}", "the photograph")
    colored = [is_colored(mask) for mask in (*content_masks, *style_masks)]
    if any(colored) and not (colored[0] and len(content_masks) == 1):
        raise SettingsError(
            "a color mask stands beside other content masks or gray ones: give one color mask, "
            "with a color mask for each style picture, or gray masks only."
        )
    parts = color_parts(content_masks[0]) if colored[0] else _gray_parts(content_masks)
    for name, part in parts.items():
        _check_not_empty(part, f"region {name} of the content mask")
    if not style_masks:
        owned = _whole_styles(parts, len(styles))
    elif colored[0]:
        if not all(colored):
            raise SettingsError(
                "the content mask has colors and a style mask is gray: draw the regions of the "
                "style in the same colors."
            )
        owned = _color_styles(parts, style_masks, styles)
    else:
        owned = _gray_styles(parts, style_masks, styles)
    single = len(parts) == 1
    return tuple(
        MaskedRegion("" if single else name, part, owned[name]) for name, part in parts.items()
    )


def is_colored(mask: Picture) -> bool:
    """Tell whether a mask has colors, more than a JPEG of a gray picture has."""
    rgb = mask.over_black()
    chroma = rgb.max(axis=2) - rgb.min(axis=2)
    return bool((chroma > 0.25).mean() > LEAST_COLORED)


def color_parts(mask: Picture) -> dict[str, Mask]:
    """Return the regions of a color mask by the names of their colors; black is none."""
    corners, rgb = np.array(list(CORNERS.values()), np.float32), mask.over_black()
    distances = np.stack([np.square(rgb - corner).sum(axis=2) for corner in corners], axis=2)
    shares = np.bincount(distances.argmin(axis=2).reshape(-1), minlength=len(corners))
    rare = shares < LEAST_SHARE * distances[..., 0].size
    nearest = np.where(rare, np.inf, distances).argmin(axis=2)
    found = {name: nearest == k for k, name in enumerate(CORNERS) if k and not rare[k]}
    return {name: part.astype(np.float32) for name, part in found.items()}


def gray(mask: Picture) -> Mask:
    """Return a gray mask as numbers (H, W) in [0, 1]."""
    values: Mask = mask.over_black().mean(axis=2, dtype=mask.rgb.dtype)
    return values


def _gray_parts(masks: Sequence[Picture]) -> dict[str, Mask]:
    return {str(number): gray(mask) for number, mask in enumerate(masks, start=1)}


Styles = dict[str, dict[int, Mask | None]]


def _whole_styles(parts: Mapping[str, Mask], styles: int) -> Styles:
    """Paint region k with style picture k, or a single region with all style pictures."""
    if len(parts) == 1:
        return {name: dict.fromkeys(range(styles)) for name in parts}
    if len(parts) != styles:
        raise SettingsError(
            f"the content mask has {len(parts)} regions ({', '.join(parts)}) and there "
            f"{'is 1 style picture' if styles == 1 else f'are {styles} style pictures'}: "
            "give one style picture for each, in this order, or a style mask."
        )
    return {name: {index: None} for index, name in enumerate(parts)}


def _color_styles(
    parts: Mapping[str, Mask], masks: Sequence[Picture], styles: Sequence[Picture]
) -> Styles:
    """Paint each color with the same color of all style pictures."""
    _check_number(masks, len(styles), "a color mask for each style picture")
    found: Styles = {name: {} for name in parts}
    for index, (mask, style) in enumerate(zip(masks, styles, strict=True)):
        _check_proportions(mask, style, f"style mask {index + 1}", f"style picture {index + 1}")
        for name, part in color_parts(mask).items():
            if name in found:
                found[name][index] = part
    for name, owned in found.items():
        if not owned:
            raise SettingsError(
                f"region {name} of the content mask is in no style mask: "
                f"paint a part of a style mask {name}, or make it black in the content mask."
            )
    return found


def _gray_styles(
    parts: Mapping[str, Mask], masks: Sequence[Picture], styles: Sequence[Picture]
) -> Styles:
    """Paint a single region with a part of each style picture; or region k with part k.

    Several parts are taken from the only style picture, or from as many style pictures.
    """
    single = len(parts) == 1
    owners = list(range(len(styles))) if single or len(styles) > 1 else [0] * len(parts)
    _check_number(masks, len(owners), f"one for each {'style picture' if single else 'region'}")
    if not single and len(owners) != len(parts):
        raise SettingsError(
            f"there are {len(parts)} content masks for {len(owners)} style pictures: "
            "give one style picture, or one for each mask."
        )
    found: Styles = {name: {} for name in parts}
    names = list(parts) * len(owners) if single else list(parts)
    for number, (owner, name, mask) in enumerate(zip(owners, names, masks, strict=False), start=1):
        what = f"style mask {number}"
        _check_proportions(mask, styles[owner], what, f"style picture {owner + 1}")
        found[name][owner] = gray(mask)
        _check_not_empty(gray(mask), what)
    return found


def _check_number(masks: Sequence[Picture], wanted: int, rule: str) -> None:
    if len(masks) != wanted:
        raise SettingsError(
            f"style_mask has {len(masks)} pictures: give {wanted}, {rule}, or leave it out."
        )


def _check_not_empty(part: Mask, name: str) -> None:
    if part.mean() < 1e-4 or part.max() < 0.05:
        raise SettingsError(f"{name} is empty: make a part of it white, or colored, or drop it.")


def _check_proportions(mask: Picture, picture: Picture, name: str, whose: str) -> None:
    (mask_height, mask_width), (height, width) = mask.rgb.shape[:2], picture.rgb.shape[:2]
    if abs(mask_width * height / (mask_height * width) - 1) > PROPORTIONS:
        raise SettingsError(
            f"{name} has {mask_width} x {mask_height} pixels, and {whose} has {width} x {height}: "
            "a mask must have the proportions of its picture."
        )
