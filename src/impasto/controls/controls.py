"""What steers a painting besides its losses: whose colors, which regions, what must stay.

Before painting the style pictures are recolored; at every size the regions become masks; afterwards
the picture is finished, and what is not to be painted becomes the content again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from impasto import images
from impasto.controls.color import luminance, recolor, spread, with_luminance_of
from impasto.controls.faces import Care
from impasto.controls.masks import Mask, MaskedRegion, regions
from impasto.errors import SettingsError
from impasto.images import Picture, Rgb
from impasto.registry import COLOR_MATCHES, FINISHES
from impasto.settings import CompleteSettings


@dataclass(frozen=True, eq=False)
class Controls:
    """What steers a painting, read and checked.

    Attributes:
        settings: What to paint.
        regions: The parts of the content that are painted; none if all of it is.
        care: Where there are faces, which are painted with care.
    """

    settings: CompleteSettings
    regions: tuple[MaskedRegion, ...] = ()
    care: Care = Care()

    @classmethod
    def read(
        cls,
        settings: CompleteSettings,
        content: Picture,
        styles: Sequence[Picture],
        content_masks: Sequence[Picture],
        style_masks: Sequence[Picture],
        care: Care,
    ) -> Controls:
        """Make regions of masks.

        Raises:
            SettingsError: If masks contradict each other or their pictures.
        """
        if settings.mask_spread and not content_masks:
            raise SettingsError("mask_spread is given without a mask: give a content_mask, too.")
        if settings.auto and content_masks:
            raise SettingsError(
                "auto weighs the style of a whole picture and a content mask leaves parts of it: "
                "give a style_weight in place of auto."
            )
        found = regions(content_masks, style_masks, content, styles)
        _check_weights(found, settings)
        return cls(settings, found, care)

    @property
    def gray(self) -> bool:
        """Whether only luminance is painted."""
        return self.settings.color == "luminance"

    def recolored(self, content: Rgb, styles: Sequence[Picture]) -> tuple[Picture, ...]:
        """Return the style pictures in the colors that they are painted in."""
        if self.gray:
            match = spread
        elif self.settings.color_match is not None:
            match = COLOR_MATCHES[self.settings.color_match].load()
        else:
            return tuple(styles)
        recolored = []
        for index, style in enumerate(styles):
            picture = style.over_white()
            parts = self._parts(index, picture.shape[:2], content.shape[:2])
            source = luminance(picture) if self.gray else picture
            recolored.append(Picture(recolor(source, self.seen(content), match, parts)))
        return tuple(recolored)

    def _parts(
        self, style: int, picture: Sequence[int], content: Sequence[int]
    ) -> list[tuple[Mask | None, Mask | None]]:
        """Return which parts of a style picture take their colors from which of the content."""
        if not self.regions:
            return [(None, None)]
        used = [region for region in self.regions if style in region.styles]
        masks = [(each.styles[style], resized(each.content, content)) for each in used]
        return [(None if of is None else resized(of, picture), to) for of, to in masks]

    def strength(self, height: int, width: int) -> Mask | None:
        """Return how strongly each place (H, W) is painted, in [0, 1]; None for all of it fully."""
        if not self.regions:
            return None
        total = np.zeros((height, width), np.float32)
        for region in self.regions:
            total += resized(region.content, (height, width))
        return total.clip(0, 1)

    def seen(self, content: Rgb) -> Rgb:
        """Return the content as the network sees it: gray, if only luminance is painted."""
        return luminance(content) if self.gray else content

    @property
    def changes_nothing(self) -> bool:
        """Whether `finished` returns the picture as it is."""
        return not (self.gray or self.regions or self.settings.finish != "none")

    def finished(self, painted: Rgb, content: Rgb) -> Rgb:
        """Return a picture with its finish, the colors that it is to have, and what must stay.

        Args:
            painted: (H, W, 3), as the network sees it.
            content: (H, W, 3), in its colors.
        """
        if self.settings.finish != "none":
            finish = FINISHES[self.settings.finish].load()
            pair = (painted, self.seen(content))
            tensors = [torch.from_numpy(each).double().permute(2, 0, 1) for each in pair]
            finished = finish(*tensors).clamp(0, 1).permute(1, 2, 0).numpy()
            painted = finished.astype(painted.dtype)
        if self.gray:
            painted = with_luminance_of(painted, content)
        strength = self.strength(*painted.shape[:2])
        if strength is None:
            return painted
        s = strength[..., None]
        mixed: Rgb = s * painted + (1 - s) * content
        return mixed


def resized(mask: Mask, shape: Sequence[int]) -> Mask:
    """Return a mask at a height and width."""
    if mask.shape == tuple(shape):
        return mask
    return images.resize(mask, shape[1], shape[0])


def _check_weights(found: Sequence[MaskedRegion], settings: CompleteSettings) -> None:
    """Raise SettingsError if a region takes its style from style pictures of weight 0 only."""
    for region in found:
        if settings.style_blend and not any(settings.style_blend[k] for k in region.styles):
            raise SettingsError(
                f"region {region.name} is painted with style pictures whose style_blend is 0: "
                "give one of them a weight."
            )
