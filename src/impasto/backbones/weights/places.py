"""Which weight file paints: the one in the package, an imported or a fetched one, or one named.

VGG-19 is in the package. An exact copy of it that is fetched or imported paints only when it is
named, so that a command paints the same picture wherever it runs.
"""

from __future__ import annotations

from pathlib import Path

from impasto.backbones.weights.formats import WEIGHT_FORMATS
from impasto.backbones.weights.published import PUBLISHED, sources, weights_directory
from impasto.errors import WeightsError

IMPORTED = "-imported"
"""What the name of an imported file has behind the backbone's."""


def find(backbone: str, directory: Path | None = None) -> Path | None:
    """Return the file that ``backbone`` uses unless another is named, or None.

    It is the one in the package, if there is one. Else a file that was imported comes first,
    because somebody chose it; then published ones, preferred first.
    """
    rows = sources(backbone).values()
    packaged = [row.path() for row in rows if row.in_package]
    published = [row.path(directory) for row in rows]
    paths = (*packaged, *imported_paths(backbone, directory), *published)
    return next((path for path in paths if path.is_file()), None)


def imported_paths(backbone: str, directory: Path | None = None) -> list[Path]:
    """Return where an imported file of ``backbone`` is, if there is one, by its format."""
    folder = weights_directory() if directory is None else directory
    return [folder / f"{backbone}{IMPORTED}{row.suffix}" for row in WEIGHT_FORMATS.values()]


def locate(given: str) -> Path:
    """Return the weight file that a path stands for, or a name like vgg19-caffe.

    Args:
        given: A path, a row of `PUBLISHED`, or a backbone's name and `IMPORTED`.

    Raises:
        WeightsError: If it is a name, and there is no such file here.
    """
    backbone = given.removesuffix(IMPORTED)
    if given in PUBLISHED:
        paths, remedy = [PUBLISHED[given].path()], f"run `impasto models fetch {given}`"
    elif backbone != given and sources(backbone):
        paths, remedy = imported_paths(backbone), "run `impasto models import FILE`"
    else:
        return Path(given).expanduser()
    for path in paths:
        if path.is_file():
            return path
    raise WeightsError(f"the weights '{given}' are not here: {remedy}, or give a file.")


def find_weights(backbone: str) -> Path:
    """Return the file that ``backbone`` uses unless another is named.

    Raises:
        WeightsError: If none is here; the message says how to get one.
    """
    found = find(backbone)
    if found:
        return found
    rows = [row for row in sources(backbone).values() if row.url]
    if not rows:  # a plugin's
        raise WeightsError(f"the weights of '{backbone}' are not here: give a file with --weights.")
    raise WeightsError(
        f"the weights of '{backbone}' are not here: run `impasto models fetch {backbone}` "
        f"({rows[0].megabytes} MB, once), give a file with --weights, or paint with --backbone "
        "vgg19, which needs none."
    )
