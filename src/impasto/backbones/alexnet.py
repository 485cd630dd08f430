"""AlexNet as torchvision has it, and CaffeNet, its copy with two groups and normalization.

Source: Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014),
section 5, for torchvision's; Krizhevsky, Sutskever and Hinton (2012) for the other, with the change
that CaffeNet's authors state: pooling comes before normalization. The classifiers are left out.
"""

from __future__ import annotations

from impasto.backbones.layers import (
    Convolution,
    LayerSpec,
    Pool,
    ResponseNorm,
    Window,
    conv_relu_layers,
)


def alexnet() -> tuple[LayerSpec, ...]:
    """Return AlexNet of 2014: one tower, no normalization; pools drop what does not fill them."""
    pool = Pool(Window(3, stride=2))
    convolutions = [
        Convolution("conv1", 3, 64, Window(11, stride=4, padding=2), hub="features.0"),
        Convolution("conv2", 64, 192, Window(5, padding=2), hub="features.3"),
        Convolution("conv3", 192, 384, Window(3, padding=1), hub="features.6"),
        Convolution("conv4", 384, 256, Window(3, padding=1), hub="features.8"),
        Convolution("conv5", 256, 256, Window(3, padding=1), hub="features.10"),
    ]
    table: list[LayerSpec] = []
    for each in convolutions:
        table += conv_relu_layers(each.name, each)
        if each.name in ("conv1", "conv2", "conv5"):
            table.append(LayerSpec(f"pool{each.name[4]}", (pool,)))
    return tuple(table)


def caffenet() -> tuple[LayerSpec, ...]:
    """Return CaffeNet: two groups in conv2, conv4 and conv5; pools round their sizes up."""
    pool = Pool(Window(3, stride=2, ceil=True))
    convolutions = [
        Convolution("conv1", 3, 96, Window(11, stride=4)),
        Convolution("conv2", 96, 256, Window(5, padding=2), groups=2),
        Convolution("conv3", 256, 384, Window(3, padding=1)),
        Convolution("conv4", 384, 384, Window(3, padding=1), groups=2),
        Convolution("conv5", 384, 256, Window(3, padding=1), groups=2),
    ]
    table: list[LayerSpec] = []
    for each in convolutions:
        table += conv_relu_layers(each.name, each)
        if each.name in ("conv1", "conv2", "conv5"):
            table.append(LayerSpec(f"pool{each.name[4]}", (pool,)))
        if each.name in ("conv1", "conv2"):
            table.append(LayerSpec(f"norm{each.name[4]}", (ResponseNorm(),)))
    return tuple(table)
