"""Rescale a VGG so that every filter's mean activation over sample images is 1.

A ReLU network is linear in positive scales: multiplying the output of a filter by ``s`` and
dividing by ``s`` what the next layer takes from it changes nothing else. Pooling by mean or maximum
lets the scale through. So with ``s_o`` = 1 / mean activation of filter o,

    w'_oi = w_oi s_o / s_i        b'_o = b_o s_o

where ``s_i`` are the scales of the layer before. What is normalized are the activations behind the
ReLU; those before it get the same factor.

Source: Gatys, Ecker and Bethge (2016), "Image Style Transfer Using Convolutional Neural Networks",
section 2: "the mean activation of each convolutional filter over images and positions is equal to
one".
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from impasto.backbones.network import Network

NEVER_ACTIVE = 1e-8
"""A filter whose mean activation is below this share of its layer's is left alone: it never fires
on the sample images, and would only amplify rounding."""

NORMALIZED = 0.25
"""Weights whose mean activations already lie within this of 1, on average over every layer, are
taken for published normalized ones, made with other images, and are left as they are."""


def rescale(network: Network, images: Sequence[Tensor]) -> bool:
    """Rescale the convolutions of ``network`` in place.

    Args:
        network: In float32 or float64, on the device of the images.
        images: Sample images (1, 3, H, W), sRGB in [0, 1]; every pixel counts alike.

    Returns:
        Whether anything was changed; False if the weights were normalized already.
    """
    before = _mean_activations(network, images)
    if all(abs(float(mean.mean()) - 1) < NORMALIZED for mean in before.values()):
        return False
    scale_in: Tensor | None = None
    for name, mean in before.items():
        convolution = network.operations[name]
        assert isinstance(convolution, nn.Conv2d)
        assert convolution.bias is not None
        scale = torch.where(
            mean > NEVER_ACTIVE * mean.mean(), 1 / mean.clamp_min(1e-30), 1.0
        )  # (O,)
        weight = convolution.weight.data * scale[:, None, None, None]
        if scale_in is not None:
            weight /= scale_in[:, None, None]
        convolution.weight.data, convolution.bias.data = weight, convolution.bias.data * scale
        scale_in = scale
    return True


@torch.no_grad()
def _mean_activations(network: Network, images: Sequence[Tensor]) -> dict[str, Tensor]:
    """Return the mean over images and positions behind each convolution's ReLU, each (O,)."""
    sums: dict[str, Tensor] = {}
    positions: dict[str, int] = {}
    for image in images:
        x = network.preprocessing(image).to(next(network.parameters()).dtype)
        for name, operation in network.operations.items():
            x = operation(x)
            if isinstance(operation, nn.Conv2d):
                active = x.relu()
                sums[name] = sums.get(name, 0) + active.sum(dim=(0, 2, 3))
                positions[name] = positions.get(name, 0) + active[:, 0].numel()
    return {name: total / positions[name] for name, total in sums.items()}
