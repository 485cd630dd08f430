"""How much memory a painting needs, how much there is, and the tile that fits.

What grows with the image is, per pixel: an evaluation of the objective (of one tile, if there are
tiles), the content's features, the vectors of the optimizer, and a dozen buffers of the image's
own size. The first two are measured on a small picture, tensor by tensor, when a run is prepared;
the others are counted.
"""

from __future__ import annotations

import math
import time
import weakref
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import psutil
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from impasto.backbones import Backbone
from impasto.errors import SettingsError
from impasto.losses import ContentLoss
from impasto.machine import allowance_rest, container_rest
from impasto.normalization import NORMALIZATIONS
from impasto.objective import Kind, Objective, Term, whole

PROBE = 128
"""Side of the picture that the cost of a pixel is measured on; its time, on half of it, too."""

RELATIVE = NORMALIZATIONS["relative"].content

OVERHEAD = 1.5
"""What the process grows by, over the bytes of its tensors: workspaces of the convolutions, holes.
Measured on VGG-19 and the pocket network in both precisions: 1.33 to 1.51."""

BUFFERS = 12
"""Images of the size of the result that are alive besides features and optimizer."""

WORKSPACE = 2**25
"""Bytes that a painting of any size takes: for what its libraries prepare, threads, the file."""

SPARE = 0.8
"""The share of the free memory that a painting may take."""

WITHIN = 0.95
"""The share of the memory allowed that a process is planned to take: an estimate is not exact."""

GIB = 2**30

LEAST_TILE = 128
"""Below this, margins would cost many times the work of the tile itself."""


@dataclass(frozen=True)
class Cost:
    """What a painting costs per pixel.

    Attributes:
        memory: Bytes of one evaluation, at the peak.
        seconds: Time of one evaluation.
        targets: Bytes of the content's features, which are kept.
        overhead: What an evaluation of any size takes besides, in pixels that take as long.
    """

    memory: float
    seconds: float
    targets: float = 0.0
    overhead: float = 0.0


class Tally(TorchDispatchMode):
    """Counts the bytes of new tensors that are alive, and the most that ever were.

    A view of what was there before, such as a weight, is no new one.
    """

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Spare PyTorch's compiler, which nothing here uses: its import is half of a start."""
        return False

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.alive: dict[int, int] = {}
        self.peak = 0

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        given = {_storage(leaf)._cdata for leaf in tree_leaves((args, kwargs)) if _has_memory(leaf)}
        result = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(result):
            if _has_memory(leaf) and _storage(leaf)._cdata not in given:
                self._count(_storage(leaf))
        self.peak = max(self.peak, sum(self.alive.values()))
        return result

    def _count(self, storage: torch.UntypedStorage) -> None:
        key = storage._cdata
        if key not in self.alive:
            self.alive[key] = storage.nbytes()
            weakref.finalize(storage, self.alive.pop, key, None)


def _has_memory(leaf: Any) -> bool:
    return isinstance(leaf, Tensor) and leaf.layout == torch.strided


def _storage(tensor: Tensor) -> torch.UntypedStorage:
    return tensor.untyped_storage()


