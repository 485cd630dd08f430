"""What one size begins with: content, styles, regions and start image, as tensors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from impasto import images
from impasto.controls import Mask, resized
from impasto.images import Rgb
from impasto.job.initializers import add_noise
from impasto.job.sizes import Shape, scaled
from impasto.machine import fit_allocator
from impasto.objective import Region, Term
from impasto.registry import INITIALIZERS

if TYPE_CHECKING:
    from impasto.job.job import Job


@dataclass(frozen=True, eq=False, kw_only=True)
class Inputs:
    """The inputs of one size, on the device; small images are padded, see `Sizes.pad`.

    Attributes:
        content: The content image (1, 3, H, W), sRGB in [0, 1].
        styles: The style pictures, (1, 3, h, w) each.
        regions: What is painted with which of them; none for all with all.
        base: What the changes of coarser sizes are added to (1, 3, H, W): the start picture, the
            content image, or plain black.
        restrict: The projection of a change of the image onto what may change; None for all.
        faces: How much each place belongs to a face (1, 1, H, W), in [0, 1]; None without care.
        anchors: Pictures that the result is to stay near, each (1, 3, H, W) and how much each place
            counts (1, 1, H, W), in the order of the job's.
        style_terms: If they have been made before, and the style pictures are not needed.
    """

    content: Tensor
    styles: list[Tensor]
    regions: list[Region]
    base: Tensor
    restrict: Callable[[Tensor], Tensor] | None
    faces: Tensor | None = None
    anchors: tuple[tuple[Tensor, Tensor], ...] = ()
    style_terms: tuple[Term, ...] | None = None

    def allowed(self, image: Tensor) -> Tensor:
        """Return the image with only those differences from the content image that may be."""
        if self.restrict is None:
            return image
        return self.content + self.restrict(image - self.content)


def make_inputs(job: Job, size: int) -> Inputs:
    """Return the inputs of a job at one size, and let memory be kept as it suits that size."""
    content = _tensor(job, job.controls.seen(job.content_at(size)))
    fit_allocator(content.nbytes, tiled=0 < job.settings.tile < max(content.shape[2:]))
    sides = job.sizes.style_sizes(size)
    known = job.style_terms.get(size)
    pairs = zip(job.styles, sides, strict=True) if known is None else ()
    styles = [_tensor(job, scaled(style.over_white(), side)) for style, side in pairs]
    return Inputs(
        content=content,
        styles=styles,
        regions=_regions(job, size),
        base=_base(job, size, content),
        restrict=_restriction(job, size),
        faces=_mask(job, job.controls.care.faces, job.sizes.shape(size)),
        anchors=_anchors(job, size),
        style_terms=known,
    )


def initial_image(job: Job, inputs: Inputs) -> Tensor:
    """Return the start image of the coarsest size (1, 3, H, W)."""
    generator = torch.Generator().manual_seed(job.settings.seed)
    image = inputs.base
    if job.init is None:
        initialize = INITIALIZERS[job.settings.init].load()
        image = initialize(inputs.content, inputs.styles, generator)
    return add_noise(image, job.settings.init_noise, generator)


def _base(job: Job, size: int, content: Tensor) -> Tensor:
    if job.init is not None:
        height, width = job.sizes.shape(size)
        return _tensor(job, images.cover(job.init.over_white(), width, height))
    return content if job.settings.init == "content" else torch.zeros_like(content)


def _regions(job: Job, size: int) -> list[Region]:
    """Return the regions at one size, as masks (1, 1, H, W) of content and styles."""
    shape, shapes = job.sizes.shape(size), job.sizes.style_shapes(size)
    return [
        Region(
            region.name,
            _mask(job, region.content, shape),
            {index: _mask(job, part, shapes[index]) for index, part in region.styles.items()},
        )
        for region in job.controls.regions
    ]


def _anchors(job: Job, size: int) -> tuple[tuple[Tensor, Tensor], ...]:
    height, width = shape = job.sizes.shape(size)
    found = []
    for anchor in job.anchors:
        mask = _mask(job, anchor.mask, shape)
        assert mask is not None
        found.append((_tensor(job, images.resize(anchor.rgb, width, height)), mask))
    return tuple(found)


def _restriction(job: Job, size: int) -> Callable[[Tensor], Tensor] | None:
    shape = job.sizes.shape(size)
    free = _mask(job, job.controls.strength(*shape), shape)
    gray = job.controls.gray
    if free is None and not gray:
        return None

    def project(change: Tensor) -> Tensor:
        if gray:
            change = change.mean(dim=1, keepdim=True).expand_as(change)
        return change if free is None else change * (free > 0)

    return project


def _mask(job: Job, part: Mask | None, shape: Shape) -> Tensor | None:
    """Return a mask as a tensor (1, 1, H, W) beside that of a picture of this shape."""
    if part is None:
        return None
    mask = torch.from_numpy(resized(part, shape))[None, None]
    return job.sizes.pad(mask.to(job.settings.device, _dtype(job)))


def _tensor(job: Job, rgb: Rgb) -> Tensor:
    """Return a picture as a tensor (1, 3, H, W) that the network accepts."""
    channels_first = torch.from_numpy(rgb).permute(2, 0, 1)[None].contiguous()
    return job.sizes.pad(channels_first.to(device=job.settings.device, dtype=_dtype(job)))


def _dtype(job: Job) -> torch.dtype:
    return torch.float64 if job.settings.precision == "float64" else torch.float32
