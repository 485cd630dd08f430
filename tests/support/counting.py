"""How many convolutions a piece of code runs."""

from collections.abc import Callable

import torch

CONVOLUTIONS = {"aten::conv2d", "mkldnn::_convolution_pointwise"}


def convolutions_run(function: Callable[[], object]) -> int:
    with torch.profiler.profile() as profile:
        function()
    return sum(event.name in CONVOLUTIONS for event in profile.events())
