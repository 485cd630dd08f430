"""The weight files that others publish: where they are, what they expect, and which are here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from impasto.errors import WeightsError, look_up

_OXFORD = "CC BY 4.0, Visual Geometry Group, University of Oxford"
_TORCHVISION = "BSD-3-Clause, torchvision; trained on ImageNet by its authors"


@dataclass(frozen=True)
class Published:
    """One published weight file.

    Attributes:
        backbone: The row of `impasto.backbones.BACKBONES` that it belongs to.
        url: Where it is.
        file_name: Its name here.
        sha256: The first eight digits of its SHA-256, or None if nobody published them.
        megabytes: Its size in 10^6 bytes, about.
        convention: The row of `impasto.backbones.conventions.CONVENTIONS`.
        licence: Licence and author.
        homepage: Where it is described.
    """

    backbone: str
    url: str
    file_name: str
    sha256: str | None
    megabytes: int
    convention: str
    licence: str
    homepage: str


def _row(
    backbone: str,
    folder: str,
    file_name: str,
    megabytes: int,
    *,
    convention: str,
    licence: str,
    homepage: str,
) -> Published:
    # The habit of PyTorch's model hub: the digits behind the last dash start the SHA-256.
    _, dash, digits = Path(file_name).stem.rpartition("-")
    sha256 = digits if dash else None
    url = f"{folder}/{file_name}"
    return Published(backbone, url, file_name, sha256, megabytes, convention, licence, homepage)


_HUB = "https://download.pytorch.org/models"
_JOHNSON = "https://web.eecs.umich.edu/~justincj/models"
_GATYS = "https://bethgelab.org/media/uploads/pytorch_models"
_HUB_PAGE = "https://pytorch.org/vision/stable/models/vgg.html"
_OXFORD_PAGE = "https://www.robots.ox.ac.uk/~vgg/research/very_deep/"
_GATYS_PAGE = "https://github.com/leongatys/PytorchNeuralStyleTransfer"

# The first row of a backbone is what its bare name fetches.
PUBLISHED: dict[str, Published] = {
    "vgg19-torchvision": _row(
        *("vgg19", _HUB, "vgg19-dcbb9e9d.pth", 548),
        convention="torchvision",
        licence=_TORCHVISION,
        homepage=_HUB_PAGE,
    ),
    "vgg19-caffe": _row(
        *("vgg19", _JOHNSON, "vgg19-d01eb7cb.pth", 548),
        convention="caffe",
        licence=_OXFORD,
        homepage=_OXFORD_PAGE,
    ),
    "vgg19-gatys": _row(
        *("vgg19", _GATYS, "vgg_conv.pth", 80),
        convention="caffe",
        licence=_OXFORD,
        homepage=_GATYS_PAGE,
    ),
    "vgg16-torchvision": _row(
        *("vgg16", _HUB, "vgg16-397923af.pth", 528),
        convention="torchvision",
        licence=_TORCHVISION,
        homepage=_HUB_PAGE,
    ),
    "vgg16-caffe": _row(
        *("vgg16", _JOHNSON, "vgg16-00b39a1b.pth", 528),
        convention="caffe",
        licence=_OXFORD,
        homepage=_OXFORD_PAGE,
    ),
}


def weights_directory() -> Path:
    """Return where fetched weights are kept: ``$IMPASTO_CACHE/weights``, or the user's cache."""
    chosen = os.environ.get("IMPASTO_CACHE")
    cache = Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("impasto")
    return cache / "weights"


def sources(backbone: str) -> dict[str, Published]:
    """Return the rows of `PUBLISHED` that belong to ``backbone``, preferred first."""
    return {source: row for source, row in PUBLISHED.items() if row.backbone == backbone}


def look_up_source(source: str) -> Published:
    """Return the row called ``source``; a backbone's name stands for its first row.

    Raises:
        UnknownName: If there is neither.
    """
    first = {row.backbone: row for row in reversed(PUBLISHED.values())}
    return look_up({**first, **PUBLISHED}, source, "source of weights")


def find(backbone: str, directory: Path | None = None) -> Path | None:
    """Return the published file of ``backbone`` that is here already, preferred first, or None."""
    folder = weights_directory() if directory is None else directory
    paths = (folder / row.file_name for row in sources(backbone).values())
    return next((path for path in paths if path.is_file()), None)


def find_weights(backbone: str) -> Path:
    """Return the published file of ``backbone`` that is here.

    Raises:
        WeightsError: If none is; the message says how to get one.
    """
    found = find(backbone)
    if found:
        return found
    size = next(iter(sources(backbone).values())).megabytes
    raise WeightsError(
        f"the weights of '{backbone}' are not here: run `impasto models fetch {backbone}` "
        f"({size} MB, once), give a file with --weights, or paint with --backbone pocket, which "
        "needs none."
    )
