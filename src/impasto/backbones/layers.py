"""What a network is made of, as tables: convolutions, pools, branches, and which pixels they see.

An architecture is a table that reads like the one in its paper: a sequence of named layers, each a
chain of operations. Nothing here needs torch; `impasto.backbones.network` runs such a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """How an operation slides over its input, in rows as in columns.

    Attributes:
        kernel: Side of the square that one position sees.
        stride: Input positions from one output position to the next.
        padding: Input positions added on each side.
        ceil: Whether a last square that the input fills only in part counts.
    """

    kernel: int
    stride: int = 1
    padding: int = 0
    ceil: bool = False

    def needs(self, positions: int) -> int:
        """Return the least input that gives so many positions."""
        spare = self.stride - 1 if self.ceil else 0
        return max((positions - 1) * self.stride + self.kernel - 2 * self.padding - spare, 1)

    def gives(self, positions: int) -> int:
        """Return the output of an input of so many."""
        spare = self.stride - 1 if self.ceil else 0
        last = (positions + 2 * self.padding - self.kernel + spare) // self.stride
        # A last square must not begin beyond the input and the padding before it.
        return min(last, (positions + self.padding - 1) // self.stride) + 1


@dataclass(frozen=True)
class Geometry:
    """Where the positions of a layer lie: number j sees ``[stride j - before, stride j + after]``.

    Attributes:
        stride: Pixels from one position to the next.
        before: Pixels seen before the first pixel of its square.
        after: Pixels seen from there on.
    """

    stride: int = 1
    before: int = 0
    after: int = 0

    def through(self, window: Window) -> Geometry:
        """Return where the outputs of an operation on this layer lie.

        Example:
            >>> Geometry().through(Window(3, padding=1)).through(Window(2, stride=2))
            Geometry(stride=2, before=1, after=2)
        """
        return Geometry(
            self.stride * window.stride,
            self.before + self.stride * window.padding,
            self.after + self.stride * (window.kernel - 1 - window.padding),
        )

    @property
    def margin(self) -> int:
        """How many pixels a position sees beyond the ``stride`` pixels that are its own."""
        return max(self.before, self.after - self.stride + 1)


@dataclass(frozen=True)
class Convolution:
    """A convolution with bias.

    Attributes:
        name: Of its tensors: ``name.weight`` (O, I / groups, K, K) and ``name.bias`` (O).
        inputs: Channels I.
        outputs: Channels O.
        window: Kernel, stride and padding.
        groups: Into how many parts the channels are divided that do not see each other.
        hub: The name of the same tensors in torchvision's files; empty if it is ``name``.
    """

    name: str
    inputs: int
    outputs: int
    window: Window
    groups: int = 1
    hub: str = ""

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each tensor by its name."""
        side = self.window.kernel
        weight = (self.outputs, self.inputs // self.groups, side, side)
        return {f"{self.name}.weight": weight, f"{self.name}.bias": (self.outputs,)}


@dataclass(frozen=True)
class ReLU:
    """A rectified linear unit, ``max(x, 0)``."""


@dataclass(frozen=True)
class Pool:
    """The maximum of a window in the original; the mean, if so chosen."""

    window: Window


@dataclass(frozen=True)
class ResponseNorm:
    """Local response normalization: ``x / (1 + α / n Σ x²)^β`` over n neighboring channels.

    Source: Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional
    Neural Networks" (2012), section 3.3, as Caffe computes it.
    """

    size: int = 5
    alpha: float = 1e-4
    beta: float = 0.75


@dataclass(frozen=True)
class Branches:
    """Chains side by side on the same input; their outputs are joined, channels after channels."""

    chains: tuple[tuple[Operation, ...], ...]


Operation = Convolution | ReLU | Pool | ResponseNorm | Branches


@dataclass(frozen=True)
class LayerSpec:
    """A layer: a part of a network whose output can be asked for by name.

    Attributes:
        name: Such as ``relu4_2``.
        chain: Its operations, one after the other.
    """

    name: str
    chain: tuple[Operation, ...]

    @property
    def ends_in_relu(self) -> bool:
        """Whether the output is that of ReLUs, and so not negative."""
        return isinstance(self.chain[-1], ReLU | Branches)


def convolutions(table: Iterable[LayerSpec]) -> Iterator[Convolution]:
    """Yield every convolution, shallow to deep."""
    for layer in table:
        yield from _convolutions(layer.chain)


def _convolutions(chain: Sequence[Operation]) -> Iterator[Convolution]:
    for operation in chain:
        if isinstance(operation, Convolution):
            yield operation
        elif isinstance(operation, Branches):
            for branch in operation.chains:
                yield from _convolutions(branch)


def geometry_of(table: Iterable[LayerSpec]) -> Geometry:
    """Return which pixels the positions of the last layer of a table see."""
    seen = Geometry()
    for layer in table:
        seen = _geometry_behind(seen, layer.chain)
    return seen


def _geometry_behind(seen: Geometry, chain: Sequence[Operation]) -> Geometry:
    for operation in chain:
        if isinstance(operation, Convolution | Pool):
            seen = seen.through(operation.window)
        elif isinstance(operation, Branches):
            ends = [_geometry_behind(seen, branch) for branch in operation.chains]
            before, after = max(end.before for end in ends), max(end.after for end in ends)
            seen = Geometry(ends[0].stride, before, after)
    return seen


def positions_of(table: Iterable[LayerSpec], length: int) -> int:
    """Return how many positions the last layer of a table has along so many pixels."""
    for layer in table:
        length = _positions_behind(length, layer.chain)
    return length


def _positions_behind(length: int, chain: Sequence[Operation]) -> int:
    for operation in chain:
        if isinstance(operation, Convolution | Pool):
            length = operation.window.gives(length)
        elif isinstance(operation, Branches):
            length = _positions_behind(length, operation.chains[0])
    return length


def minimum_side_of(table: Sequence[LayerSpec]) -> int:
    """Return the smallest height and width, in pixels, that leave a position of the last layer."""
    positions = 1
    for layer in reversed(table):
        positions = _positions_before(positions, layer.chain)
    return positions


def _positions_before(positions: int, chain: Sequence[Operation]) -> int:
    for operation in reversed(chain):
        if isinstance(operation, Convolution | Pool):
            positions = operation.window.needs(positions)
        elif isinstance(operation, Branches):
            positions = max(_positions_before(positions, branch) for branch in operation.chains)
    return positions


def conv_relu_layers(name: str, convolution: Convolution) -> tuple[LayerSpec, LayerSpec]:
    """Return the layer of a convolution, and that of the ReLU behind it.

    Example:
        >>> convolution = Convolution("conv1_1", 3, 64, Window(3, padding=1))
        >>> [layer.name for layer in conv_relu_layers("conv1_1", convolution)]
        ['conv1_1', 'relu1_1']
    """
    relu = name.replace("conv", "relu", 1)
    return LayerSpec(name, (convolution,)), LayerSpec(relu, (ReLU(),))
