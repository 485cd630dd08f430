"""SqueezeNet 1.0 and 1.1: fire modules, which squeeze the channels before they expand them again.

Source: Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters" (2016),
table 1; version 1.1 is described with the authors' files. The classifier, conv10, is left out.
"""

from __future__ import annotations

from impasto.backbones.layers import (
    Branches,
    Convolution,
    LayerSpec,
    Pool,
    ReLU,
    Window,
    conv_relu_layers,
)

SQUEEZED = (16, 16, 32, 32, 48, 48, 64, 64)
"""Channels of fire2 to fire9 in between; each of the two expansions has four times as many."""


def squeezenet(first: Convolution, pools: tuple[int, ...]) -> tuple[LayerSpec, ...]:
    """Return a SqueezeNet from its first convolution and the modules that a pool follows."""
    pool = Pool(Window(3, stride=2, ceil=True))
    table = [*conv_relu_layers("conv1", first), LayerSpec("pool1", (pool,))]
    inputs = first.outputs
    place = 3  # in torchvision's list, which counts conv1, its ReLU and every pool
    for number, squeezed in enumerate(SQUEEZED, start=2):
        table.append(fire(number, inputs, squeezed, f"features.{place}"))
        inputs, place = 8 * squeezed, place + 1
        if number in pools:
            table.append(LayerSpec(f"pool{number}", (pool,)))
            place += 1
    return tuple(table)


def fire(number: int, inputs: int, squeezed: int, hub: str) -> LayerSpec:
    """Return one fire module: 1x1 down, then 1x1 and 3x3 side by side."""
    name, outputs = f"fire{number}", 4 * squeezed

    def part(kind: str, of: int, to: int, window: Window) -> Convolution:
        # torchvision calls the three squeeze, expand1x1 and expand3x3.
        hub_name = f"{hub}.{kind.removesuffix('1x1') if kind == 'squeeze1x1' else kind}"
        return Convolution(f"{name}/{kind}", of, to, window, hub=hub_name)

    squeeze = part("squeeze1x1", inputs, squeezed, Window(1))
    expand = (
        part("expand1x1", squeezed, outputs, Window(1)),
        part("expand3x3", squeezed, outputs, Window(3, padding=1)),
    )
    branches = Branches(tuple((each, ReLU()) for each in expand))
    return LayerSpec(name, (squeeze, ReLU(), branches))


def squeezenet1_0() -> tuple[LayerSpec, ...]:
    """Return SqueezeNet 1.0: 96 filters of 7x7 first, pools after fire4 and fire8."""
    return squeezenet(Convolution("conv1", 3, 96, Window(7, stride=2), hub="features.0"), (4, 8))


def squeezenet1_1() -> tuple[LayerSpec, ...]:
    """Return SqueezeNet 1.1: 64 filters of 3x3 first, pools after fire3 and fire5."""
    return squeezenet(Convolution("conv1", 3, 64, Window(3, stride=2), hub="features.0"), (3, 5))
