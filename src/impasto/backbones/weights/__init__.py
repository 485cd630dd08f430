"""Weight files: where they are published, which are here, and what is checked.

    published.py     PUBLISHED, the files that others publish; VGG-19's is in the package
    places.py        which of them paints: in the package, imported, fetched, or named
    download.py      fetch one: once, on request, resumable, verified
    imported.py      files that somebody has: recognize, keep, check
    reading.py       the convolutions of a file, under their names
    formats/         PyTorch, safetensors, Caffe, MatConvNet
    conventions.py   what weights expect of their input
    plausibility.py  does a network of unknown origin behave like a trained one?
    batch_norm.py    folded into the convolution before it

Importing this package needs no torch: what does is loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impasto.backbones.weights.places import find, find_weights, locate
from impasto.backbones.weights.published import (
    FIRST_POCKET,
    POCKET,
    PUBLISHED,
    look_up_source,
    packaged_hashes,
    sources,
    weights_directory,
)
from impasto.errors import import_row

if TYPE_CHECKING:
    from impasto.backbones.weights.download import fetch
    from impasto.backbones.weights.imported import check_file, files_of, import_file, verify

__all__ = [
    "FIRST_POCKET",
    "POCKET",
    "PUBLISHED",
    "check_file",
    "fetch",
    "files_of",
    "find",
    "find_weights",
    "import_file",
    "locate",
    "look_up_source",
    "packaged_hashes",
    "sources",
    "verify",
    "weights_directory",
]

_LOADED_LATER = {
    "check_file": "impasto.backbones.weights.imported",
    "fetch": "impasto.backbones.weights.download",
    "files_of": "impasto.backbones.weights.imported",
    "import_file": "impasto.backbones.weights.imported",
    "verify": "impasto.backbones.weights.imported",
}


def __getattr__(name: str) -> Any:
    if name in _LOADED_LATER:
        return import_row(f"{_LOADED_LATER[name]}:{name}")
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
