"""A painting before the work: everything read, checked and chosen."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from impasto import images, memory, samples
from impasto.backbones import load_backbone
from impasto.backbones.backbone import Backbone
from impasto.backbones.network import Network
from impasto.backbones.published import find_weights, sources
from impasto.backbones.rescaling import rescale
from impasto.controls import Controls, resized
from impasto.errors import SettingsError, did_you_mean
from impasto.images import Canvas, Picture, as_picture, fit
from impasto.machine import DTYPES, choose_device, choose_precision, choose_threads
from impasto.masks import Mask
from impasto.memory import Cost, Extent
from impasto.normalization import NORMALIZATIONS
from impasto.objective import Term
from impasto.photorealism import BYTES
from impasto.pyramid import Level
from impasto.recipe import Input, Recipe
from impasto.settings import Settings
from impasto.spreading import Area
from impasto.styles import Choice, check_regions, check_tiles, choose, least_side, style_terms
from impasto.tables import INITIALIZERS, SPREADS

Rgb = NDArray[np.float32]


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


def shape_of(picture: Picture, long_side: int) -> tuple[int, int]:
    """Return height and width of a picture resized to a long side."""
    height, width = picture.rgb.shape[:2]
    return fit(width, height, long_side)[::-1]


def scaled(rgb: Rgb, long_side: int) -> Rgb:
    """Return a picture resized to a long side."""
    width, height = fit(rgb.shape[1], rgb.shape[0], long_side)
    return images.resize(rgb, width, height)


def style_sizes(settings: Settings, size: int, count: int) -> list[int]:
    """Return the long side of each style picture where the result has one of ``size``."""
    scales = (
        settings.style_scale * count if len(settings.style_scale) == 1 else settings.style_scale
    )
    return [max(round(size * scale), 1) for scale in scales]


def prepare(
    content: Any,
    style: Any,
    settings: Settings,
    last: Job | None = None,
    *,
    content_mask: Any = None,
    style_mask: Any = None,
) -> Job:
    """Read and check everything, and make the choices left open; nothing expensive happens yet.

    Args:
        content: The photograph: a path, a PIL image, an array or a tensor. A `Canvas` if there is
            none, with a ``content_weight`` of 0.
        style: One painting, or a list or tuple of them; none with a ``style_weight`` of 0.
        settings: What to paint.
        last: A job whose network is taken over if this one needs the same.
        content_mask: Masks in place of the files that the settings name: one, or several.
        style_mask: Likewise.

    Raises:
        UsageError: If anything is wrong.
    """
    styles = several(style)
    check_counts(styles, settings)
    start = None if settings.init in INITIALIZERS else start_picture(settings.init)
    canvas = check_canvas(content, settings) if isinstance(content, Canvas) else None
    photograph = as_picture(content) if canvas is None else canvas.picture
    paintings = tuple(as_picture(each) for each in styles)
    fine = None if settings.fine_style is None else as_picture(settings.fine_style)
    masks = [settings.content_mask if content_mask is None else several(content_mask),
             settings.style_mask if style_mask is None else several(style_mask)]  # fmt: skip
    content_masks, style_masks = (tuple(map(as_picture, each)) for each in masks)
    controls = Controls.read(settings, photograph, paintings, content_masks, style_masks)
    if settings.auto and content_masks:
        raise SettingsError(
            "auto weighs the style of a whole picture and a content mask leaves parts of it: give "
            "a style_weight in place of auto."
        )
    device, weights = choose_device(settings.device), weight_file(settings)
    resolved = settings.with_defaults().replace(
        device=device,
        precision=choose_precision(settings.precision, device),
        threads=choose_threads(settings.threads),
    )
    losses = style_losses(resolved)
    if controls.regions:
        check_regions(losses)
    extent = extent_of(resolved, photograph, paintings)
    backbone, cost = network_of(last, resolved, controls, weights) or load_measured(
        resolved, controls, weights
    )
    resolved = resolved.replace(tile=pick_tile(resolved, extent, backbone, cost))
    tile = resolved.tile or 0
    check_tiles(losses, tile if tile < resolved.size else 0)
    recipe = Recipe(
        resolved,
        content=None if canvas else identify(content, photograph),
        styles=tuple(map(identify, styles, paintings)),
        init=identify(settings.init, start) if start is not None else None,
        fine_style=identify(settings.fine_style, fine) if fine is not None else None,
        content_masks=tuple(map(identify, masks[0], content_masks)),
        style_masks=tuple(map(identify, masks[1], style_masks)),
        weights=Input.of_file(weights) if weights is not None else None,
        canvas=(canvas.width, canvas.height) if canvas else None,
    )
    controls = replace(controls, settings=resolved)
    colored = controls.recolored(photograph.over_white(), paintings)
    return Job(
        *(resolved, photograph, colored, start, backbone, cost, controls, recipe, fine),
        notes=controls.notes,
    )


def several(value: Any) -> tuple[Any, ...]:
    """Return one picture, or a list or tuple of them, as a tuple."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def extent_of(settings: Settings, content: Picture, styles: Sequence[Picture]) -> Extent:
    """Return the sizes that decide how much memory a painting needs.

    Raises:
        SettingsError: If a picture would be larger than Impasto reads and writes.
    """
    sizes = style_sizes(settings, settings.size, len(styles))
    sides = [(content, settings.size), *zip(styles, sizes, strict=True)]
    shapes = []
    for picture, side in sides:
        shapes.append(shape_of(picture, side))
        if math.prod(shapes[-1]) > images.MAX_PIXELS:
            height, width = shapes[-1]
            raise SettingsError(
                f"a picture would have {width} x {height} pixels: at most "
                f"{images.MAX_PIXELS // 10**6} million are possible, so lower size or style_scale."
            )
    vectors = 2 * settings.history if settings.optimizer.startswith("lbfgs") else 2
    value = 8 if settings.precision == "float64" else 4
    terms = BYTES if settings.photoreal_weight else 0
    return Extent(shapes[0], max(shapes, key=math.prod), vectors, value, terms)


