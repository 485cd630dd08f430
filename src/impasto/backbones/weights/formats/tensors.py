"""Read tensors from safetensors files, and from PyTorch's, never running what is pickled there."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from impasto.errors import WeightsError


def from_safetensors(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file; those that are not used are not read."""
    with safe_open(path, framework="pt") as file:
        return {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118


def from_pytorch(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a saved state_dict.

    Raises:
        WeightsError: If the file holds something else.
    """
    # Files from before torch 1.6, such as the published ones, are no zip files: no mapping them.
    mapped = zipfile.is_zipfile(path)
    with warnings.catch_warnings(action="ignore"):  # about pickles of an unusual version
        found = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    if not isinstance(found, dict):
        raise WeightsError(f"'{path}' holds no tensors by name: give a saved state_dict.")
    return {str(key): value for key, value in found.items() if isinstance(value, Tensor)}
