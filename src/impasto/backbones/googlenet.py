"""GoogLeNet twice: as in Caffe, and as torchvision has it, with batch normalization folded in.

Source: Szegedy et al., "Going Deeper with Convolutions" (2015), table 1. The classifiers are left
out.
"""

from __future__ import annotations

from impasto.backbones.layers import (
    Branches,
    Convolution,
    LayerSpec,
    Operation,
    Pool,
    ReLU,
    ResponseNorm,
    Window,
    conv_relu_layers,
)

MODULES: dict[str, tuple[int, int, int, int, int, int]] = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""Channels of each inception module: 1x1, 3x3 reduced, 3x3, 5x5 reduced, 5x5, behind the pool."""

_POOL = Pool(Window(3, stride=2, ceil=True))


def googlenet_caffe() -> tuple[LayerSpec, ...]:
    """Return the GoogLeNet of Caffe's model zoo, with local response normalization."""
    stem = (
        *conv_relu_layers(
            "conv1", Convolution("conv1/7x7_s2", 3, 64, Window(7, stride=2, padding=3))
        ),
        LayerSpec("pool1", (_POOL,)),
        LayerSpec("norm1", (ResponseNorm(),)),
        *conv_relu_layers("conv2_reduce", Convolution("conv2/3x3_reduce", 64, 64, Window(1))),
        *conv_relu_layers("conv2", Convolution("conv2/3x3", 64, 192, Window(3, padding=1))),
        LayerSpec("norm2", (ResponseNorm(),)),
        LayerSpec("pool2", (_POOL,)),
    )
    kinds = ("1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj")
    names = {module: [f"inception_{module}/{kind}" for kind in kinds] for module in MODULES}
    return stem + _modules(names, 5, _POOL)


def googlenet() -> tuple[LayerSpec, ...]:
    """Return torchvision's GoogLeNet: no response normalization, 3x3 in the place of 5x5."""
    stem = (
        *conv_relu_layers("conv1", Convolution("conv1", 3, 64, Window(7, stride=2, padding=3))),
        LayerSpec("pool1", (_POOL,)),
        *conv_relu_layers("conv2_reduce", Convolution("conv2", 64, 64, Window(1))),
        *conv_relu_layers("conv2", Convolution("conv3", 64, 192, Window(3, padding=1))),
        LayerSpec("pool2", (_POOL,)),
    )
    kinds = ("branch1", "branch2.0", "branch2.1", "branch3.0", "branch3.1", "branch4.1")
    names = {module: [f"inception{module}.{kind}" for kind in kinds] for module in MODULES}
    # Differs from Szegedy et al. (2015), as the published weights do: 3x3 for 5x5, and a last
    # pool of 2x2.
    return stem + _modules(names, 3, Pool(Window(2, stride=2, ceil=True)))


def _modules(names: dict[str, list[str]], large: int, last_pool: Pool) -> tuple[LayerSpec, ...]:
    """Return inception3a to inception5b with the pools between."""
    table: list[LayerSpec] = []
    inputs = 192
    for module, widths in MODULES.items():
        if module in ("4a", "5a"):
            pool = _POOL if module == "4a" else last_pool
            table.append(LayerSpec(f"pool{int(module[0]) - 1}", (pool,)))
        table.append(_inception(f"inception{module}", names[module], inputs, widths, large))
        inputs = widths[0] + widths[2] + widths[4] + widths[5]
    return tuple(table)


def _inception(
    layer: str, names: list[str], inputs: int, widths: tuple[int, ...], large: int
) -> LayerSpec:
    """Return one module: four chains side by side; ``large`` is the kernel of the third."""
    one, reduce3, three, reduce5, five, projected = widths

    def conv_relu(index: int, of: int, to: int, side: int) -> tuple[Operation, ...]:
        window = Window(side, padding=side // 2)
        return Convolution(names[index], of, to, window), ReLU()

    return LayerSpec(
        layer,
        (
            Branches(
                (
                    conv_relu(0, inputs, one, 1),
                    conv_relu(1, inputs, reduce3, 1) + conv_relu(2, reduce3, three, 3),
                    conv_relu(3, inputs, reduce5, 1) + conv_relu(4, reduce5, five, large),
                    (Pool(Window(3, padding=1)), *conv_relu(5, inputs, projected, 1)),
                )
            ),
        ),
    )
