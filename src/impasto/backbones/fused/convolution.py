"""A convolution with the ReLU behind it, as a processor computes it fastest, and its gradient.

oneDNN, torch's library of convolutions for processors, brings weights into an order of its own
before it convolves, on every call. Those of a network which does not learn stay the same, so here
it is done once.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

DTYPES = (torch.float32, torch.bfloat16)
"""What oneDNN can rectify on the way out."""


def is_supported(x: Tensor) -> bool:
    """Tell whether features can go through `convolve_and_rectify`."""
    # Inductor, torch's compiler, calls the same operator; not every build of torch has it.
    known = hasattr(torch.ops.mkldnn, "_convolution_pointwise") and torch._C._get_mkldnn_enabled()
    return known and x.device.type == "cpu" and x.dtype in DTYPES


def convolve_and_rectify(c: nn.Conv2d, x: Tensor) -> Tensor:
    """Return the rectified features of ``x`` (B, C, H, W), in memory with channels last."""
    y: Tensor = torch.ops.mkldnn._convolution_pointwise(
        *(x, _ordered(c), c.bias, c.padding, c.stride, c.dilation, c.groups), "relu", [], ""
    )
    return y


def gradient_of(c: nn.Conv2d, x: Tensor, gradient: Tensor) -> Tensor:
    """Return the gradient of a convolution with respect to its input ``x``, given its output's."""
    change: Tensor
    change, _, _ = torch.ops.aten.convolution_backward(
        *(gradient, x, c.weight, None, c.stride, c.padding, c.dilation), False, [0, 0],
        c.groups, [True, False, False],
    )  # fmt: skip
    return change


class _Kept(NamedTuple):
    """Weights in oneDNN's order, kept for the next call.

    Attributes:
        ordered: The weights.
        key: Which weights they were made of: where these lay, how, and how often they had been
            changed in place. What goes around autograd, as a change of ``weight.data`` in place
            does, is not counted there.
        origin: The memory where these lie; as long as it is kept, no others can come to lie there.
    """

    ordered: Tensor
    key: Any
    origin: torch.UntypedStorage


_KEPT: MutableMapping[nn.Conv2d, _Kept] = WeakKeyDictionary()


def _ordered(c: nn.Conv2d) -> Tensor:
    """Return the ordered weights of a convolution: as kept, unless they were changed since."""
    key = (c.weight.data_ptr(), c.weight.stride(), c.weight._version)
    kept = _KEPT.get(c)
    if kept is None or kept.key != key:
        kept = _KEPT[c] = _Kept(_put_in_order(c), key, c.weight.untyped_storage())
    return kept.ordered


def _put_in_order(c: nn.Conv2d) -> Tensor:
    put: Callable[..., Tensor] = torch._C._nn.mkldnn_reorder_conv2d_weight
    return put(c.weight.to_mkldnn(), c.padding, c.stride, c.dilation, c.groups)
