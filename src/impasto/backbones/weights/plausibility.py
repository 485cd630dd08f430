"""Does a network of unknown origin behave like a trained one? A look at its activations.

Measured on `sample_image` with Oxford's VGG-19 (conv1_1 to conv3_4), mean activation at

    relu              1_1   1_2   2_1   2_2   3_1   3_2   3_3   3_4
    as published       29   131   121   134    72   108   248   384
    rescaled          1.6   2.0   1.4   1.7   1.0   1.5   1.4   1.6
    the same two, fed with torchvision's input: 0.75 and 0.04 at relu1_1

where rescaled means that each channel is divided by its mean, and on photos 18 to 23 at
relu1_1, 220 to 280 at relu3_4. Six filters of torchvision's VGG-16 give 0.55 at relu1_1 on
torchvision's input, and 26 on Caffe's, which is 58 times larger. So a wrong convention shows at
relu1_1 only where the network is rescaled; telling Oxford's weights from torchvision's is the
task of `impasto.backbones.weights.conventions.recognize`. Deeper layers only need to be alive.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from impasto.backbones.backbone import Backbone
from impasto.errors import WeightsError

# Trained networks come down to about 0.01 at their last, sparse layers; a network that fades
# (weights too small) or explodes leaves these bounds within a few layers.
_ALIVE = (1e-3, 1e4)


def sample_image(side: int = 96) -> Tensor:
    """Make an image with the statistics of a photo: ``(1, 3, side, side)``, float32.

    Noise whose amplitude falls as one over the frequency, in gray with a little color: mean 0.45,
    standard deviation 0.22. It is made rather than read, so that checking weights needs no file.

    Source: Field, "Relations between the statistics of natural images and the response
    properties of cortical cells" (1987), for the spectrum.
    """
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(3, side, side, generator=generator, dtype=torch.float64, device="cpu")
    frequency = torch.fft.fftfreq(side, dtype=torch.float64)
    radius = torch.hypot(frequency[:, None], frequency[None, :]).clamp(min=1 / side)
    waves = torch.fft.ifft2(torch.fft.fft2(noise) / radius).real
    waves = waves - waves.mean((1, 2), keepdim=True)
    gray, warm, green = waves / waves.std((1, 2), keepdim=True)
    gray = 0.45 + 0.22 * gray
    planes = (gray + 0.06 * warm + 0.03 * green, gray - 0.03 * green, gray - 0.06 * warm)
    return torch.stack(planes).clamp(0, 1).float()[None]


def check_activations(
    network: Backbone, layers: Sequence[str], origin: str, first_bounds: tuple[float, float]
) -> tuple[str, float]:
    """Run the sample image through ``network`` and look at every layer behind a ReLU.

    Args:
        network: The network with its weights.
        layers: Those of its layers that come behind a ReLU, shallow to deep.
        origin: The weight file, for the message.
        first_bounds: Between which the mean activation of the first of them has to lie.

    Returns:
        The deepest of them and its mean activation; an empty name if there is none.

    Raises:
        WeightsError: If a weight is not finite, or a layer is dead or explodes.
    """
    for part, numbers in network.named_parameters():
        if not numbers.isfinite().all():
            key = part.partition(".")[2]
            raise WeightsError(
                f"'{origin}' has numbers that are not finite (in {key}): it is damaged; give "
                "another file."
            )
    with torch.no_grad():
        features = network(sample_image(), layers)
    name, mean = "", 0.0
    for name, feature in features.items():
        mean = float(feature.mean())
        low, high = first_bounds if name == layers[0] else _ALIVE
        if not low <= mean <= high:
            raise WeightsError(
                f"'{origin}' has the names and shapes of the network, but its mean activation at "
                f"{name} is {mean:.3g} where trained weights have {low:g} to {high:g}: it is "
                "damaged, untrained, or made for another range of input; give another file."
            )
    return name, mean