def measure(
    backbone: Backbone, content: Collection[str], style: Callable[[Tensor], Sequence[Term]]
) -> Cost:
    """Return what a painting costs per pixel, from one evaluation of a small picture.

    Args:
        backbone: The network.
        content: The layers whose features are compared with the content's.
        style: Makes the style terms for a style picture (1, 3, H, W).
    """
    weight = next(backbone.parameters())
    generator = torch.Generator().manual_seed(0)
    image = torch.rand((1, 3, PROBE, PROBE), generator=generator, device="cpu").to(weight.device)
    half = image[..., : PROBE // 2, : PROBE // 2].contiguous()
    objective, smaller = (probe(backbone, content, style, each) for each in (image, half))
    with Tally() as tally:
        objective(image)
    smaller(half)
    seconds, overhead = line(clocked(smaller, half), clocked(objective, image))
    losses = [term.loss for term in objective.terms if term.kind is Kind.CONTENT]
    targets = sum(loss.target.nbytes for loss in losses if isinstance(loss, ContentLoss))
    return Cost(tally.peak / PROBE**2, seconds, targets / PROBE**2, overhead)


def probe(
    backbone: Backbone,
    content: Collection[str],
    style: Callable[[Tensor], Sequence[Term]],
    image: Tensor,
) -> Objective:
    """Return the objective of a picture that is its own content and style; see `measure`."""
    with torch.no_grad():
        features = backbone(image, content)
    terms = [
        Term(f"content {layer}", Kind.CONTENT, 1.0, (layer,), ContentLoss(feature, RELATIVE))
        for layer, feature in features.items()
    ]
    return Objective([*terms, *style(image)], whole(backbone))


def clocked(objective: Objective, image: Tensor) -> float:
    """Return the seconds of one evaluation."""
    began = time.perf_counter()
    objective(image)
    return time.perf_counter() - began


def line(half: float, full: float) -> tuple[float, float]:
    """Return the seconds of a pixel, and the pixels that take as long as what all sizes take.

    Args:
        half: Seconds of an evaluation at half of `PROBE`.
        full: At `PROBE`.

    Example:
        >>> line(half=0.02, full=0.05)[1]  # 0.01 s are spent at any size
        4096.0
    """
    pixels = PROBE**2
    if not half < full < 4 * half:  # no overhead, or somebody else was computing
        return full / pixels, 0.0
    each = (full - half) / (pixels - pixels / 4)
    return each, full / each - pixels


@dataclass(frozen=True)
class Extent:
    """The sizes that decide how much memory a painting needs.

    Attributes:
        result: Height and width of the result in pixels.
        largest: Height and width of the largest picture that the network sees: the result, or a
            style picture at a large ``style_scale``.
        vectors: Images of the result's size that the optimizer keeps, one of fewer bytes for less.
        value: Bytes of one value.
        image_terms: Bytes for each pixel of losses on the image itself.
    """

    result: tuple[int, int]
    largest: tuple[int, int]
    vectors: float
    value: int = 4
    image_terms: float = 0.0

    @property
    def fixed(self) -> float:
        """Bytes of the optimizer's vectors and the buffers."""
        each = 3.0 * self.value * (self.vectors + BUFFERS) + self.image_terms
        return each * math.prod(self.result)


def peak(extent: Extent, cost: Cost, tile: int, margin: int, ranks: int = 1) -> float:
    """Return an estimate of the bytes that a painting adds to the process; tile 0 is none.

    What lasts may be divided among several processes.
    """
    rows, columns = (min(n, tile + 2 * margin) if tile else n for n in extent.largest)
    return OVERHEAD * cost.memory * rows * columns + lasting(extent, cost) / ranks


def lasting(extent: Extent, cost: Cost) -> float:
    """Return the bytes that no tile saves."""
    return WORKSPACE + extent.fixed + cost.targets * math.prod(extent.result)


def choose_tile(extent: Extent, cost: Cost, margin: int, stride: int, budget: float) -> int:
    """Return the side of the largest tile that fits, or 0 if the whole image does.

    Args:
        extent: The sizes.
        cost: Of an evaluation, see `measure`.
        margin: Of the tiles, see `Backbone.margin`.
        stride: Whose multiple a tile has to be.
        budget: Bytes that the painting may take.

    Raises:
        SettingsError: If not even a tile of `LEAST_TILE` fits.
    """
    if peak(extent, cost, 0, margin) <= budget:
        return 0
    least = peak(extent, cost, LEAST_TILE, margin)
    if least > budget:
        height, width = extent.result
        raise SettingsError(
            f"{width} x {height} pixels need about {least / GIB:.2g} GiB and "
            f"{max(budget, 0) / GIB:.2g} GiB are left for them: choose a smaller size or history, "
            "or allow more with memory."
        )
    room = (budget - lasting(extent, cost)) / (OVERHEAD * cost.memory)
    return max((int(room**0.5) - 2 * margin) // stride * stride, LEAST_TILE)


def free_memory(device: str) -> float:
    """Return the bytes that can be had: of the device, the machine, or what limits a process."""
    if device.startswith("cuda"):
        return float(torch.cuda.mem_get_info(device)[0])
    available = float(psutil.virtual_memory().available)
    return min(available, container_rest(), allowance_rest())


def taken(device: str) -> float:
    """Return the bytes that this process takes already: of the device, or of the machine."""
    if device.startswith("cuda"):
        return float(torch.cuda.memory_reserved(device))
    return float(psutil.Process().memory_info().rss)
