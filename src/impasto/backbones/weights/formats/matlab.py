"""Read the convolutions of a MatConvNet network from a MATLAB file of version 5, with SciPy.

MatConvNet keeps ``layers``, a cell of structs with ``name``, ``type`` and ``weights`` (before 2015:
``filters`` and ``biases``), by itself or in a struct ``net``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from impasto.backbones.weights.formats.matlab_check import check
from impasto.filesystem import open_regular

VARIABLES = ("layers", "net")


def read(path: Path) -> dict[str, Tensor]:
    """Return ``NAME.weight`` (O, I, K, K) and ``NAME.bias`` (O) of each convolution.

    Raises:
        ValueError: If the file is damaged, of another version, or holds no network.
    """
    from scipy.io import loadmat

    name = check(path, VARIABLES)
    if name is None:
        raise ValueError("it has no variable 'layers', as the networks of MatConvNet have")
    with open_regular(path) as file:
        value = loadmat(file, variable_names=[name])[name]
    return _convolutions(_fields(value).get("layers") if name == "net" else value)


def _convolutions(layers: Any) -> dict[str, Tensor]:
    """Return the tensors of those layers that are convolutions, from a cell of structs."""
    found: dict[str, Tensor] = {}
    for layer in layers.flat if _is_array(layers, "O") else ():
        parts = _fields(layer)
        both = parts.get("weights")
        pair = list(both.flat) if _is_array(both, "O") else []
        filters, biases = pair if len(pair) == 2 else (parts.get("filters"), parts.get("biases"))
        is_convolution = _text(parts.get("type")) == "conv"
        if is_convolution and _is_array(filters, "fiu") and _is_array(biases, "fiu"):
            # (K, K, I, O), and MATLAB drops dimensions of 1 at the end.
            filters = filters.reshape(filters.shape + (1,) * (4 - filters.ndim))
            weight = np.ascontiguousarray(filters.transpose(3, 2, 0, 1), dtype=np.float32)
            name = _text(parts.get("name"))
            found[f"{name}.weight"] = torch.from_numpy(weight)
            found[f"{name}.bias"] = torch.from_numpy(biases.astype(np.float32).flatten())
    return found


def _fields(value: NDArray[Any]) -> dict[str, Any]:
    """Return the fields of a struct, or of the first of an array of them."""
    return {name: value[name].flat[0] for name in value.dtype.names or () if value.size}


def _text(value: Any) -> str:
    return "".join(value.flat) if _is_array(value, "U") else ""


def _is_array(value: Any, kinds: str) -> TypeGuard[NDArray[Any]]:
    """Tell whether something that SciPy has read is an array of one of NumPy's kinds."""
    return isinstance(value, np.ndarray) and value.dtype.kind in kinds
