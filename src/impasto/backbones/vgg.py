"""VGG-16 and VGG-19: 3x3 convolutions, ReLUs, and a 2x2 pool after each block.

Source: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
Recognition" (2015), table 1, columns D and E. The classifier is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from impasto.backbones.layers import Convolution, LayerSpec, Pool, Window, conv_relu_layers

WIDTHS = (64, 128, 256, 512, 512)
"""Channels of the convolutions of each block."""


def vgg(convolutions: Sequence[int], widths: Sequence[int] = WIDTHS) -> tuple[LayerSpec, ...]:
    """Return a VGG from the number of convolutions in each block and their channels.

    The place of a layer is also the number ``N`` of ``features.N`` in torchvision.

    Example:
        >>> [layer.name for layer in vgg([1, 1])]
        ['conv1_1', 'relu1_1', 'pool1', 'conv2_1', 'relu2_1', 'pool2']
    """
    table: list[LayerSpec] = []
    inputs = 3
    for block, (count, outputs) in enumerate(zip(convolutions, widths, strict=False), start=1):
        for number in range(1, count + 1):
            name, hub = f"conv{block}_{number}", f"features.{len(table)}"
            window = Window(3, padding=1)
            table += conv_relu_layers(name, Convolution(name, inputs, outputs, window, hub=hub))
            inputs = outputs
        table.append(LayerSpec(f"pool{block}", (Pool(Window(2, stride=2)),)))
    return tuple(table)
