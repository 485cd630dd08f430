"""The pocket network: a small stand-in for VGG-19 that comes with the package.

It imitates VGG-19 convolution by convolution, but for conv1_2, with fewer channels, fitted by least
squares; `training/README.md` tells how. Behind every layer that is exposed
stands a *projection*: a 1x1 convolution `y = R [f; 1]`, where `f` holds all feature maps of the
layer's block. With `H` the linear map that predicts the teacher's features, `t ~ H [f; 1]`, and
`H = Q R` with orthonormal `Q`, Gram matrices of `y` are as far apart as Gram matrices of the
predicted teacher: `|R S R' - R T R'| = |H S H' - H T H'|`. So the network's own few channels are
compared in the teacher's metric. Projected values may be negative.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Final, Self, cast, final

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn

from impasto.backbones.backbone import Backbone
from impasto.backbones.fused import add_projection, avg_pool2x2, conv_relu, max_pool2x2
from impasto.backbones.layers import Geometry, Window
from impasto.backbones.weights.formats.palette import decode
from impasto.backbones.weights.published import POCKET, stated_hash
from impasto.errors import UnknownName, WeightsError
from impasto.filesystem import open_regular

CONVOLUTIONS: Final[Mapping[str, tuple[int, int]]] = {
    "conv1_1": (3, 32),
    "conv2_1": (32, 64),
    "conv2_2": (64, 80),
    "conv3_1": (80, 112),
    "conv3_2": (112, 112),
    "conv3_3": (112, 112),
    "conv3_4": (112, 112),
    "conv4_1": (112, 160),
    "conv4_2": (160, 192),
    "conv4_3": (192, 224),
    "conv4_4": (224, 256),
    "conv5_1": (256, 320),
}
"""Channels in and out of each 3x3 convolution, as they were trained; a 2x2 pooling stands between
blocks. A file may hold others, fewer or more of them: the network is as wide as its weights say."""

PROJECTIONS: Final[Mapping[str, int]] = {
    "relu1_1": 24,
    "relu2_1": 48,
    "relu3_1": 96,
    "relu3_3": 112,
    "relu4_1": 112,
    "relu4_2": 80,
    "relu5_1": 128,
}
"""The layers that can be asked for, in order of depth, and how many channels each has."""

GIVE_ANOTHER: Final = (
    "give a weight file of the pocket network, or name the file's own network with --backbone, "
    "like vgg19."
)

WEIGHTS: Final = POCKET
"""The weights that come with the package."""


def reads(layer: str, convolutions: Iterable[str]) -> tuple[str, ...]:
    """Return which maps a layer projects, shallow to deep: all of its block.

    relu1_1 reads conv1_1 only: at full resolution more would cost much. The block of relu5_1 is
    small, so that its input is read too.

    Args:
        layer: A name out of `PROJECTIONS`.
        convolutions: The names of all convolutions.

    Example:
        >>> reads("relu5_1", CONVOLUTIONS)
        ('pool4', 'conv5_1')
    """
    if layer == "relu1_1":
        return ("conv1_1",)
    block = tuple(name for name in convolutions if name[4] == layer[4])
    return ("pool4", *block) if layer == "relu5_1" else block


def trunk(
    convolutions: nn.ModuleDict,
    images: Tensor,
    wanted: Collection[str],
    visit: Callable[[str, Tensor], Tensor],
    pooling: str = "avg",
) -> None:
    """Run the convolutions, no deeper than the projections of the wanted layers read.

    Args:
        convolutions: One `Conv2d` by name, `conv1_1`, `conv2_1`, ...
        images: `(B, 3, H, W)`, sRGB in [0, 1].
        wanted: Names out of `PROJECTIONS`.
        visit: Called with the name and the values `(B, C, H', W')` of every map, shallow to deep.
            What it returns flows on: the same values, as `add_projection` returns them. Each block
            halves height and width, rounded down.
        pooling: `"avg"`, what the network was trained with, or `"max"`.
    """
    pool = avg_pool2x2 if pooling == "avg" else max_pool2x2
    unread = {name for layer in wanted for name in reads(layer, convolutions)}
    x = (images - 0.45) * 4.0
    x = x.to(next(convolutions.parameters()).dtype)
    block = "1"
    for name, convolution in convolutions.items():
        if not unread:
            break
        if name[4] != block:
            x = visit(f"pool{block}", pool(x))
            unread.discard(f"pool{block}")
            block = name[4]
        x = visit(name, conv_relu(cast(nn.Conv2d, convolution), x))
        unread.discard(name)


def channels(name: str, outputs: Mapping[str, int]) -> int:
    """Return how many channels a map has, or the maps that a layer projects have together.

    Args:
        name: `convX_Y`, `pool4` or `reluX_Y`.
        outputs: The channels of every convolution, shallow to deep.
    """
    if name.startswith("relu"):
        return sum(channels(source, outputs) for source in reads(name, outputs))
    if name == "pool4":
        return [count for convolution, count in outputs.items() if convolution[4] == "4"][-1]
    return outputs[name]


def new_convolutions() -> nn.ModuleDict:
    """Return the 3x3 convolutions of the network, untrained."""
    return nn.ModuleDict(
        {
            name: nn.Conv2d(inputs, outputs, 3, padding=1)
            for name, (inputs, outputs) in CONVOLUTIONS.items()
        }
    )


@final
class Pocket(Backbone):
    """The pocket network: five blocks of 32 to 320 channels, and a projection behind each layer.

    Its widths are those of its weights, so that a file of an earlier version, or one that was
    trained with other widths, can be painted with.

    Args:
        tensors: `conv1_1.weight` (32, 3, 3, 3), `conv1_1.bias` (32), ..., and of each projection
            `relu1_1.weight` (24, 32, 1, 1), `relu1_1.bias` (24), ...; any floating type.
        layers: The layers that will be asked for; nothing deeper is kept.
        pooling: `"avg"`, what the network was trained with, or `"max"`.

    Raises:
        WeightsError: If a tensor is missing or has another shape.

    Example:
        >>> from impasto.backbones import load_backbone
        >>> pocket = load_backbone("pocket", layers=["relu1_1", "relu2_1"])
        >>> pocket(torch.rand(1, 3, 64, 48), ["relu2_1"])["relu2_1"].shape
        torch.Size([1, 48, 32, 24])
    """

    def __init__(
        self,
        tensors: Mapping[str, Tensor],
        layers: Collection[str] = tuple(PROJECTIONS),
        pooling: str = "avg",
    ) -> None:
        super().__init__()
        self.layers = tuple(layer for layer in PROJECTIONS if layer in layers)
        self.description = ""
        self.pooling = pooling
        self.outputs = _outputs(tensors)
        self.maps = {layer: reads(layer, self.outputs) for layer in self.layers}
        deepest = self.maps[self.layers[-1]][-1] if self.layers else ""
        self.convolutions = nn.ModuleDict()
        inputs = 3
        for name, outputs in self.outputs.items():
            if name <= deepest:  # the names sort by depth
                self.convolutions[name] = _convolution(tensors, name, inputs, 3)
            inputs = outputs
        self.projections = nn.ModuleDict(
            {
                layer: _convolution(tensors, layer, channels(layer, self.outputs), 1)
                for layer in self.layers
            }
        )
        self.minimum_side = max((self.geometry(layer).stride for layer in self.layers), default=1)
        self.requires_grad_(False).eval()

    @classmethod
    def load(
        cls, name: str, *, layers: Collection[str], weights: Path | None, pooling: str
    ) -> Self:
        """Read the weights that come with the package, or `weights`; see `Backbone.load`."""
        network = cls(read_pocket(weights), layers, pooling)
        origin = "from the package, SHA-256 verified" if weights is None else f"from '{weights}'"
        network.description = f"{name} network, {origin}"
        return network

    def geometry(self, layer: str) -> Geometry:
        """Return which pixels a position of ``layer`` sees; see `Backbone.geometry`."""
        deepest = reads(layer, self.outputs)[-1]
        seen, block = Geometry(), "1"
        for name in self.outputs:
            if name > deepest:  # the names sort by depth
                break
            if name[4] != block:
                seen, block = seen.through(Window(2, stride=2)), name[4]
            seen = seen.through(Window(3, padding=1))
        return seen

    def positions(self, layer: str, length: int) -> int:
        """Return how many positions ``layer`` has; see `Backbone.positions`."""
        return length // self.geometry(layer).stride

    def forward(self, images: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Return the projected feature maps of `layers`; see `Backbone.forward`."""
        wanted = set(layers)
        if unknown := wanted.difference(self.layers):
            raise UnknownName(
                f"layer '{min(unknown)}' is not in this network, which was loaded with "
                f"{', '.join(self.layers) or 'no layer'}: name it when loading."
            )
        found: dict[str, Tensor] = {}

        def visit(name: str, x: Tensor) -> Tensor:
            for layer in self.layers:
                if layer in wanted and name in self.maps[layer]:
                    x, found[layer] = self._project(layer, name, x, found.get(layer))
            return x

        trunk(self.convolutions, images, wanted, visit, self.pooling)
        return {layer: found[layer] for layer in self.layers if layer in wanted}

    def _project(
        self, layer: str, name: str, x: Tensor, total: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Add the projection of one map to a layer; see `add_projection`."""
        weights = cast(nn.Conv2d, self.projections[layer])
        maps = self.maps[layer]
        first = sum(channels(before, self.outputs) for before in maps[: maps.index(name)])
        part = weights.weight[:, first : first + x.shape[1], 0, 0]  # (P, C)
        return add_projection(x, part, cast(Tensor, weights.bias), total)


def read_pocket(path: Path | None = None) -> dict[str, Tensor]:
    """Read a weight file of the pocket network, in float32.

    Args:
        path: The file; without it the one in the package, whose SHA-256 is verified.

    Raises:
        WeightsError: If the file is missing or damaged.
    """
    file = WEIGHTS if path is None else path
    try:
        with open_regular(file) as opened:
            content = opened.read()
    except OSError as error:
        raise WeightsError(
            f"'{file}' cannot be read ({error.strerror}): give a weight file of the pocket "
            f"network, or reinstall the package."
        ) from error
    if path is None:
        expected = stated_hash(file)
        found = hashlib.sha256(content).hexdigest()
        if found != expected:
            raise WeightsError(
                f"'{file}' is damaged: its SHA-256 is {found[:12]}… instead of {expected[:12]}…; "
                f"reinstall the package."
            )
    try:
        return {key: tensor.float() for key, tensor in decode(load(content)).items()}
    except SafetensorError as error:
        raise WeightsError(
            f"'{file}' is no safetensors file ({error}): give a weight file of the pocket network."
        ) from error


def _outputs(tensors: Mapping[str, Tensor]) -> dict[str, int]:
    """Return the channels of every convolution of a file, shallow to deep."""
    weights = sorted(key for key in tensors if key.startswith("conv") and key.endswith(".weight"))
    outputs = {key.removesuffix(".weight"): len(tensors[key]) for key in weights}
    for layer in PROJECTIONS:
        if (first := f"conv{layer[4]}_1") not in outputs:
            raise WeightsError(
                f"the weight file holds nothing under '{first}.weight', where the pocket network "
                f"has a convolution: {GIVE_ANOTHER}"
            )
    return outputs


def _convolution(tensors: Mapping[str, Tensor], name: str, inputs: int, side: int) -> nn.Conv2d:
    """Wrap the tensors of a 3x3 convolution `convX_Y` or of the 1x1 projection `reluX_Y`."""
    weight, bias = tensors.get(f"{name}.weight"), tensors.get(f"{name}.bias")
    outputs = 0 if weight is None else len(weight)
    shapes = {"weight": (outputs, inputs, side, side), "bias": (outputs,)}
    for part, found in (("weight", weight), ("bias", bias)):
        if found is None or tuple(found.shape) != shapes[part]:
            holds = "nothing" if found is None else f"shape {tuple(found.shape)}"
            raise WeightsError(
                f"the weight file holds {holds} under '{name}.{part}', where the pocket network "
                f"has {inputs} channels in and a kernel of {side} x {side}: {GIVE_ANOTHER}"
            )
    # On the meta device, or torch would first draw random numbers.
    convolution = nn.Conv2d(inputs, outputs, side, padding=side // 2, device=torch.device("meta"))
    state = {part: tensors[f"{name}.{part}"] for part in shapes}
    convolution.load_state_dict(state, assign=True)
    return convolution
