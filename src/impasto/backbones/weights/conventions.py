"""What the published weights expect of their input, and how to tell them apart.

VGG was trained on ``BGR * 255 - mean`` in Caffe, torchvision's copies on ``(RGB - mean) / std``.
Both are stored under the same keys (``features.0.weight``, ...) and in the same shapes.

The scale of the weights does not tell them apart: the mean magnitude in conv1_1 is 0.16 in
Oxford's VGG-19 and 0.22 in six filters of torchvision's VGG-16. Nor does the mean activation at
relu1_1: on torchvision's input it is 0.75 for the former and 0.55 for the latter. But the nine
numbers of the first kernel differ plainly, so they are compared, up to a positive factor, which
keeps networks with rescaled channels (mean activation 1, as in Gatys et al. 2015) recognizable.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Preprocessing:
    """From sRGB in [0, 1] to what the weights expect: ``(scale * image - mean) / std``.

    Attributes:
        name: The convention, as named in messages.
        scale: The value of white.
        mean: Subtracted, in the order of the weights' channels, in units of ``scale``.
        std: Divided by, in the same order.
        bgr: Whether the weights' channels are blue, green, red.
        first_activation: Between which bounds the mean activation of relu1_1 lies, see
            `impasto.backbones.weights.plausibility`.
    """

    name: str
    scale: float
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    bgr: bool
    first_activation: tuple[float, float]

    def __call__(self, images: Tensor) -> Tensor:
        """Normalize ``images`` (B, 3, H, W) in their own type.

        Plain numbers instead of tensors: nothing to move between devices, and nothing that
        ``.to(torch.bfloat16)`` could round.
        """
        channels = images.unbind(1)
        ordered = reversed(channels) if self.bgr else channels
        normalized = [
            (channel * self.scale - mean) / std
            for channel, mean, std in zip(ordered, self.mean, self.std, strict=True)
        ]
        return torch.stack(normalized, dim=1)  # (B, 3, H, W)


# Source: torchvision's documentation of its pretrained models.
TORCHVISION = Preprocessing(
    "torchvision", 1.0, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), False, (0.05, 10.0)
)
# Source: the model card of VGG_ILSVRC_19_layers (Simonyan and Zisserman).
CAFFE = Preprocessing(
    "Caffe (BGR, 0 to 255)", 255.0, (103.939, 116.779, 123.68), (1.0, 1.0, 1.0), True, (0.2, 200.0)
)
CAFFE_RGB = Preprocessing(
    "MatConvNet (RGB, 0 to 255)",
    255.0,
    (123.68, 116.779, 103.939),
    (1.0, 1.0, 1.0),
    False,
    (0.2, 200.0),
)

# Source: Caffe's mean file of ILSVRC 2012, averaged over its pixels.
CAFFE_BVLC = Preprocessing(
    "Caffe (BGR, 0 to 255)", 255.0, (104.007, 116.669, 122.679), (1.0, 1.0, 1.0), True, (0.05, 500)
)
# Source: the definition files that come with SqueezeNet's weights.
CAFFE_SQUEEZENET = Preprocessing(
    "Caffe (BGR, 0 to 255)", 255.0, (104.0, 117.0, 123.0), (1.0, 1.0, 1.0), True, (0.05, 500)
)
# Source: torchvision's documentation of GoogLeNet, whose weights were trained in TensorFlow.
TENSORFLOW = Preprocessing(
    "TensorFlow (-1 to 1)", 1.0, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), False, (0.005, 50)
)

CONVENTIONS: dict[str, Preprocessing] = {
    "torchvision": TORCHVISION,
    "caffe": CAFFE,
    "caffe-rgb": CAFFE_RGB,
    "caffe-bvlc": CAFFE_BVLC,
    "caffe-squeezenet": CAFFE_SQUEEZENET,
    "tensorflow": TENSORFLOW,
}

# conv1_1.weight[0, 0], row by row, of (architecture, convention): red in torchvision's networks,
# blue in Oxford's. As far as public print-outs show them, so to four digits at least.
_FIRST_KERNELS: dict[tuple[str, str], tuple[float, ...]] = {
    ("vgg19", "torchvision"): (
        *(-0.053474, -0.049257, -0.067942),
        *(0.015314, 0.045068, 0.0021444),
        *(0.036226, 0.019999, 0.019864),
    ),
    ("vgg19", "caffe"): (
        *(0.341195, 0.339992, -0.0448442),
        *(0.232159, 0.0897821, -0.303314),
        *(-0.0726092, -0.246675, -0.336833),
    ),
    ("vgg16", "torchvision"): (
        *(-0.5537, 0.1427, 0.5290),
        *(-0.5831, 0.3566, 0.7657),
        *(-0.6902, -0.0480, 0.4841),
    ),
    ("vgg16", "caffe"): (
        *(0.429471, 0.373467, -0.0613601),
        *(0.27477, 0.0386808, -0.367223),
        *(-0.0574682, -0.26225, -0.350097),
    ),
}


def recognize(first_weight: Tensor) -> tuple[str, str] | None:
    """Return the architecture and the convention of a published conv1_1, or None.

    Args:
        first_weight: conv1_1.weight, ``(C, 3, 3, 3)``.
    """
    for (architecture, convention), numbers in _FIRST_KERNELS.items():
        known = torch.tensor(numbers, dtype=torch.float64, device="cpu")
        if _is_multiple(first_weight[0, 0], known):
            return architecture, convention
        # Blue comes last where somebody turned Caffe's channels around.
        if convention == "caffe" and _is_multiple(first_weight[0, 2], known):
            return architecture, "caffe-rgb"
    return None


def _is_multiple(kernel: Tensor, known: Tensor) -> bool:
    """Say whether ``kernel`` is a positive multiple of ``known``, to half precision."""
    given = kernel.detach().to(torch.float64).flatten()
    factor = float(given @ known / (known @ known))
    # 0.4 % covers bfloat16 (relative rounding 2^-9); Oxford's VGG-19 and VGG-16 differ by 11 %.
    return factor > 0 and float((given - factor * known).norm()) <= 4e-3 * float(given.norm())
