"""What is known of a network before its weights are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from impasto.backbones.layers import Convolution, LayerSpec, Pool, ReLU, minimum_side_of

if TYPE_CHECKING:
    from impasto.backbones.backbone import Backbone

LayerWeights = tuple[tuple[str, float], ...]
"""Names of layers, each with its weight."""


@dataclass(frozen=True)
class Effort:
    """How a network is painted with unless more is asked for: chosen by looking at many pairs.

    Attributes:
        style_weight: β, with relative losses.
        evaluations: At the final size, from `AMPLE` pixels on.
        most: At the final size where it is small: their number goes with one over the size, because
            there is no coarser one that has laid out the forms.
        growth: How many times the evaluations of a size the next coarser one gets.
    """

    style_weight: float
    evaluations: int
    most: int
    growth: float

    def at(self, size: int) -> int:
        """Return the evaluations at a final size in pixels.

        Example:
            >>> [Effort(20, 25, 100, 2).at(size) for size in (64, 256, 512, 2048)]
            [100, 50, 25, 25]
        """
        return min(max(round(self.evaluations * AMPLE / size), self.evaluations), self.most)


AMPLE = 512
"""The long side in pixels from which a picture needs no more evaluations the smaller it is."""

MUCH = Effort(style_weight=100, evaluations=60, most=60, growth=1.5)
"""For networks that are quick, or that nobody has looked at yet."""


@dataclass(frozen=True)
class Architecture:
    """One row of `BACKBONES`: what is known of a network before its weights are read.

    Attributes:
        object: The class, or ``"module:object"``; its ``load`` is called by `load_backbone`.
        title: The name in the literature.
        summary: One line for ``--help`` and the documentation.
        layers: Every layer that can be asked for, shallow to deep.
        content_layers: The default content layers, each with its weight.
        style_layers: The default style layers, each with its weight.
        minimum_side: The smallest height and width, in pixels, that reaches the deepest layer.
        effort: The weight and the evaluations that it is painted with by default.
        table: The layers that the network is made of; empty where its class knows.
        conventions: What weights expect of their input (a row of
            `impasto.backbones.weights.conventions.CONVENTIONS`) by the habits of their
            file: with the keys of ``torchvision``, with Caffe's names (``caffe``),
            or in a file of ``matconvnet``.
    """

    object: str | type[Backbone]
    title: str
    summary: str
    layers: tuple[str, ...]
    content_layers: LayerWeights
    style_layers: LayerWeights
    minimum_side: int
    effort: Effort = MUCH
    table: tuple[LayerSpec, ...] = ()
    conventions: Mapping[str, str] = field(default_factory=dict)

    @property
    def rescalable(self) -> bool:
        """Whether scales of filters pass through: convolutions, ReLUs and pools in a row."""
        plain = Convolution | ReLU | Pool
        operations = [operation for layer in self.table for operation in layer.chain]
        return bool(operations) and all(isinstance(each, plain) for each in operations)

    @classmethod
    def of(
        cls,
        title: str,
        summary: str,
        table: tuple[LayerSpec, ...],
        *,
        content: LayerWeights,
        style: LayerWeights,
        conventions: Mapping[str, str],
        effort: Effort = MUCH,
    ) -> Architecture:
        """Return the row of a network that is a table of layers.

        Example:
            >>> from impasto.backbones.vgg import vgg
            >>> table = vgg([1])
            >>> Architecture.of("tiny", "", table, content=(), style=(), conventions={}).layers
            ('conv1_1', 'relu1_1', 'pool1')
        """
        return cls(
            object="impasto.backbones.network:Network",
            title=title,
            summary=summary,
            layers=tuple(layer.name for layer in table),
            content_layers=content,
            style_layers=style,
            minimum_side=minimum_side_of(table),
            effort=effort,
            table=table,
            conventions=conventions,
        )
