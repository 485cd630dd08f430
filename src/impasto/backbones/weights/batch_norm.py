"""Batch normalization, folded into the convolution before it when weights are loaded.

At test time it is a fixed scale and shift per channel, ``y = s (x - m) + b`` with
``s = g / sqrt(v + e)``, so that a convolution with kernel w becomes one with the kernel ``s w`` and
the bias ``b - s m``.

Source: Ioffe and Szegedy, "Batch Normalization" (2015), section 3.1.
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

VARIANCE_EPSILON = 1e-3
"""Added to the variance; what the published GoogLeNet was trained with."""

_PARTS = ("weight", "bias", "running_mean", "running_var")


def fold(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors in which ``NAME.conv`` and ``NAME.bn`` have become ``NAME``.

    Args:
        tensors: A whole file; what has no batch normalization of this kind is kept as it is.
    """
    found = dict(tensors)
    for key in tensors:
        name = key.removesuffix(".conv.weight")
        keys = [f"{name}.bn.{part}" for part in _PARTS]
        if name == key or any(each not in tensors for each in keys):
            continue
        gain, shift, mean, variance = (found.pop(each).double() for each in keys)
        scale = gain / (variance + VARIANCE_EPSILON).sqrt()
        kernel = found.pop(key)
        found[f"{name}.weight"] = (kernel.double() * scale.view(-1, 1, 1, 1)).float()
        found[f"{name}.bias"] = (shift - mean * scale).float()
        found.pop(f"{name}.bn.num_batches_tracked", None)
    return found
