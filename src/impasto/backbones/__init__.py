"""The networks whose feature maps are compared.

    table.py            BACKBONES, the table of networks; load_backbone, which loads a row
    architecture.py     what a row says
    backbone.py         Backbone, the interface that the rest of the package relies on
    layers.py           layers, and which pixels they see, as tables
    vgg.py, alexnet.py, squeezenet.py, googlenet.py
                        the tables, one file per architecture
    network.py          Network, which runs a table
    pocket.py           the small network that comes with the package
    random_filters.py   a network that nobody trained, to evaluate with
    rescaling.py        mean activations of 1, as in the paper
    fused/              several steps in one pass over memory
    weights/            weight files: where they are, formats, checks

Adding a network is one file with a table of layers, or with a final subclass of `Backbone`, and one
row in `table.py`. Importing this package needs no torch: what does is loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impasto.backbones.architecture import Architecture, Effort, LayerWeights
from impasto.backbones.layers import Geometry, Window
from impasto.backbones.table import BACKBONES, POOLINGS, RESCALINGS, check_layers, load_backbone
from impasto.errors import import_row

if TYPE_CHECKING:
    from impasto.backbones.backbone import Backbone, FrozenNetwork
    from impasto.backbones.fused import empty_features, memory_format
    from impasto.backbones.network import Network
    from impasto.backbones.random_filters import RandomFilters
    from impasto.backbones.rescaling import rescale

__all__ = [
    "BACKBONES",
    "POOLINGS",
    "RESCALINGS",
    "Architecture",
    "Backbone",
    "Effort",
    "FrozenNetwork",
    "Geometry",
    "LayerWeights",
    "Network",
    "RandomFilters",
    "Window",
    "check_layers",
    "empty_features",
    "load_backbone",
    "memory_format",
    "rescale",
]

_NEEDING_TORCH = {
    "Backbone": "impasto.backbones.backbone",
    "FrozenNetwork": "impasto.backbones.backbone",
    "Network": "impasto.backbones.network",
    "RandomFilters": "impasto.backbones.random_filters",
    "empty_features": "impasto.backbones.fused",
    "memory_format": "impasto.backbones.fused",
    "rescale": "impasto.backbones.rescaling",
}


def __getattr__(name: str) -> Any:
    if name in _NEEDING_TORCH:
        return import_row(f"{_NEEDING_TORCH[name]}:{name}")
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