def pick_tile(settings: Settings, extent: Extent, backbone: Backbone, cost: Cost) -> int:
    """Return the tile asked for, or the largest that fits into the memory allowed or free."""
    if settings.tile is not None:
        return settings.tile
    allowed = memory.SPARE * memory.free_memory(settings.device)
    budget = allowed if settings.memory is None else settings.memory * memory.GIB
    layers = wanted_layers(settings)
    stride = backbone.stride(layers)
    return memory.choose_tile(extent, cost, backbone.margin(layers), stride, budget)


def measure(settings: Settings, backbone: Backbone, regions: int) -> Cost:
    """Return what an evaluation costs with the chosen losses, once for each region.

    Raises:
        SettingsError: If a style loss is for none of the layers.
    """
    choices = choices_of(settings, backbone)
    scale, how = NORMALIZATIONS[settings.normalization].style, SPREADS["simple"].load()

    def style(image: Tensor) -> list[Term]:
        everywhere = torch.ones_like(image[:, :1])
        areas = [Area(str(k), everywhere, {0: None}) for k in range(regions)] or [Area.whole(1)]
        made = [style_terms(backbone, [image], [1.0], choices, scale, 0, a, how) for a in areas]
        return [term for terms in made for term in terms]

    return memory.measure(backbone, wanted_layers(settings), style)


def choices_of(settings: Settings, backbone: Backbone) -> list[Choice]:
    """Return which style losses look at which layers."""
    return choose(style_losses(settings), active_layers(settings)[1], backbone)


def style_losses(settings: Settings) -> dict[str, float]:
    """Return the style losses with their weights; those of weight 0 are left out."""
    if settings.style_weight == 0:
        return {}
    return {name: weight for name, weight in settings.style_loss if weight}


def wanted_layers(settings: Settings) -> list[str]:
    """Return every layer that the losses look at."""
    return [layer for layers in active_layers(settings) for layer in layers]


def active_layers(settings: Settings) -> tuple[dict[str, float], dict[str, float]]:
    """Return the content and the style layers with their weights; those of weight 0 are left out.

    What has no weight is neither computed nor required.
    """
    content = dict(settings.content_layers) if settings.content_weight else {}
    # Before `auto` has chosen it, the style weight is None.
    style = dict(settings.style_layers) if settings.style_weight != 0 else {}
    return {k: w for k, w in content.items() if w}, {k: w for k, w in style.items() if w}


def weight_file(settings: Settings) -> Path | None:
    """Return the weight file given or fetched, or None for the network inside the package."""
    if settings.weights is not None:
        return Path(settings.weights).expanduser()
    return find_weights(settings.backbone) if sources(settings.backbone) else None


def load_measured(
    settings: Settings, controls: Controls, weights: Path | None
) -> tuple[Backbone, Cost]:
    """Return the network, and what one evaluation costs."""
    backbone = load(settings, weights)
    return backbone, measure(settings, backbone, len(controls.regions))


