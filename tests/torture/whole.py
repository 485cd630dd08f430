"""What may lie in a folder after the worst: whole files under final names, and few leftovers."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from impasto import images
from impasto.backbones.weights import check_file
from impasto.run.checkpoint_file import read_checkpoint

LOCKS = 4
"""The most files that a run is given a name for, each with a lock: picture, film, log and curve."""


def is_leftover(path: Path) -> bool:
    """Tell whether a name says that the file is not finished, or a lock."""
    return path.name.startswith(".") or path.suffix in (".part", ".tmp")


def files(folder: Path) -> dict[str, Path]:
    """Return the files in a folder and below, by their names within it."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in found}


def check_whole(folder: Path, leftovers: int, locks: int = LOCKS) -> None:
    """Read every file under a final name.

    Args:
        folder: Where commands have written.
        leftovers: How many unfinished files there may be.
        locks: How many locks there may be, which are empty and hold nobody up.

    Raises:
        AssertionError: If one is damaged or of an unknown kind, or there are more leftovers.
        ImpastoError: If Impasto's own reader refuses one.
    """
    found = files(folder).values()
    unfinished = [path.name for path in found if is_leftover(path)]
    locked = [name for name in unfinished if name.endswith(".lock")]
    assert len(unfinished) - len(locked) <= leftovers, unfinished
    assert len(locked) <= locks, unfinished
    for path in found:
        if not is_leftover(path):
            try:
                READERS[path.suffix](path)
            except Exception as error:
                raise AssertionError(f"{path} is not whole: {error}") from error


def pixels(folder: Path) -> dict[str, np.ndarray]:
    """Return the paintings in a folder by name.

    Drawings show seconds, and a film begins where the run has gone on.
    """
    drawn = ("curve", "contact-sheet", "pareto", "film")
    return {
        name: images.read(path).rgb
        for name, path in files(folder).items()
        if path.suffix in PICTURES and path.stem not in drawn and not is_leftover(path)
    }


def _table(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not text or text.endswith("\n")
    assert len({len(row) for row in csv.reader(text.splitlines())}) <= 1


def _lines(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        json.loads(line)


def _film(path: Path) -> None:
    with Image.open(path) as film:
        for number in range(film.n_frames):
            film.seek(number)
            film.load()


def _picture(path: Path) -> None:
    if path.name.startswith("film"):
        _film(path)
    else:
        images.read(path)


def _page(path: Path) -> None:
    assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")


PICTURES = (".png", ".jpg", ".tif", ".webp", ".gif")

READERS: dict[str, Callable[[Path], object]] = {
    **dict.fromkeys(PICTURES, _picture),
    ".csv": _table,
    ".jsonl": _lines,
    ".json": lambda path: json.loads(path.read_text(encoding="utf-8")),
    ".html": _page,
    ".safetensors": read_checkpoint,
    ".pth": lambda path: check_file(path, "vgg19"),
}
