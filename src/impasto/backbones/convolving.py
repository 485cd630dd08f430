"""A convolution with the ReLU behind it, and its gradient, as a processor computes them fastest.

oneDNN, torch's library of convolutions for processors, brings weights into an order of its own
before it convolves, on every call. Those of a network which does not learn stay the same, so here
it is done once.

The gradient of a convolution with respect to its input is a convolution, too: of the gradient, by
the same filters turned by half a circle, with inputs and outputs exchanged. So there is an order
for it as well, and the faster of oneDNN's two operators computes it.

Source: Dumoulin and Visin (2016), "A guide to convolution arithmetic for deep learning", section 4.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
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
    return _convolve(x, _forward(c), c.bias, _geometry(c), "relu")


def gradient_of(c: nn.Conv2d, x: Tensor | None, gradient: Tensor) -> Tensor:
    """Return the gradient of a convolution with respect to its input ``x``.

    Args:
        c: The convolution.
        x: Its input (B, C, H, W), which may be None if it `can_turn`.
        gradient: With respect to its output.
    """
    if can_turn(c):
        return _convolve(gradient, _turned(c), None, _geometry_turned(c), "none")
    assert x is not None
    change: Tensor
    change, _, _ = torch.ops.aten.convolution_backward(
        *(gradient, x, c.weight, None, c.stride, c.padding, c.dilation), False, [0, 0],
        c.groups, [True, False, False],
    )  # fmt: skip
    return change


def can_turn(c: nn.Conv2d) -> bool:
    """Tell whether the gradient is a plain convolution: without gaps, groups and cutting off."""
    plain = (c.stride, c.dilation, c.groups) == ((1, 1), (1, 1), 1)
    return plain and min(_geometry_turned(c).padding) >= 0


class _Geometry(NamedTuple):
    padding: list[int]
    stride: Sequence[int] = (1, 1)
    dilation: Sequence[int] = (1, 1)
    groups: int = 1


def _geometry(c: nn.Conv2d) -> _Geometry:
    return _Geometry([int(side) for side in c.padding], c.stride, c.dilation, c.groups)


def _geometry_turned(c: nn.Conv2d) -> _Geometry:
    sides = zip(c.kernel_size, _geometry(c).padding, strict=True)
    return _Geometry([length - 1 - padding for length, padding in sides])


def _convolve(
    x: Tensor, weight: Tensor, bias: Tensor | None, geometry: _Geometry, then: str
) -> Tensor:
    """Convolve with ordered weights, and rectify if ``then`` is "relu"; channels come last."""
    y: Tensor = torch.ops.mkldnn._convolution_pointwise(x, weight, bias, *geometry, then, [], "")
    return y


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


_Orders = MutableMapping[nn.Conv2d, _Kept]
_FORWARD: _Orders = WeakKeyDictionary()
_TURNED: _Orders = WeakKeyDictionary()


def _forward(c: nn.Conv2d) -> Tensor:
    """Return the ordered weights of a convolution."""
    return _kept(_FORWARD, c, lambda weight: _in_order(weight, _geometry(c)))


def _turned(c: nn.Conv2d) -> Tensor:
    """Return the ordered weights of its gradient; see `can_turn`."""
    return _kept(_TURNED, c, lambda w: _in_order(w.flip(2, 3).transpose(0, 1), _geometry_turned(c)))


def _kept(orders: _Orders, c: nn.Conv2d, order: Callable[[Tensor], Tensor]) -> Tensor:
    """Return what ``order`` makes of the weights: as kept, unless these were changed since."""
    key = (c.weight.data_ptr(), c.weight.stride(), c.weight._version)
    kept = orders.get(c)
    if kept is None or kept.key != key:
        kept = orders[c] = _Kept(order(c.weight.detach()), key, c.weight.untyped_storage())
    return kept.ordered


def _in_order(weight: Tensor, geometry: _Geometry) -> Tensor:
    put: Callable[..., Tensor] = torch._C._nn.mkldnn_reorder_conv2d_weight
    return put(weight.to_mkldnn(), *geometry)
