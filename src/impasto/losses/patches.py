"""A style loss of neighborhoods: every patch of the picture looks like some patch of the painting.

Other style losses forget where features lie. This one compares squares of 3 x 3 positions, so that
strokes, eyes and windows of a painting come as wholes.

Source: Li and Wand (2016), "Combining Markov Random Fields and Convolutional Neural Networks for
Image Synthesis", equations 2 and 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from impasto.losses.normalization import Scale, Target
from impasto.statistics.gram import accumulable

SIDE = 3
"""Side of a patch, in positions of its layer."""

MOST = 768
"""Patches of the paintings that are kept, spread evenly: all are compared with all."""

STRENGTH = 0.1
"""A factor, so that the same style weight gives about as much style as with the other losses. They
come near zero; patches never do, because no photograph is made of a painting's patches."""

_ROWS = 2**14
"""Positions that are compared at once."""


class PatchLoss:
    """Mean squared distance of the picture's patches from the painting's patches most like them.

    ``L = s Σ |p - q(p)|² / n`` over the picture's n patches p of 3 x 3 positions, where q(p) is the
    painting's patch with the largest normalized cross-correlation ``pᵀq / |q|``. With relative
    losses ``s = 0.1 / E|q|²``, one over the mean energy of the painting's patches times `STRENGTH`.

    The matches are sought anew at every evaluation, and held fixed for its gradient. Where a match
    changes, the loss has a small step.

    # Differs from Li and Wand (2016): of a large painting at most `MOST` patches are kept, and it
    # is neither rotated nor scaled.
    """

    least = SIDE
    strides = (4, 8)
    """The paper's: finer layers have too many patches, deeper ones too few."""

    def __init__(self, patches: Tensor, scale: Scale) -> None:
        """Keep the painting's patches (J, C, 3, 3)."""
        self.patches = patches
        norms = patches.flatten(1).norm(dim=1).clamp(min=1e-12)
        self.filters = patches / norms[:, None, None, None]
        energy = float(patches.square().sum()) / len(patches)
        self.scale = STRENGTH * scale(Target(energy, patches.shape[1], patches[0].numel()))

    @classmethod
    def of_pictures(
        cls, features: Sequence[Tensor], weights: Sequence[float], scale: Scale
    ) -> Self:
        """Return the loss for paintings with these feature maps (1, C, H, W)."""
        pairs = zip(features, weights, strict=True)
        share = MOST / sum(weights)
        return cls(torch.cat([cut(F, int(w * share)) for F, w in pairs if w > 0]), scale)

    def __call__(self, features: Tensor) -> Tensor:
        """Return the loss of ``features`` (1, C, H, W)."""
        matches = self.match(features)
        loss: Tensor = _Distance.apply(accumulable(features), self.patches, matches)  # type: ignore[no-untyped-call]
        return self.scale * loss

    @torch.no_grad()
    def match(self, features: Tensor) -> Tensor:
        """Return for every patch of a feature map the nearest of the painting's (H - 2, W - 2)."""
        filters = self.filters.to(features.dtype)
        height, width = (side - SIDE + 1 for side in features.shape[2:])
        step = max(_ROWS // max(width, 1), 1)
        rows = [
            conv2d(features[:, :, top : top + step + SIDE - 1], filters)[0].argmax(dim=0)
            for top in range(0, height, step)
        ]
        return torch.cat(rows)


def cut(features: Tensor, most: int) -> Tensor:
    """Return at most ``most`` patches (J, C, 3, 3) of a feature map (1, C, H, W), spread evenly."""
    windows = accumulable(features)[0].unfold(1, SIDE, 1).unfold(2, SIDE, 1)
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
    def forward(ctx: Any, features: Tensor, patches: Tensor, matches: Tensor) -> Tensor:
        height, width = matches.shape
        gradient, total = torch.zeros_like(features), features.new_zeros(())
        for row in range(SIDE):
            for column in range(SIDE):
                at = (..., slice(row, row + height), slice(column, column + width))
                wanted = patches[:, :, row, column][matches].movedim(2, 0)
                difference = features[at] - wanted
                total += difference.square().sum()
                gradient[at] += difference
        ctx.save_for_backward(gradient.mul_(2 / matches.numel()))
        return total / matches.numel()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        (given,), (gradient,) = gradients, ctx.saved_tensors
        return given * gradient, None, None
