"""The first kernels of published networks, by which these are known."""

import torch
from torch import Tensor

OXFORD_19 = [0.341195, 0.339992, -0.0448442, 0.232159, 0.0897821, -0.303314]
OXFORD_19 += [-0.0726092, -0.246675, -0.336833]
OXFORD_16 = [0.429471, 0.373467, -0.0613601, 0.27477, 0.0386808, -0.367223]
OXFORD_16 += [-0.0574682, -0.26225, -0.350097]
HUB_19 = [-0.053474, -0.049257, -0.067942, 0.015314, 0.045068, 0.0021444]
HUB_19 += [0.036226, 0.019999, 0.019864]


def with_first_kernel(numbers: list[float], channel: int = 0, factor: float = 1.0) -> Tensor:
    weight = torch.randn(64, 3, 3, 3, generator=torch.Generator().manual_seed(5)) * 0.2
    weight[0, channel] = torch.tensor(numbers).view(3, 3) * factor
    return weight
