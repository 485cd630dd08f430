"""How good is a painting? Its distance from the style, and how much of the content is left.

One number never tells, so there are five, beside those of pictures that took no painting at all:
the photograph, the photograph in the painting's colors, and a piece of the painting. They are
measured by a network other than the one that painted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import torch
from torch import Tensor

from impasto import images
from impasto.backbones import BACKBONES, RandomFilters, load_backbone
from impasto.backbones.weights import find, find_weights, sources
from impasto.controls import recolor, transport
from impasto.errors import PictureError, SettingsError, UsageError, look_up
from impasto.evaluation.content_metrics import edges, ssim, structure
from impasto.images import Rgb, as_picture, fit
from impasto.job import fields_of, read_embedded
from impasto.losses import GramLoss, WassersteinLoss
from impasto.normalization import NORMALIZATIONS
from impasto.plugins import owner
from impasto.statistics import blend

LARGEST_SIDE = 512
"""Pictures are judged at a long side of at most this many pixels."""

FILTERS = "filters"
"""The network of random filters, see `impasto.backbones.RandomFilters`."""

FeatureNetwork = Callable[[Tensor, Sequence[str]], dict[str, Tensor]]


@dataclass(frozen=True)
class Scores:
    """The measures of one picture.

    Attributes:
        gram: Distance of its Gram matrices from the style's, relative; 0 is the style.
        wasserstein: Distance of its Gaussians from the style's, relative; 0 is the style.
        structure: Whether what looks alike in the photograph looks alike here; 1 is the photograph.
        edges: Whether outlines are where they were; 1 is the photograph.
        ssim: Whether brightness varies as in the photograph; 1 is the photograph.
    """

    gram: float
    wasserstein: float
    structure: float
    edges: float
    ssim: float


@dataclass(frozen=True)
class Judgment:
    """The measures of a painting beside those of trivial pictures.

    Attributes:
        network: What measured the style and the structure.
        painted_by: The network that painted, or None if the picture does not say.
        result: Of the painting.
        baselines: Of the photograph, the photograph in the style's colors, a piece of the style.
    """

    network: str
    painted_by: str | None
    result: Scores
    baselines: dict[str, Scores]

    def to_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return asdict(self)


def judge(result: Any, content: Any, styles: Any, network: str | None = None) -> Judgment:
    """Measure a painting against its photograph and its style pictures.

    Args:
        result: The painting: a path, a PIL image, an array or a tensor.
        content: The photograph it was painted from.
        styles: The style picture, or a list or tuple of them; they count equally.
        network: What measures: ``"filters"`` or a row of `BACKBONES`. By default a trained network
            that is at hand and did not paint the picture, else the random filters.

    Raises:
        UsageError: If a picture cannot be read, or the network does not exist or is not here.

    Example:
        >>> from impasto.samples import painting, photograph
        >>> judge(photograph("cat"), photograph("cat"), painting("dots")).result.structure
        1.0
    """
    pictures = [as_picture(each).over_white() for each in _several(styles)]
    if not pictures:
        raise SettingsError("no style picture is given: give one or more.")
    original, painted = as_picture(content).over_white(), as_picture(result).over_white()
    _check_shape(painted, original)
    painter = painter_of(result)
    name = choose_network({painter} - {None}) if network is None else network
    layers, net = load_network(name)
    width, height = judged_size(painted.shape[1], painted.shape[0])
    original = images.resize(original, width, height)
    pictures = [fitted(each, max(width, height)) for each in pictures]
    baselines = {
        "content": original,
        "content in the style's colors": recolor(original, pictures[0], transport, [(None, None)]),
        "piece of the style": piece(pictures[0], width, height),
    }
    measure = Measure(net, layers, original, pictures)
    return Judgment(
        name,
        painter,
        measure(images.resize(painted, width, height)),
        {what: measure(rgb) for what, rgb in baselines.items()},
    )


class Measure:
    """Measures any number of pictures against one content image and its styles."""

    def __init__(
        self,
        network: FeatureNetwork,
        layers: Sequence[str],
        content: Rgb,
        styles: Sequence[Rgb],
        weights: Sequence[float] = (),
    ) -> None:
        """Take what is needed from the content and the style pictures (H, W, 3).

        The style pictures count by their weights, or equally if there are none.
        """
        self.network, self.content = network, tensor(content)
        self.middle = layers[len(layers) // 2]  # whose self-similarity is the structure
        scale = NORMALIZATIONS["relative"].style
        with torch.no_grad():
            self.reference = network(self.content, [self.middle])[self.middle]
            features = [network(tensor(style), layers) for style in styles]
        self.losses: dict[type, dict[str, Any]] = {GramLoss: {}, WassersteinLoss: {}}
        for kind, losses in self.losses.items():
            for layer in layers:
                found = [kind.statistic(each[layer]) for each in features]  # type: ignore[attr-defined]
                losses[layer] = kind(blend(found, weights or [1.0] * len(found)), scale)

    @torch.no_grad()
    def __call__(self, rgb: Rgb) -> Scores:
        """Return the measures of a picture of the content's size."""
        picture = tensor(rgb)
        features = self.network(picture, [*self.losses[GramLoss]])
        distances = {
            kind: fmean(float(loss(features[layer])) for layer, loss in losses.items())
            for kind, losses in self.losses.items()
        }
        return Scores(
            gram=distances[GramLoss],
            wasserstein=distances[WassersteinLoss],
            structure=round(structure(features[self.middle], self.reference), 12),
            edges=edges(picture, self.content),
            ssim=ssim(picture, self.content),
        )


