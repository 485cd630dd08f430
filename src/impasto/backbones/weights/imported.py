"""Weight files that somebody has: recognize one, keep a copy, and check what is kept."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from impasto.backbones import pocket
from impasto.backbones.table import BACKBONES, load_backbone
from impasto.backbones.weights.formats import WEIGHT_FORMATS
from impasto.backbones.weights.places import IMPORTED, find_weights, imported_paths
from impasto.backbones.weights.published import Digests, sources, weights_directory
from impasto.backbones.weights.reading import (
    WeightFile,
    fitting,
    held_layers,
    matches,
    mismatch,
    open_weights,
)
from impasto.errors import WeightsError, look_up
from impasto.filesystem import alone, open_regular, replacing


@dataclass(frozen=True)
class Found:
    """A weight file that was recognized and checked.

    Attributes:
        backbone: The row of `BACKBONES` that it fits.
        path: The file, or the copy that was made of it.
        description: What it is and how it was checked.
        format: The row of `WEIGHT_FORMATS`.
        deepest: The deepest layer that painting can use.
    """

    backbone: str
    path: Path
    description: str
    format: str
    deepest: str


def check_file(path: Path, backbone: str | None = None) -> Found:
    """Recognize a weight file, and check names, shapes, hash and activations.

    Args:
        path: The file.
        backbone: The network that it has to fit; without it, the one that it fits.

    Raises:
        UnknownName: If there is no such backbone.
        WeightsError: If the file is missing, damaged, or of no or of another network.
    """
    if backbone is not None and not look_up(BACKBONES, backbone, "backbone").table:
        raise WeightsError(
            f"the weights of '{backbone}' come with the package: give others with --weights."
        )
    file = open_weights(path)
    name = _recognize(file) if backbone is None else backbone
    # With a file that does not fit, loading says what is wrong with it.
    row = BACKBONES[name]
    held = row.layers if mismatch(file, row) else held_layers(file, row)
    usable = [layer.name for layer in row.table if layer.ends_in_relu and layer.name in held]
    network = load_backbone(name, layers=usable[-1:], weights=path)
    return Found(name, path, network.description, file.format, (usable or ["none"])[-1])


def _recognize(file: WeightFile) -> str:
    """Return the one backbone that a file fits."""
    fit = fitting(file)
    if len(fit) > 1:
        raise WeightsError(f"'{file.path}' fits {', '.join(fit)}: say which with --as.")
    if not fit:
        known = [name for name, row in BACKBONES.items() if row.table]
        nearest = max(known, key=lambda name: matches(file, BACKBONES[name]))
        problem = mismatch(file, BACKBONES[nearest])
        near = f"it is nearest to {nearest}, but {problem}; "
        raise WeightsError(
            f"'{file.path}' is a {WEIGHT_FORMATS[file.format].title} file of no known network: "
            f"{near * bool(matches(file, BACKBONES[nearest]))}known are {', '.join(known)}."
        )
    return fit[0]


def import_file(path: Path, backbone: str | None = None, directory: Path | None = None) -> Found:
    """Check a weight file and keep a copy where it is found, with a record of its hash.

    A published file is kept under its published name. Any takes the place of one that was imported
    for the same network before.

    Args:
        path: The file.
        backbone: See `check_file`.
        directory: Where to keep it; without it, `weights_directory`.

    Raises:
        WeightsError: If the file is not what it should be, or cannot be kept.
    """
    found = check_file(path, backbone)
    folder = weights_directory() if directory is None else directory
    digests = Digests.of(path)
    rows = [row for row in sources(found.backbone).values() if row.is_known]
    name = next((row.file_name for row in rows if digests.are_of(row)), None)
    kept = folder / (name or f"{found.backbone}{IMPORTED}{WEIGHT_FORMATS[found.format].suffix}")
    record = {"backbone": found.backbone, "sha256": digests.sha256, "from": path.name}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with alone(kept):
            with open_regular(path) as file, replacing(kept) as copy:
                shutil.copyfileobj(file, copy)
            with replacing(_record(kept)) as note:
                note.write((json.dumps(record, indent=1) + "\n").encode())
        if Digests.of(kept) != digests:  # the file was changed while it was copied
            kept.unlink()
            raise WeightsError(f"'{path}' has changed while it was read: import it again.")
        for old in folder.glob(f"{found.backbone}{IMPORTED}.*"):
            if old not in (kept, _record(kept)):
                old.unlink()
    except OSError as error:
        raise WeightsError(
            f"'{path}' cannot be kept in '{folder}' ({error.strerror or error}): make room, or "
            "name another folder in the environment variable IMPASTO_CACHE."
        ) from error
    return Found(found.backbone, kept, found.description, found.format, found.deepest)


def files_of(backbone: str | None = None, directory: Path | None = None) -> list[tuple[str, Path]]:
    """Return every weight file that is here, of one network or of all, each with its network.

    Raises:
        UnknownName: If there is no such network.
        WeightsError: If a network is named and none of its files is here.
    """
    folder = weights_directory() if directory is None else directory
    if backbone is not None:
        look_up(BACKBONES, backbone, "network (and no such file)")
    found = []
    for name in BACKBONES if backbone is None else [backbone]:
        paths = imported_paths(name, folder) + [row.path(folder) for row in sources(name).values()]
        paths += [pocket.WEIGHTS] if name == "pocket" else []
        found += [(name, path) for path in paths if path.is_file()]
    if backbone is not None and not found:
        find_weights(backbone)
    return found


def verify(backbone: str, path: Path) -> str:
    """Check one of `files_of`, also against the record of its import; return its description.

    Raises:
        WeightsError: If it has changed since it was imported, or is not what it should be.
    """
    if backbone == "pocket":
        pocket.read_pocket()
        return "SHA-256 verified"
    record, note = _record(path), ""
    if record.is_file():
        if Digests.of(path).sha256 != _recorded(record):
            raise WeightsError(
                f"'{path}' is damaged: its SHA-256 is not the one of its import; import or fetch "
                "it again."
            )
        note = ", unchanged since its import"
    return f"{check_file(path, backbone).description}{note}"


def _recorded(record: Path) -> str:
    try:
        return str(json.loads(record.read_text(encoding="utf-8"))["sha256"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def _record(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")