def network_of(
    job: Job | None, settings: Settings, controls: Controls, weights: Path | None
) -> tuple[Backbone, Cost] | None:
    """Return the network of another job, with its cost, if these settings need the same one."""
    if job is None or len(job.controls.regions) != len(controls.regions):
        return None
    layers, others = ([set(each) for each in active_layers(s)] for s in (settings, job.settings))
    if layers != others:
        return None
    for name in ("backbone", "pooling", "rescale", "style_loss", "device", "precision", "threads"):
        if getattr(job.settings, name) != getattr(settings, name):
            return None
    if job.recipe.weights != (None if weights is None else Input.of_file(weights)):
        return None
    return job.backbone, job.cost


def load(settings: Settings, weights: Path | None) -> Backbone:
    """Return the network on its device, in its precision."""
    backbone = load_backbone(
        settings.backbone,
        layers=wanted_layers(settings),
        weights=weights,
        pooling=settings.pooling,
    )
    if settings.rescale == "unit":
        normalize(backbone)
    dtype = DTYPES[settings.precision]
    backbone.to(device=settings.device, dtype=dtype)
    return backbone.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


SAMPLE_SIDE = 256
"""Long side of the sample pictures that a network is rescaled with."""


def normalize(backbone: Backbone) -> None:
    """Rescale a VGG to a mean activation of 1 per filter over the pictures of the package.

    The paintings are among them because four photographs have too few colors: from the means over
    40 others, those of VGG-19's conv1_1 are 2.3 times off with the photographs, and 1.5 with both.
    """
    assert isinstance(backbone, Network)
    paths = [
        *map(samples.photograph, samples.PHOTOGRAPHS),
        *map(samples.painting, samples.PAINTINGS),
    ]
    rgbs = [scaled(images.read(path).rgb, SAMPLE_SIDE) for path in paths]
    changed = rescale(backbone, [torch.from_numpy(rgb).permute(2, 0, 1)[None] for rgb in rgbs])
    if changed:
        backbone.description += "; rescaled to a mean activation of 1 per filter"


def check_counts(styles: Sequence[Any], settings: Settings) -> None:
    """Raise SettingsError unless there is a style, and a weight for each if there are any."""
    if not styles and (settings.style_weight != 0 or settings.init == "style"):
        raise SettingsError("no style picture is given: give one or more.")
    if settings.fine_style is not None and (not styles or settings.style_weight == 0):
        raise SettingsError(
            "fine_style is given but no style is painted: give a style picture and a style_weight, "
            "or leave out fine_style."
        )
    for name in () if styles else ("color", "photoreal", "photoreal_weight", "finish"):
        if getattr(settings, name) not in (None, getattr(USUAL, name)):
            raise SettingsError(
                f"{name} is {getattr(settings, name)!r} but no style is painted, whose colors it "
                f"could change: leave out {name}."
            )
    if settings.style_blend and len(settings.style_blend) != len(styles):
        raise SettingsError(
            f"style_blend has {len(settings.style_blend)} weights for {len(styles)} style "
            "pictures: give one weight for each."
        )
    if len(settings.style_scale) not in (1, len(styles)):
        raise SettingsError(
            f"style_scale has {len(settings.style_scale)} numbers for {len(styles)} style "
            "pictures: give one for all, or one for each."
        )


USUAL = Settings().with_defaults()
"""What a setting is where nobody has chosen it."""

OF_THE_PHOTOGRAPH = (
    *("color", "content_mask", "style_mask", "protect_faces", "protect_edges"),
    *("photoreal", "photoreal_weight", "finish"),
)
"""Settings that keep something of the photograph."""


def check_canvas(canvas: Canvas, settings: Settings) -> Canvas:
    """Raise SettingsError if a painting on a blank canvas would look at it."""
    if settings.content_weight != 0 or settings.init == "content":
        raise SettingsError(
            "a blank canvas has no content: content_weight must be 0, and init another than "
            "content, like noise."
        )
    for name in OF_THE_PHOTOGRAPH:
        value = getattr(settings, name)
        if value not in (None, getattr(USUAL, name)):
            raise SettingsError(
                f"{name} is {value!r} but a blank canvas has no photograph to keep something of: "
                f"leave out {name}."
            )
    return canvas


def start_picture(path: str) -> Picture:
    """Return the picture to start from."""
    if not Path(path).exists():
        raise SettingsError(
            f"init is '{path}': {did_you_mean(path, INITIALIZERS)}"
            f"It must be {', '.join(INITIALIZERS)}, or the path of a picture."
        )
    return as_picture(path)


def identify(source: Any, picture: Picture) -> Input:
    """Return what a recipe records of an input."""
    if isinstance(source, str | Path):
        return Input.of_file(Path(source).absolute())
    return Input.of_values(np.ascontiguousarray(picture.rgb).tobytes())
