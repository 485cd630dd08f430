"""AlexNet as torchvision has it, and CaffeNet, its copy with two groups and normalization.

Source: Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014),
section 5, for torchvision's; Krizhevsky, Sutskever and Hinton (2012) for the other, with the change
that CaffeNet's authors state: pooling comes before normalization. The classifiers are left out.
"""

from __future__ import annotations

from impasto.backbones.layers import Convolution, Pool, ResponseNorm, Stage, Window, convolve


def alexnet() -> tuple[Stage, ...]:
    """Return AlexNet of 2014: one tower, no normalization; pools drop what does not fill them."""
    pool = Pool(Window(3, stride=2))
    convolution = [
        Convolution("conv1", 3, 64, Window(11, stride=4, padding=2), hub="features.0"),
        Convolution("conv2", 64, 192, Window(5, padding=2), hub="features.3"),
        Convolution("conv3", 192, 384, Window(3, padding=1), hub="features.6"),
        Convolution("conv4", 384, 256, Window(3, padding=1), hub="features.8"),
        Convolution("conv5", 256, 256, Window(3, padding=1), hub="features.10"),
    ]
    stages: list[Stage] = []
    for each in convolution:
        stages += convolve(each.name, each)
        if each.name in ("conv1", "conv2", "conv5"):
            stages.append(Stage(f"pool{each.name[4]}", (pool,)))
    return tuple(stages)


def caffenet() -> tuple[Stage, ...]:
    """Return CaffeNet: two groups in conv2, conv4 and conv5; pools round their sizes up."""
    pool = Pool(Window(3, stride=2, ceil=True))
    convolution = [
        Convolution("conv1", 3, 96, Window(11, stride=4)),
        Convolution("conv2", 96, 256, Window(5, padding=2), groups=2),
        Convolution("conv3", 256, 384, Window(3, padding=1)),
        Convolution("conv4", 384, 384, Window(3, padding=1), groups=2),
        Convolution("conv5", 384, 256, Window(3, padding=1), groups=2),
    ]
    stages: list[Stage] = []
    for each in convolution:
        stages += convolve(each.name, each)
        if each.name in ("conv1", "conv2", "conv5"):
            stages.append(Stage(f"pool{each.name[4]}", (pool,)))
        if each.name in ("conv1", "conv2"):
            stages.append(Stage(f"norm{each.name[4]}", (ResponseNorm(),)))
    return tuple(stages)
