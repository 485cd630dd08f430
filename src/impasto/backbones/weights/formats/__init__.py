"""The formats of weight files: told apart by their first bytes, read into tensors by name.

Reading this table needs no torch; a row names its reader, which is imported when it is used.
A reader gives the tensors of convolutions at least, under the names that the file has for them,
and runs nothing that stands in the file.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.errors import WeightsError, import_row
from impasto.extras import install
from impasto.filesystem import is_regular, open_regular

if TYPE_CHECKING:
    from torch import Tensor

HEAD = 16
"""How many bytes tell the format."""


@dataclass(frozen=True)
class WeightFormat:
    """One format.

    Attributes:
        title: What it is called in messages.
        suffix: How its files' names end.
        begins: Whether a file that begins with these bytes may be in it.
        reader: The function from a path to tensors by name, as ``"module:object"``.
        package: An optional package that the reader needs, or empty.
        extra: The extra of Impasto that installs it.
    """

    title: str
    suffix: str
    begins: Callable[[bytes], bool]
    reader: str
    package: str = ""
    extra: str = ""


WEIGHT_FORMATS: dict[str, WeightFormat] = {
    "safetensors": WeightFormat(
        "safetensors",
        ".safetensors",
        lambda head: head[8:9] == b"{",  # eight bytes of length, then a JSON object
        "impasto.backbones.weights.formats.tensors:from_safetensors",
    ),
    "pytorch": WeightFormat(
        "PyTorch",
        ".pth",
        lambda head: head[:2] == b"PK" or head[:1] == b"\x80",
        "impasto.backbones.weights.formats.tensors:from_pytorch",
    ),
    "matconvnet": WeightFormat(
        "MatConvNet",
        ".mat",
        lambda head: head.startswith(b"MATLAB "),
        "impasto.backbones.weights.formats.matlab:read",
        package="scipy",
        extra="matconvnet",
    ),
    "caffe": WeightFormat(
        "Caffe",
        ".caffemodel",
        # The tags of a name, an input, a layer of the old kind and one of the new.
        lambda head: head[:1] in (b"\x0a", b"\x1a", b"\x12") or head[:2] == b"\xa2\x06",
        "impasto.backbones.weights.formats.caffemodel:read",
    ),
}


def recognize(path: Path) -> str | None:
    """Return the row of `WEIGHT_FORMATS` that a file seems to be in, or None."""
    with open_regular(path) as file:
        head = file.read(HEAD)
    return next((name for name, row in WEIGHT_FORMATS.items() if row.begins(head)), None)


def by_suffix(path: Path) -> str | None:
    """Return the row of `WEIGHT_FORMATS` that a file's name promises, or None."""
    return next((name for name, row in WEIGHT_FORMATS.items() if row.suffix == path.suffix), None)


def require_package(name: str, file: Path | str) -> None:
    """Check that the package is there which a format's reader needs.

    Args:
        name: A row of `WEIGHT_FORMATS`.
        file: The file that is to be read, for the message.

    Raises:
        WeightsError: If it is missing; the message says what to install.
    """
    row = WEIGHT_FORMATS[name]
    if row.package and importlib.util.find_spec(row.package) is None:
        raise WeightsError(
            f"'{file}' is a {row.title} file, which is read with the package {row.package}: "
            f"{install(row.extra)}, or take weights in another format."
        )


def read_tensors(path: Path) -> tuple[str, dict[str, Tensor]]:
    """Return the row of `WEIGHT_FORMATS` that a file is in, and its tensors by name.

    Raises:
        WeightsError: If it is missing, damaged, in none of the formats, or needs a package that
            is missing.
    """
    if not path.exists():
        raise WeightsError(f"there is no weight file '{path}': check the path.")
    if not is_regular(path):
        raise WeightsError(
            f"'{path}' is not a file that can be read: give a .pth or .safetensors file."
        )
    from impasto.backbones.weights.formats.palette import decode  # needs torch

    name, reason = recognize(path), "unknown format"
    if name is not None:
        require_package(name, path)
        try:
            return name, decode(import_row(WEIGHT_FORMATS[name].reader)(path))
        except WeightsError:
            raise
        except Exception as error:  # what a damaged file makes its reader raise is open-ended
            # These readers say what is wrong in a ValueError; the others' errors are long.
            own = name in ("caffe", "matconvnet") and type(error) is ValueError
            reason = str(error) if own else type(error).__name__
            cause: Exception | None = error
    else:
        cause = None
    raise WeightsError(
        f"'{path}' cannot be read as weights ({reason}): it must be an undamaged .safetensors, "
        ".caffemodel or MatConvNet .mat file, or a .pth file that holds tensors by name and "
        "nothing else."
    ) from cause
