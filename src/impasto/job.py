"""A painting before the work: everything read, checked and chosen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from impasto import images, memory
from impasto.backbones import load_backbone, minimum_side
from impasto.backbones.backbone import Backbone
from impasto.backbones.published import find_weights, sources
from impasto.errors import SettingsError, did_you_mean
from impasto.images import Picture, as_picture, fit
from impasto.machine import DTYPES, choose_device, choose_precision, choose_threads
from impasto.memory import Cost, Extent
from impasto.normalization import NORMALIZATIONS
from impasto.objective import Term
from impasto.pyramid import Level
from impasto.recipe import Input, Recipe
from impasto.settings import Settings
from impasto.styles import check_tiles, choose, style_terms
from impasto.tables import INITIALIZERS

Rgb = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Job:
    """A painting that is ready to begin: everything is read and checked.

    Attributes:
        settings: With nothing left open.
        content: The photograph.
        styles: The style pictures.
        start: The start image, if it is a picture of its own.
        backbone: The network, on its device and in its precision.
        cost: What one evaluation costs per pixel.
        recipe: What goes into the file.
        notes: What was found out about the pictures, for people.
    """

    settings: Settings
    content: Picture
    styles: tuple[Picture, ...]
    start: Picture | None
    backbone: Backbone
    cost: Cost
    recipe: Recipe
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

    @property
    def least_side(self) -> int:
        """The smallest height and width that reach the deepest layer."""
        return minimum_side(wanted_layers(self.settings))

    def shape(self, size: int) -> tuple[int, int]:
        """Return height and width of the result whose long side is ``size``."""
        height, width = self.content.rgb.shape[:2]
        width, height = fit(width, height, size)
        return height, width

    def pictures(self, size: int) -> list[Tensor]:
        """Return the photograph and the paintings at one size, as tensors (1, 3, H, W)."""
        photograph = self.content.rgb if self.settings.keep_alpha else self.content.over_white()
        style_size = max(round(size * self.settings.style_scale), 1)
        paintings = [scaled(style.over_white(), style_size) for style in self.styles]
        return [self.tensor(rgb) for rgb in (scaled(photograph, size), *paintings)]

    def start_at(self, size: int) -> Tensor:
        """Return the start picture at one size, in the photograph's shape."""
        assert self.start is not None
        height, width = self.shape(size)
        return self.tensor(images.resize(self.start.over_white(), width, height))

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

    def picture(self, image: Tensor, size: int) -> Rgb:
        """Return an image of the optimization as a picture (H, W, 3), cut and clipped."""
        cut = self.cut(image, size)[0].clamp(0, 1)
        return cut.permute(1, 2, 0).float().cpu().numpy()


def before(side: int, least: int) -> int:
    """Return how many pixels are padded before a side that is below the minimum."""
    return max(least - side, 0) // 2


def scaled(rgb: Rgb, long_side: int) -> Rgb:
    """Return a picture resized to a long side."""
    width, height = fit(rgb.shape[1], rgb.shape[0], long_side)
    return images.resize(rgb, width, height)


def prepare(content: Any, style: Any, settings: Settings) -> Job:
    """Read and check everything, and make the choices left open; nothing expensive happens yet.

    Args:
        content: The photograph: a path, a PIL image, an array or a tensor.
        style: One painting, or a list or tuple of them.
        settings: What to paint.

    Raises:
        UsageError: If anything is wrong.
    """
    styles = tuple(style) if isinstance(style, list | tuple) else (style,)
    check_counts(styles, settings)
    start = None if settings.init in INITIALIZERS else start_picture(settings.init)
    photograph, paintings = as_picture(content), tuple(as_picture(each) for each in styles)
    device, weights = choose_device(settings.device), weight_file(settings)
    resolved = settings.with_defaults().replace(
        device=device,
        precision=choose_precision(settings.precision, device),
        threads=choose_threads(settings.threads),
    )
    extent = extent_of(resolved, photograph, paintings)
    backbone = load(resolved, weights)
    cost = measure(resolved, backbone)
    resolved = resolved.replace(tile=pick_tile(resolved, extent, backbone, cost))
    check_tiles(dict(resolved.style_loss), resolved.tile or 0)
    recipe = Recipe(
        resolved,
        content=identify(content, photograph),
        styles=tuple(map(identify, styles, paintings)),
        init=identify(settings.init, start) if start is not None else None,
        weights=Input.of_file(weights) if weights is not None else None,
    )
    return Job(resolved, photograph, paintings, start, backbone, cost, recipe)


