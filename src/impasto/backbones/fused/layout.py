"""How a feature map lies in memory: channels first or channels last, which convolutions prefer."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def memory_format(features: Tensor) -> torch.memory_format:
    """Return the memory format of features (B, C, H, W)."""
    last = features.is_contiguous(memory_format=torch.channels_last)
    return torch.channels_last if last else torch.contiguous_format


def empty_features(shape: Sequence[int], like: Tensor, how: torch.memory_format) -> Tensor:
    """Return an uninitialized tensor of another's type and device, in a memory format."""
    return torch.empty(shape, dtype=like.dtype, device=like.device, memory_format=how)
