"""Which private operators of torch work here: each is tried once, when this module is imported.

A probe computes something tiny by the private operator and by public ones, and passes if the
numbers are the same up to rounding. What fails is not used: then torch's own operators run.
They give the same numbers, more slowly.

``IMPASTO_FUSED=0`` in the environment turns everything in this package off, probes included: for a
release of torch with a fault that no probe finds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import torch
import torch.nn.functional as nnf
from torch import Tensor

from impasto.backbones.fused import private

SWITCH = "IMPASTO_FUSED"
"""The environment variable: "0" turns the fused operators off."""

_16_AND_32 = (torch.float32, torch.bfloat16)  # oneDNN has no convolutions in 64 bits
_ALL = (torch.float32, torch.bfloat16, torch.float64)


Probe = Callable[[torch.dtype], tuple[Tensor, Tensor]]
"""From a type of numbers to the result by the private operator, and by public ones."""


def _numbers(shape: tuple[int, ...], modulus: int, dtype: torch.dtype) -> Tensor:
    """Return small integers around 0, which every type has: (B, C, H, W), channels last."""
    count = torch.Size(shape).numel()
    integers = torch.arange(count, dtype=torch.float32, device="cpu") * 7 % modulus - modulus // 2
    return integers.view(shape).to(dtype).to(memory_format=torch.channels_last)


@cache
def _convolution(dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return input, weight, bias and output behind the ReLU of a convolution with padding 1."""
    x, weight = _numbers((1, 8, 5, 6), 5, dtype), _numbers((16, 8, 3, 3), 5, dtype)
    bias = torch.ones(16, dtype=dtype, device="cpu")
    return x, weight, bias, nnf.conv2d(x, weight, bias, padding=1).relu()


_HOW = ((1, 1), (1, 1), (1, 1), 1)  # padding, stride, dilation, groups


def _conv_relu(dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    x, weight, bias, y = _convolution(dtype)
    return private.conv_relu(x, weight, bias, *_HOW), y


def _reordered_weight(dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    x, weight, bias, y = _convolution(dtype)
    return private.conv_relu(x, private.reordered_weight(weight, *_HOW, x.shape), bias, *_HOW), y


def _conv_input_gradient(dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    x, weight, _, gradient = _convolution(dtype)
    below = private.conv_input_gradient(gradient, x, weight, *_HOW)
    return below, nnf.conv_transpose2d(gradient, weight, padding=1)


def _relu_gradient(dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    gradient, _, _, _ = _convolution(dtype)
    y = gradient.flip(1)
    return private.relu_gradient(gradient, y), gradient.masked_fill(y <= 0, 0)


def _max_pool2x2_gradient(dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    # No two values are alike (257 is a prime), and the last column is in no square.
    x, gradient = _numbers((1, 8, 4, 7), 257, dtype), _numbers((1, 8, 2, 3), 11, dtype)
    y, indices = nnf.max_pool2d(x, 2, return_indices=True)
    found = torch.full_like(x, torch.nan)
    private.max_pool2x2_gradient(gradient, indices, found)
    largest, above = (
        nnf.pad(each.repeat_interleave(2, 2).repeat_interleave(2, 3), (0, 1))
        for each in (y, gradient)
    )
    return found, above.masked_fill(x != largest, 0)


def _version(dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    x = torch.zeros(1, dtype=dtype, device="cpu")
    before = private.version(x)
    changes = private.version(x.add_(1)) - before
    return torch.tensor(float(changes), device="cpu"), torch.tensor(1.0, device="cpu")


PROBES: dict[str, tuple[Probe, tuple[torch.dtype, ...]]] = {
    "conv_relu": (_conv_relu, _16_AND_32),
    "reordered_weight": (_reordered_weight, _16_AND_32),
    "conv_input_gradient": (_conv_input_gradient, _16_AND_32),
    "relu_gradient": (_relu_gradient, _16_AND_32),
    "max_pool2x2_gradient": (_max_pool2x2_gradient, _ALL),
    "version": (_version, _16_AND_32),
}
"""By the name of the operator in `private`, and the types that it is used with."""


def run_probes() -> frozenset[tuple[str, torch.dtype]]:
    """Return the operators that work, each with a type of numbers."""
    threads = torch.get_num_threads()
    # Alone: to wake other threads takes longer than all that is computed here, and a process that
    # has woken some cannot be forked.
    torch.set_num_threads(1)
    try:
        with torch.inference_mode(False), torch.no_grad():
            return frozenset(
                (name, dtype)
                for name, (probe, dtypes) in PROBES.items()
                for dtype in dtypes
                if _passes(probe, dtype)
            )
    finally:
        torch.set_num_threads(threads)


def _passes(probe: Probe, dtype: torch.dtype) -> bool:
    try:
        found, expected = (each.double() for each in probe(dtype))
    except Exception:  # what an operator raises that is missing or has changed is open-ended
        return False
    rounding = 8 * torch.finfo(dtype).eps * float(expected.abs().max())
    return found.shape == expected.shape and bool(((found - expected).abs() <= rounding).all())


_on = os.environ.get(SWITCH) != "0"

PASSED = run_probes() if _on else frozenset()
"""The operators that work, each with a type of numbers."""


def is_on() -> bool:
    """Tell whether fused operators may be used at all."""
    return _on


def works(operators: tuple[str, ...], x: Tensor) -> bool:
    """Tell whether private operators can be used with ``x``: on a processor, where all passed."""
    if not _on or x.device.type != "cpu":
        return False
    return all((name, x.dtype) in PASSED for name in operators)


@contextmanager
def disabled() -> Iterator[None]:
    """Use torch's own operators only, as ``IMPASTO_FUSED=0`` does.

    Example:
        >>> with disabled():
        ...     is_on()
        False
    """
    global _on
    before, _on = _on, False
    try:
        yield
    finally:
        _on = before
