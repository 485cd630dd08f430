"""A painting before the work: everything read, checked and chosen."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from impasto import images
from impasto.backbones import Backbone
from impasto.controls.color import Rgb
from impasto.controls.controls import Controls, resized
from impasto.controls.masks import Mask
from impasto.images import Picture
from impasto.job import resources as memory
from impasto.job.recipe import Recipe
from impasto.job.resources import Cost, Extent
from impasto.job.selection import choices_of, wanted_layers
from impasto.job.sizes import extent_of, scaled, shape_of, style_sizes
from impasto.job.style_terms import least_side
from impasto.objective.guidance import Area
from impasto.pyramid import Level
from impasto.settings.settings import Settings


@dataclass(frozen=True, eq=False)
class Job:
    """A painting that is ready to begin: everything is read and checked.

    Attributes:
        settings: With nothing left open.
        content: The photograph.
        styles: The style pictures, in the colors that they are painted in.
        start: The start image, if it is a picture of its own.
        backbone: The network, on its device and in its precision.
        cost: What one evaluation costs per pixel.
        controls: Whose colors, which regions, what must stay.
        recipe: What goes into the file.
        fine: The picture whose fine strokes the style pictures are to take on, see `mixing`.
        notes: What was found out about the pictures, for people.
    """

    settings: Settings
    content: Picture
    styles: tuple[Picture, ...]
    start: Picture | None
    backbone: Backbone
    cost: Cost
    controls: Controls
    recipe: Recipe
    fine: Picture | None = None
    notes: tuple[str, ...] = ()

    @property
    def levels(self) -> tuple[Level, ...]:
        """The sizes, coarsest first."""
        return tuple(Level(*level) for level in self.settings.plan)

    @property
    def blend(self) -> tuple[float, ...]:
        """The weight of each style picture."""
        return self.settings.style_blend or (1.0,) * len(self.styles)

    @property
    def margin(self) -> int:
        """How far beyond its square a feature sees, in pixels."""
        return self.backbone.margin(wanted_layers(self.settings))

    @property
    def extent(self) -> Extent:
        """The sizes that decide how much memory the run needs."""
        return extent_of(self.settings, self.content, self.styles)

    @property
    def peak_memory(self) -> float:
        """An estimate of the bytes that the run will take."""
        return memory.peak(self.extent, self.cost, self.settings.tile, self.margin)

    @property
    def seconds(self) -> float:
        """An estimate of the time that the run will take."""
        return self.cost.seconds * sum(lv.evaluations * self.work(lv) for lv in self.levels)

    def work(self, level: Level) -> float:
        """Return the work of one evaluation, in pixels of an evaluation without tiles."""
        area, side = math.prod(self.shape(level.size)), self.settings.tile
        if side == 0 or side >= level.size:
            return area
        # A tile runs forward twice and back once, with its margins.
        return 1.5 * area * (1 + 2 * self.margin / side) ** 2

    @cached_property
    def least_side(self) -> int:
        """The smallest height and width that reach the deepest layer and suit the losses."""
        return least_side(choices_of(self.settings, self.backbone), self.backbone)

    def shape(self, size: int) -> tuple[int, int]:
        """Return height and width of the result whose long side is ``size``."""
        return shape_of(self.content, size)

    def pictures(self, size: int) -> list[Tensor]:
        """Return the photograph and the paintings at one size, as tensors (1, 3, H, W)."""
        sides = style_sizes(self.settings, size, len(self.styles))
        paintings = [scaled(s.over_white(), n) for s, n in zip(self.styles, sides, strict=True)]
        photograph = self.controls.seen(self.photograph(size))
        return [self.tensor(rgb) for rgb in (photograph, *paintings)]

    def photograph(self, size: int) -> Rgb:
        """Return the photograph at one size, in its colors."""
        rgb = self.content.rgb if self.settings.keep_alpha else self.content.over_white()
        return scaled(rgb, size)

    def areas(self, size: int) -> list[Area]:
        """Return the regions at one size, as masks (1, 1, H, W) of photograph and paintings."""
        sides = style_sizes(self.settings, size, len(self.styles))
        shapes = [shape_of(s, side) for s, side in zip(self.styles, sides, strict=True)]
        return [
            Area(
                region.name,
                self.mask(region.content, self.shape(size)),
                {index: self.mask(part, shapes[index]) for index, part in region.styles.items()},
            )
            for region in self.controls.regions
        ]

    def mask(self, part: Mask | None, shape: Sequence[int]) -> Tensor | None:
        """Return a mask as a tensor (1, 1, H, W) beside that of `tensor` of a picture's shape."""
        if part is None:
            return None
        dtype = torch.float64 if self.settings.precision == "float64" else torch.float32
        mask = torch.from_numpy(resized(part, shape))[None, None]
        return self.pad(mask.to(self.settings.device, dtype))

    def allowed(self, size: int) -> Callable[[Tensor], Tensor] | None:
        """Return the projection of a change of the image onto what may change; None for all."""
        free = self.mask(self.controls.strength(*self.shape(size)), self.shape(size))
        gray = self.controls.gray
        if free is None and not gray:
            return None

        def project(change: Tensor) -> Tensor:
            if gray:
                change = change.mean(dim=1, keepdim=True).expand_as(change)
            return change if free is None else change * (free > 0)

        return project

    def with_styles(self, restyled: Sequence[Rgb]) -> Job:
        """Return the job with style pictures that have been painted, if there are any."""
        if not restyled:
            return self
        styles = tuple(Picture(self.controls.seen(rgb)) for rgb in restyled)
        return replace(self, styles=styles, fine=None)

    def start_at(self, size: int) -> Tensor:
        """Return the start picture at one size, cut to the photograph's shape."""
        assert self.start is not None
        height, width = self.shape(size)
        return self.tensor(images.cover(self.start.over_white(), width, height))

    def tensor(self, rgb: Rgb) -> Tensor:
        """Return a picture as a tensor (1, 3, H, W) that the network accepts.

        A side below the network's minimum is padded by reflection; see `Progress.rgb` for the cut.
        """
        channels_first = torch.from_numpy(rgb).permute(2, 0, 1)[None].contiguous()
        dtype = torch.float64 if self.settings.precision == "float64" else torch.float32
        return self.pad(channels_first.to(device=self.settings.device, dtype=dtype))

    def pad(self, image: Tensor) -> Tensor:
        """Return an image whose sides below the network's minimum are continued by reflection."""
        for dim in (2, 3):
            side, least = image.shape[dim], self.least_side
            if side < least:
                index = torch.arange(least, device=image.device) - before(side, least)
                index = index % (2 * side)
                image = image.index_select(dim, torch.minimum(index, 2 * side - 1 - index))
        return image

    def cut(self, image: Tensor, size: int) -> Tensor:
        """Return an image of one size without what `pad` has added."""
        height, width = self.shape(size)
        top, left = before(height, self.least_side), before(width, self.least_side)
        return image[:, :, top : top + height, left : left + width]

    def picture(self, image: Tensor, size: int, result: int) -> Rgb:
        """Return an image of the optimization as a finished picture (H, W, 3), in [0, 1].

        Args:
            image: (1, 3, H, W), padded or not.
            size: The size that it has been painted at.
            result: The size that the picture is to have.
        """
        cut = self.cut(image, size)[0].clamp(0, 1)
        rgb: Rgb = cut.permute(1, 2, 0).float().cpu().numpy()
        height, width = self.shape(result)
        if rgb.shape[:2] != (height, width):
            rgb = images.resize(rgb, width, height).clip(0, 1)
        if self.controls.changes_nothing:
            return rgb
        return self.controls.finished(rgb, self.photograph(result))


def before(side: int, least: int) -> int:
    """Return how many pixels are padded before a side that is below the minimum."""
    return max(least - side, 0) // 2
