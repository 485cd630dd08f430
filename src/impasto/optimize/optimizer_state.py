"""What an optimizer remembers, in a form that can be kept in a file."""

from __future__ import annotations

from torch import Tensor

Memory = dict[str, Tensor | float]
"""Tensors and numbers by name."""


def expect_tensor(value: Tensor | float) -> Tensor:
    """Return what should be a tensor.

    Raises:
        TypeError: If it is a number.
    """
    if not isinstance(value, Tensor):
        raise TypeError(f"a tensor is expected in place of {value!r}")
    return value
