"""What a network is to the rest of the package, and a backbone, which has a name and weights."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from torch import Tensor, nn

from impasto.backbones.layers import Geometry


class FrozenNetwork(nn.Module, ABC):
    """A frozen network that turns pictures into feature maps, by layer name.

    It normalizes its own input, so pictures are sRGB in [0, 1] everywhere else. It runs in the
    type of its weights (float32, float64, or bfloat16 after ``backbone.to(torch.bfloat16)``), on
    pictures of any floating type, and gradients reach the pictures.

    Attributes:
        layers: The layers that this object can give, shallow to deep.
        minimum_side: The smallest height and width, in pixels, that reaches the last of them.
        description: Which weights these are and how they were checked, for people.
    """

    layers: tuple[str, ...]
    minimum_side: int
    description: str

    if TYPE_CHECKING:
        __call__: Callable[..., dict[str, Tensor]]

    @abstractmethod
    def forward(self, images: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Return the feature maps of ``layers``, running no further than the deepest of them.

        Args:
            images: ``(B, 3, H, W)``, sRGB in [0, 1]; values a little outside are allowed.
            layers: Some of `layers`, in any order.

        Returns:
            Layer name to feature map ``(B, C, H', W')``, shallow to deep.

        Raises:
            UnknownName: If this object does not have a layer.
        """

    @abstractmethod
    def geometry(self, layer: str) -> Geometry:
        """Return how far apart the positions of ``layer`` are, and which pixels one sees."""

    @abstractmethod
    def positions(self, layer: str, length: int) -> int:
        """Return how many positions ``layer`` has along a side of ``length`` pixels."""

    def stride(self, layers: Iterable[str]) -> int:
        """Return how many pixels lie between two positions of the coarsest of ``layers``.

        It is a multiple of the others' strides.
        """
        return max((self.geometry(layer).stride for layer in layers), default=1)

    def margin(self, layers: Iterable[str]) -> int:
        """Return how many pixels beyond its own square a feature of ``layers`` sees.

        The square of a feature at ``(i, j)`` of a layer of stride s begins at pixel ``(i, j) s``
        and has a side of s. Features of a cut-out that begins at a multiple of s are those of the
        whole picture where this margin lies inside the cut-out.
        """
        return max((self.geometry(layer).margin for layer in layers), default=0)


class Backbone(FrozenNetwork):
    """A network that can be asked for by its name, with weights of its own."""

    @classmethod
    @abstractmethod
    def load(cls, name: str, *, layers: Sequence[str], weights: Path | None, pooling: str) -> Self:
        """Read the weights that ``layers`` need, and nothing deeper.

        Args:
            name: The row of `impasto.backbones.BACKBONES`.
            layers: Every layer that will be asked for; they exist.
            weights: The weight file, or None for the usual one.
            pooling: A row of `impasto.backbones.POOLINGS`.

        Raises:
            WeightsError: If the weights are missing, damaged, or of another network.
        """