def judged_size(width: int, height: int) -> tuple[int, int]:
    """Return the width and height at which a picture is judged."""
    return fit(width, height, min(max(width, height), LARGEST_SIDE))


def choose_network(painters: Collection[str | None]) -> str:
    """Return a trained network that is at hand and did not paint, or the random filters.

    These it is, too, where nobody knows what painted. A plugin's network has to be asked for.
    """
    if not painters:
        return FILTERS
    known = [name for name in BACKBONES if owner("backbone", name) is None]
    ready = [name for name in known if not sources(name) or find(name) is not None]
    return next((name for name in ready if name not in painters), FILTERS)


def load_network(name: str) -> tuple[tuple[str, ...], FeatureNetwork]:
    """Return the layers that style is measured at, and the network."""
    if name == FILTERS:
        return RandomFilters.layers, RandomFilters()
    row = look_up({**BACKBONES, FILTERS: None}, name, "network")
    assert row is not None
    layers = tuple(layer for layer, _ in row.style_layers)
    weights = find_weights(name) if sources(name) else None
    return layers, load_backbone(name, layers=layers, weights=weights, pooling="avg")


def painter_of(result: Any) -> str | None:
    """Return the network that painted a picture file, if it says so."""
    if not isinstance(result, str | Path):
        return None
    try:
        painter: str | None = fields_of(read_embedded(result))["settings"].get("backbone")
    except UsageError:
        return None
    return painter


def tensor(rgb: Rgb) -> Tensor:
    """Return a picture (H, W, 3) as a tensor (1, 3, H, W)."""
    return torch.from_numpy(np.ascontiguousarray(rgb)).permute(2, 0, 1)[None]


def piece(rgb: Rgb, width: int, height: int) -> Rgb:
    """Return the middle of a picture in another shape, enlarged as little as that allows."""
    scale = max(width / rgb.shape[1], height / rgb.shape[0])
    sides = [max(round(side * scale), least) for side, least in
             zip(rgb.shape[1::-1], (width, height), strict=True)]  # fmt: skip
    large = images.resize(rgb, *sides)
    top, left = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    return large[top : top + height, left : left + width]


def fitted(rgb: Rgb, long_side: int) -> Rgb:
    """Return a picture with another long side."""
    width, height = fit(rgb.shape[1], rgb.shape[0], long_side)
    return images.resize(rgb, width, height)


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _check_shape(painted: Rgb, content: Rgb) -> None:
    """Raise PictureError unless two pictures have the same shape up to rounding."""
    (height, width), (rows, columns) = painted.shape[:2], content.shape[:2]
    if abs(height * columns - width * rows) > 1.5 * max(rows, columns):
        raise PictureError(
            f"the result has {width} x {height} pixels and the content {columns} x {rows}: they "
            "must have the same proportions, so give the photograph it was painted from."
        )
