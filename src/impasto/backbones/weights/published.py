"""The weight files that others publish: where they are, what they expect, and which are here."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from impasto.backbones.weights.formats import WEIGHT_FORMATS
from impasto.errors import WeightsError, look_up
from impasto.filesystem import open_regular

_OXFORD = "CC BY 4.0, Visual Geometry Group, University of Oxford"
_TORCHVISION = "BSD-3-Clause, torchvision; trained on ImageNet by its authors"
_UNRESTRICTED = "unrestricted use, Berkeley Vision and Learning Center"


@dataclass(frozen=True)
class Published:
    """One published weight file.

    Attributes:
        backbone: The row of `impasto.backbones.BACKBONES` that it belongs to.
        url: Where it is.
        file_name: Its name here.
        sha256: The first eight digits of its SHA-256, or None if nobody published them.
        sha1: Its SHA-1, where that is what its authors published.
        megabytes: Its size in 10^6 bytes, about.
        convention: The row of `impasto.backbones.weights.conventions.CONVENTIONS`.
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
    sha1: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether its authors published a hash."""
        return bool(self.sha256 or self.sha1)

    @property
    def digest(self) -> str:
        """The published hash, for people."""
        return f"SHA-256 {self.sha256}…" if self.sha256 else f"SHA-1 {(self.sha1 or '')[:8]}…"


@dataclass(frozen=True)
class Digests:
    """The hashes of a file, in hexadecimal digits."""

    sha256: str
    sha1: str

    @classmethod
    def of(cls, path: Path) -> Digests:
        """Read a file once and hash it."""
        sha256, sha1 = hashlib.sha256(), hashlib.sha1(usedforsecurity=False)
        with open_regular(path) as file:
            while piece := file.read(1 << 20):
                sha256.update(piece)
                sha1.update(piece)
        return cls(sha256.hexdigest(), sha1.hexdigest())

    def are_of(self, row: Published) -> bool:
        """Tell whether these are the published ones, of a row that has any."""
        return self.sha256.startswith(row.sha256) if row.sha256 else self.sha1 == row.sha1

    def shown(self, row: Published) -> str:
        """Return the hash that ``row`` has too, for people."""
        name, digits = ("SHA-256", self.sha256) if row.sha256 else ("SHA-1", self.sha1)
        return f"{name} starts with {digits[:8]}"


def _row(
    backbone: str,
    folder: str,
    file_name: str,
    megabytes: int,
    *,
    convention: str,
    licence: str,
    homepage: str,
    sha1: str | None = None,
) -> Published:
    # The habit of PyTorch's model hub: the digits behind the last dash start the SHA-256.
    _, dash, digits = Path(file_name).stem.rpartition("-")
    sha256 = digits if dash and len(digits) == 8 else None
    url = f"{folder}/{file_name}"
    return Published(
        backbone, url, file_name, sha256, megabytes, convention, licence, homepage, sha1
    )


_HUB = "https://download.pytorch.org/models"
_JOHNSON = "https://web.eecs.umich.edu/~justincj/models"
_GATYS = "https://bethgelab.org/media/uploads/pytorch_models"
_BVLC = "http://dl.caffe.berkeleyvision.org"
_VLFEAT = "https://www.vlfeat.org/matconvnet/models"
_HUB_PAGE = "https://pytorch.org/vision/stable/models/vgg.html"
_MODELS_PAGE = "https://pytorch.org/vision/stable/models.html"
_BVLC_PAGE = "https://github.com/BVLC/caffe/wiki/Model-Zoo"
_OXFORD_FILES = "http://www.robots.ox.ac.uk/~vgg/software/very_deep"
_OXFORD_PAGE = "https://www.robots.ox.ac.uk/~vgg/research/very_deep/"
_GATYS_PAGE = "https://github.com/leongatys/PytorchNeuralStyleTransfer"

IMPORTED = "-imported"
"""What the name of an imported file has behind the backbone's."""

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
    "vgg19-oxford": _row(
        *("vgg19", f"{_OXFORD_FILES}/caffe", "VGG_ILSVRC_19_layers.caffemodel", 575),
        convention="caffe",
        licence=_OXFORD,
        homepage=_OXFORD_PAGE,
    ),
    "vgg19-matconvnet": _row(
        *("vgg19", _VLFEAT, "imagenet-vgg-verydeep-19.mat", 576),
        convention="caffe-rgb",
        licence=_OXFORD,
        homepage="https://www.vlfeat.org/matconvnet/pretrained/",
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
    "vgg16-oxford": _row(
        *("vgg16", f"{_OXFORD_FILES}/caffe", "VGG_ILSVRC_16_layers.caffemodel", 553),
        convention="caffe",
        licence=_OXFORD,
        homepage=_OXFORD_PAGE,
    ),
    "squeezenet1_0-torchvision": _row(
        *("squeezenet1_0", _HUB, "squeezenet1_0-b66bff10.pth", 5),
        convention="torchvision",
        licence=_TORCHVISION,
        homepage=_MODELS_PAGE,
    ),
    "squeezenet1_1-torchvision": _row(
        *("squeezenet1_1", _HUB, "squeezenet1_1-b8a52dc0.pth", 5),
        convention="torchvision",
        licence=_TORCHVISION,
        homepage=_MODELS_PAGE,
    ),
    "googlenet-torchvision": _row(
        *("googlenet", _HUB, "googlenet-1378be20.pth", 50),
        convention="tensorflow",
        licence=_TORCHVISION,
        homepage=_MODELS_PAGE,
    ),
    "googlenet_caffe-bvlc": _row(
        *("googlenet_caffe", _BVLC, "bvlc_googlenet.caffemodel", 54),
        convention="caffe-bvlc",
        licence=_UNRESTRICTED,
        homepage=_BVLC_PAGE,
        sha1="405fc5acd08a3bb12de8ee5e23a96bec22f08204",
    ),
    "alexnet-torchvision": _row(
        *("alexnet", _HUB, "alexnet-owt-7be5be79.pth", 233),
        convention="torchvision",
        licence=_TORCHVISION,
        homepage=_MODELS_PAGE,
    ),
    "caffenet-bvlc": _row(
        *("caffenet", _BVLC, "bvlc_reference_caffenet.caffemodel", 244),
        convention="caffe-bvlc",
        licence=_UNRESTRICTED,
        homepage=_BVLC_PAGE,
        sha1="4c8d77deb20ea792f84eb5e6d0a11ca0a8660a46",
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
    """Return the file of ``backbone`` that is here already, or None.

    A file that was imported comes first, because somebody chose it; then published ones, preferred
    first.
    """
    folder = weights_directory() if directory is None else directory
    suffixes = [row.suffix for row in WEIGHT_FORMATS.values()]
    imported = (folder / f"{backbone}{IMPORTED}{suffix}" for suffix in suffixes)
    published = (folder / row.file_name for row in sources(backbone).values())
    return next((path for path in (*imported, *published) if path.is_file()), None)


def find_weights(backbone: str) -> Path:
    """Return the file of ``backbone`` that is here.

    Raises:
        WeightsError: If none is; the message says how to get one.
    """
    found = find(backbone)
    if found:
        return found
    if not sources(backbone):  # a plugin's
        raise WeightsError(f"the weights of '{backbone}' are not here: give a file with --weights.")
    size = next(iter(sources(backbone).values())).megabytes
    raise WeightsError(
        f"the weights of '{backbone}' are not here: run `impasto models fetch {backbone}` "
        f"({size} MB, once), give a file with --weights, or paint with --backbone pocket, which "
        "needs none."
    )
