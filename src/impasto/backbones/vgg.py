"""VGG-16 and VGG-19: 3x3 convolutions, ReLUs, and a 2x2 pool after each block.

Source: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
Recognition" (2015), table 1, columns D and E. The classifier is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from impasto.backbones.layers import Convolution, Pool, Stage, Window, convolve

WIDTHS = (64, 128, 256, 512, 512)
"""Channels of the convolutions of each block."""


def vgg(convolutions: Sequence[int], widths: Sequence[int] = WIDTHS) -> tuple[Stage, ...]:
    """Return a VGG from the number of convolutions in each block and their channels.

    The place of a stage is also the number ``N`` of ``features.N`` in torchvision.

    Example:
        >>> [stage.layer for stage in vgg([1, 1])]
        ['conv1_1', 'relu1_1', 'pool1', 'conv2_1', 'relu2_1', 'pool2']
    """
    stages: list[Stage] = []
    inputs = 3
    for block, (count, outputs) in enumerate(zip(convolutions, widths, strict=False), start=1):
        for number in range(1, count + 1):
            name, hub = f"conv{block}_{number}", f"features.{len(stages)}"
            window = Window(3, padding=1)
            stages += convolve(name, Convolution(name, inputs, outputs, window, hub=hub))
            inputs = outputs
        stages.append(Stage(f"pool{block}", (Pool(Window(2, stride=2)),)))
    return tuple(stages)