def extent_of(settings: Settings, content: Picture, styles: Sequence[Picture]) -> Extent:
    """Return the sizes that decide how much memory a painting needs.

    Raises:
        SettingsError: If a picture would be larger than Impasto reads and writes.
    """
    style_size = max(round(settings.size * settings.style_scale), 1)
    sides = [(content, settings.size), *((style, style_size) for style in styles)]
    shapes = []
    for picture, side in sides:
        height, width = picture.rgb.shape[:2]
        shapes.append(fit(width, height, side)[::-1])
        if math.prod(shapes[-1]) > images.MAX_PIXELS:
            height, width = shapes[-1]
            raise SettingsError(
                f"a picture would have {width} x {height} pixels: at most "
                f"{images.MAX_PIXELS // 10**6} million are possible, so lower size or style_scale."
            )
    vectors = 2 * settings.history if settings.optimizer == "lbfgs" else 2
    value = 8 if settings.precision == "float64" else 4
    return Extent(shapes[0], max(shapes, key=math.prod), vectors, value)


def pick_tile(settings: Settings, extent: Extent, backbone: Backbone, cost: Cost) -> int:
    """Return the tile asked for, or the largest that fits into the memory allowed or free."""
    if settings.tile is not None:
        return settings.tile
    allowed = memory.SPARE * memory.free_memory(settings.device)
    budget = allowed if settings.memory is None else settings.memory * memory.GIB
    layers = wanted_layers(settings)
    stride = minimum_side(layers)
    return memory.choose_tile(extent, cost, backbone.margin(layers), stride, budget)


def measure(settings: Settings, backbone: Backbone) -> Cost:
    """Return what an evaluation with the chosen losses costs.

    Raises:
        SettingsError: If a style loss is for none of the layers.
    """
    choices = choose(dict(settings.style_loss), dict(settings.style_layers))
    scale = NORMALIZATIONS[settings.normalization].style

    def style(image: Tensor) -> list[Term]:
        return style_terms(backbone, [image], [1.0], choices, scale, side=0)

    return memory.measure(backbone, wanted_layers(settings), style)


def wanted_layers(settings: Settings) -> list[str]:
    """Return every layer that the losses look at."""
    return [layer for layer, _ in settings.content_layers + settings.style_layers]


def weight_file(settings: Settings) -> Path | None:
    """Return the weight file given or fetched, or None for the network inside the package."""
    if settings.weights is not None:
        return Path(settings.weights).expanduser()
    return find_weights(settings.backbone) if sources(settings.backbone) else None


def load(settings: Settings, weights: Path | None) -> Backbone:
    """Return the network on its device, in its precision."""
    backbone = load_backbone(
        settings.backbone,
        layers=wanted_layers(settings),
        weights=weights,
        pooling=settings.pooling,
    )
    dtype = DTYPES[settings.precision]
    backbone.to(device=settings.device, dtype=dtype)
    return backbone.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def check_counts(styles: Sequence[Any], settings: Settings) -> None:
    """Raise SettingsError unless there is a style, and a weight for each if there are any."""
    if not styles:
        raise SettingsError("no style picture is given: give one or more.")
    if settings.style_blend and len(settings.style_blend) != len(styles):
        raise SettingsError(
            f"style_blend has {len(settings.style_blend)} weights for {len(styles)} style "
            "pictures: give one weight for each."
        )


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
