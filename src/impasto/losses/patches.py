"""A style loss of neighborhoods: every patch of the image looks like some patch of the style.

Other style losses forget where features lie. This one compares squares of 3 x 3 positions, so that
strokes, eyes and windows of a style come as wholes.

Source: Li and Wand (2016), "Combining Markov Random Fields and Convolutional Neural Networks for
Image Synthesis", equations 2 and 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn, Self, final

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from impasto.losses.loss import StyleLoss
from impasto.normalization import Scale, Target
from impasto.statistics import accumulable

PATCH_SIDE = 3
"""Side of a patch, in positions of its layer."""

MOST_PATCHES = 768
"""Patches of the style pictures that are kept, spread evenly: all are compared with all."""

PATCH_STRENGTH = 0.1
"""A factor, so that the same style weight gives about as much style as with the other losses. They
come near zero; patches never do, because no photograph is made of a style's patches."""

_ROWS = 2**14
"""Positions that are compared at once."""


@final
class PatchLoss(StyleLoss):
    """Mean squared distance of the image's patches from the style's patches most like them.

    ``L = s Σ |p - q(p)|² / n`` over the image's n patches p of 3 x 3 positions, where q(p) is the
    style's patch with the largest normalized cross-correlation ``pᵀq / |q|``. With relative
    losses ``s = 0.1 / E|q|²``, `PATCH_STRENGTH` over the mean energy of the style's patches.

    The matches are sought anew at every evaluation, and held fixed for its gradient. Where a match
    changes, the loss has a small step.

    # Differs from Li and Wand (2016): of a large style picture at most `MOST_PATCHES` are kept, and
    # it is neither rotated nor scaled.
    """

    additive = False
    minimum_positions = PATCH_SIDE
    # The paper's: finer layers have too many patches, deeper ones too few.
    strides: ClassVar[tuple[int, ...] | None] = (4, 8)

    def __init__(self, patches: Tensor, scale: Scale) -> None:
        """Keep the style's patches (J, C, 3, 3)."""
        self.patches = patches
        norms = patches.flatten(1).norm(dim=1).clamp(min=1e-12)
        self.filters = patches / norms[:, None, None, None]
        energy = float(patches.square().sum()) / len(patches)
        self.scale = PATCH_STRENGTH * scale(Target(energy, patches.shape[1], patches[0].numel()))

    @staticmethod
    def statistic(features: Tensor, weights: Tensor | None = None) -> NoReturn:
        """Refuse: which patch is nearest is no sum over positions."""
        raise TypeError("patches are compared as wholes: they have no statistic")

    @classmethod
    def from_features(
        cls, features: Sequence[Tensor], weights: Sequence[float], scale: Scale
    ) -> Self:
        """Return the loss for style pictures with these feature maps (1, C, H, W)."""
        pairs = zip(features, weights, strict=True)
        share = MOST_PATCHES / sum(weights)
        return cls(torch.cat([cut(F, int(w * share)) for F, w in pairs if w > 0]), scale)

    def __call__(self, features: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the loss of ``features`` (1, C, H, W); a patch counts by its middle's mask."""
        matches = self.match(features)
        shares = None if mask is None else mask[0, 0, 1:-1, 1:-1]
        F = accumulable(features)
        loss: Tensor = _Distance.apply(F, self.patches, matches, shares)  # type: ignore[no-untyped-call]
        return self.scale * loss

    @torch.no_grad()
    def match(self, features: Tensor) -> Tensor:
        """Return for every patch of a feature map the nearest of the style's (H - 2, W - 2)."""
        filters = self.filters.to(features.dtype)
        height, width = (side - PATCH_SIDE + 1 for side in features.shape[2:])
        step = max(_ROWS // max(width, 1), 1)
        rows = [
            conv2d(features[:, :, top : top + step + PATCH_SIDE - 1], filters)[0].argmax(dim=0)
            for top in range(0, height, step)
        ]
        return torch.cat(rows)


def cut(features: Tensor, most: int) -> Tensor:
    """Return at most ``most`` patches (J, C, 3, 3) of a feature map (1, C, H, W), spread evenly."""
    windows = accumulable(features)[0].unfold(1, PATCH_SIDE, 1).unfold(2, PATCH_SIDE, 1)
    patches = windows.permute(1, 2, 0, 3, 4)
    height, width = patches.shape[:2]
    count = min(max(most, 1), height * width)
    places = (torch.arange(count, device=features.device) + 0.5) * (height * width / count)
    places = places.long()
    return patches[places // width, places % width].contiguous()


class _Distance(torch.autograd.Function):
    """Mean over patches of ``|p - q|²``, with the gradient ``2 Σ (f - q) / n`` over those around.

    Done once for each of the nine positions in a patch, so that no copy of all patches is needed.
    """

    @staticmethod
    def forward(
        ctx: Any, features: Tensor, patches: Tensor, matches: Tensor, shares: Tensor | None
    ) -> Tensor:
        height, width = matches.shape
        gradient, total = torch.zeros_like(features), features.new_zeros(())
        for row in range(PATCH_SIDE):
            for column in range(PATCH_SIDE):
                at = (..., slice(row, row + height), slice(column, column + width))
                wanted = patches[:, :, row, column][matches].movedim(2, 0)
                difference = features[at] - wanted
                counted = difference if shares is None else shares * difference
                total += (counted * difference).sum()
                gradient[at] += counted
        number = matches.numel() if shares is None else max(float(shares.sum()), 1e-12)
        ctx.save_for_backward(gradient.mul_(2 / number))
        return total / number

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        (given,), (gradient,) = gradients, ctx.saved_tensors
        return given * gradient, None, None, None
