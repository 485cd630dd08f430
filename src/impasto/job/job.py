"""A painting before the work: what is painted. Its geometry and its cost are beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from torch import Tensor

from impasto import images
from impasto.backbones import Backbone
from impasto.controls import Controls
from impasto.images import FloatArray, Picture, Rgb
from impasto.job.estimate import Estimate, extent_of
from impasto.job.recipe import Recipe
from impasto.job.resources import Cost
from impasto.job.sizes import Sizes, scaled, shape_of
from impasto.job.style_terms import choices_of, minimum_side, wanted_layers
from impasto.objective import Map, Term
from impasto.pyramid import Level
from impasto.settings import ResolvedSettings


@dataclass(frozen=True, eq=False)
class Anchor:
    """A picture that the result is to stay near, as the next frame of a clip to the last one.

    Attributes:
        name: Of its term.
        weight: Of its term: the loss is the mean square of the difference.
        rgb: The picture (H, W, 3) as the network sees it, sRGB in [0, 1].
        mask: How much each place counts (H, W), >= 0.
    """

    name: str
    weight: float
    rgb: Rgb
    mask: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Job:
    """A painting that is ready to begin: everything is read and checked.

    Attributes:
        settings: With nothing left open.
        content: The content image.
        styles: The style pictures, in the colors that they are painted in.
        init: The start image, if it is a picture of its own.
        backbone: The network, on its device and in its precision.
        cost: What one evaluation costs per pixel.
        controls: Whose colors, which regions, what must stay.
        recipe: What goes into the file.
        fine_style: The picture whose fine strokes the style pictures are to take on.
        notes: What was found out about the pictures, for people.
        anchors: What the result is to stay near, at the final size.
        style_terms: Those that another job with the same style pictures and regions has made, by
            size: a clip makes them once.
        each: What applies a function to every tile, see `impasto.objective.tiled`.
        keep: For how many tiles who does that keeps the forward pass.
        ranks: Among how many processes the picture is divided, see `impasto.ranks`.
    """

    settings: ResolvedSettings
    content: Picture
    styles: tuple[Picture, ...]
    init: Picture | None
    backbone: Backbone
    cost: Cost
    controls: Controls
    recipe: Recipe
    fine_style: Picture | None = None
    notes: tuple[str, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    style_terms: Mapping[int, tuple[Term, ...]] = field(default_factory=dict)
    each: Map = map
    keep: int = 0
    ranks: int = 1

    @property
    def levels(self) -> tuple[Level, ...]:
        """The sizes, coarsest first."""
        return tuple(Level(*level) for level in self.settings.plan)

    def levels_from(self, size: int) -> tuple[Level, ...]:
        """Return the sizes that are not smaller than a size."""
        return tuple(level for level in self.levels if level.size >= size)

    def continuation(self, level: Level) -> int:
        """Return how many evaluations continuation takes at a level.

        At coarser sizes the first has none: there a style's large forms find their places.
        """
        coarsest = level == self.levels[0] and level.size < self.settings.size
        return 0 if coarsest else self.settings.continuation

    @property
    def blend(self) -> tuple[float, ...]:
        """The weight of each style picture."""
        return self.settings.style_blend or (1.0,) * len(self.styles)

    @cached_property
    def sizes(self) -> Sizes:
        """The geometry: shapes of all pictures at each size, and the padding of small ones."""
        return Sizes(
            content=shape_of(self.content),
            styles=tuple(map(shape_of, self.styles)),
            style_scale=self.settings.style_scale,
            minimum_side=minimum_side(choices_of(self.settings, self.backbone), self.backbone),
        )

    @property
    def estimate(self) -> Estimate:
        """What the painting costs."""
        return Estimate(
            levels=self.levels,
            sizes=self.sizes,
            extent=extent_of(self.settings, self.sizes, self.ranks),
            cost=self.cost,
            tile=self.settings.tile,
            margin=self.backbone.margin(wanted_layers(self.settings)),
            ranks=self.ranks,
        )

    def with_styles(self, restyled: list[Rgb]) -> Job:
        """Return the job with style pictures that have been painted."""
        styles = tuple(Picture(self.controls.seen(rgb)) for rgb in restyled)
        return replace(self, styles=styles, fine_style=None)

    def content_at(self, size: int) -> Rgb:
        """Return the content image at one size, in its colors."""
        if not self.settings.keep_alpha:
            return scaled(self.content.over_white(), size)
        height, width = self.sizes.shape(size)
        return images.resize_cutout(self.content, width, height)

    def picture(self, image: Tensor, size: int, result: int) -> Rgb:
        """Return an image of the optimization as a finished picture (H, W, 3), in [0, 1].

        Args:
            image: (1, 3, H, W), padded or not.
            size: The size that it has been painted at.
            result: The size that the picture is to have.
        """
        cut = self.sizes.cut(image, size)[0].clamp(0, 1)
        rgb: Rgb = cut.permute(1, 2, 0).cpu().numpy()
        height, width = self.sizes.shape(result)
        if rgb.shape[:2] != (height, width):
            rgb = images.resize(rgb, width, height).clip(0, 1)
        if self.controls.changes_nothing:
            return rgb
        return self.controls.finished(rgb, self.content_at(result))
