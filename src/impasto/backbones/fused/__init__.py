"""Operators that run several steps of a network in one pass over memory, with their gradients.

Each gives the numbers of torch's own operators, which stand beside it and run where it cannot:

    convolution.py   conv_relu, conv_relu_max_pool2x2
    winograd.py      3x3 convolutions with a quarter of the multiplications, in float32
    pooling.py       avg_pool2x2, max_pool2x2
    projection.py    add_projection, a 1x1 convolution beside the way through a network
    layout.py        how feature maps lie in memory
    private.py       the private operators of torch; no other module of the package calls any
    probes.py        which of them work here; the switch

The environment variable ``IMPASTO_FUSED=0`` turns everything off, `disabled` does so for a while.
"""

from impasto.backbones.fused.convolution import ConvReLU, conv_relu, conv_relu_max_pool2x2
from impasto.backbones.fused.layout import empty_features, memory_format
from impasto.backbones.fused.pooling import AvgPool2x2, MaxPool2x2, avg_pool2x2, max_pool2x2
from impasto.backbones.fused.probes import disabled
from impasto.backbones.fused.projection import add_projection

__all__ = [
    "AvgPool2x2",
    "ConvReLU",
    "MaxPool2x2",
    "add_projection",
    "avg_pool2x2",
    "conv_relu",
    "conv_relu_max_pool2x2",
    "disabled",
    "empty_features",
    "max_pool2x2",
    "memory_format",
]
