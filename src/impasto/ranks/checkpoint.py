"""Checkpoints of strips: a file of each rank, and one that says which of them belong together.

That one is written last: what it names is complete, whenever the ranks are ended. Other ranks, more
or fewer, read from these files the rows and bands that are theirs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, final

import torch
from safetensors import safe_open
from torch import Tensor

from impasto.errors import CheckpointError, PictureError
from impasto.filesystem import replacing
from impasto.images import naming
from impasto.job import Job, Recipe
from impasto.optimize import State
from impasto.ranks.group import Ranks
from impasto.ranks.painting import strips_of
from impasto.ranks.strips import Strips
from impasto.run import WRONG, Checkpoint, Result, read_checkpoint, write_checkpoint
from impasto.settings import ResolvedSettings

STRIPS: Final = {"image", "best", "optimizer image", "optimizer gradient"}
"""The tensors of a checkpoint whose rows are those of the picture."""

OF_A_BAND: Final = re.compile(r"optimizer [sy] \d+( \d+)")
"""The name of a vector of which each band is a tensor of its own."""


def manifest_path(output: Path) -> Path:
    """Return where it is written which files belong together.

    Example:
        >>> manifest_path(Path("out/wall.tif")).name
        'wall.tif.checkpoint.json'
    """
    return output.with_name(f"{output.name}.checkpoint.json")


@final
class StripFiles:
    """Writes the checkpoints of all ranks."""

    def __init__(self, ranks: Ranks, output: Path) -> None:
        """Keep where to write."""
        self.ranks, self.output = ranks, output

    def write(self, path: Path, result: Result) -> None:
        """Write the strip of this rank, and which rows all have.

        Args:
            path: Where a checkpoint of one process would lie.
            result: The painting.

        Raises:
            PictureError: On all ranks, if one cannot write its file; the last checkpoint stays.
        """
        ranks, state = self.ranks, result.state
        if ranks.failed:
            return
        at = f"{state.before + state.iteration:06}-{ranks.rank}-of-{ranks.size}"
        mine = path.with_suffix(f".{at}.safetensors")
        sentence = ""
        try:
            with naming(mine):
                write_checkpoint(mine, result)
        except PictureError as error:
            sentence = str(error)
        strips = strips_of(result.job, ranks, state.size)
        files = ranks.gather((sentence, mine.name, strips.strips[ranks.rank]))
        for problem in filter(None, (each for each, _, _ in files)):
            raise PictureError(problem)
        if ranks.is_first:
            named = [{"name": name, "rows": rows} for _, name, rows in files]
            self._name(named, result.job.recipe.to_json(), state.size)

    def _name(self, files: list[dict[str, Any]], recipe: str, size: int) -> None:
        """Write which files belong together, and take those away that were named before."""
        manifest = manifest_path(self.output)
        before = named_in(manifest) if manifest.exists() else []
        found = {"recipe": recipe, "size": size, "files": files}
        with naming(manifest), replacing(manifest) as file:
            file.write(json.dumps(found).encode())
        for name in set(before) - {each["name"] for each in files}:
            manifest.with_name(name).unlink(missing_ok=True)


def named_in(manifest: Path) -> list[str]:
    """Return the names of the files that belong together; none if that cannot be read."""
    try:
        found = json.loads(manifest.read_bytes())["files"]
        return [Path(each["name"]).name for each in found]
    except WRONG:
        return []


def find_strips(output: Path) -> Checkpoint | None:
    """Return what is known of a checkpoint before the work; None if there is none.

    Raises:
        CheckpointError: If it is damaged.
    """
    path = manifest_path(output)
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_bytes())
        recipe = Recipe.from_json(found["recipe"])
        settings = ResolvedSettings.from_dict(recipe.settings.to_dict())
        return Checkpoint(recipe, settings, State(size=found["size"]), [], [], path)
    except WRONG as error:
        raise damaged(path, error) from None


def read_strips(ranks: Ranks, output: Path, job: Job, size: int) -> Checkpoint:
    """Return the checkpoint, with the rows and bands that are this rank's.

    Args:
        ranks: The processes, as many as there are now.
        output: The picture.
        job: The painting, which says how it is divided.
        size: That has been painted.

    Raises:
        CheckpointError: If a file is missing or damaged.
    """
    path = manifest_path(output)
    try:
        files = json.loads(path.read_bytes())["files"]
        places = [(path.with_name(Path(each["name"]).name), each["rows"]) for each in files]
        strips = strips_of(job, ranks, size)

        def tensors(file: Any, values: Mapping[str, Any], device: str) -> dict[str, Tensor]:
            return gathered(places, strips)

        return read_checkpoint(places[0][0], tensors, strips)
    except WRONG as error:
        raise damaged(path, error) from None


def gathered(places: list[tuple[Path, tuple[int, int]]], strips: Strips) -> dict[str, Tensor]:
    """Return the tensors of this rank, from the files of others.

    Args:
        places: The files, with the rows that are in each.
        strips: Which rows and bands are this rank's.
    """
    found: dict[str, Tensor] = {}
    rows: dict[str, list[Tensor]] = {}
    for path, (start, stop) in places:
        low, high = max(start, strips.start), min(stop, strips.stop)
        with safe_open(path, "pt") as file:
            values = json.loads((file.metadata() or {})["impasto"])
            for name, original in values["same"].items():
                band = OF_A_BAND.fullmatch(name)
                if name in STRIPS:
                    rows.setdefault(name, [strips.empty(0).flatten()])
                    if low < high:
                        stored = file.get_slice(original)
                        unit = stored.get_shape()[0] // (stop - start)
                        part = stored[(low - start) * unit : (high - start) * unit]
                        rows[name].append(part.flatten())
                elif name not in found and (band is None or band[1] in strips.names):
                    # Cloned: where it begins in memory must not depend on the file.
                    found[name] = file.get_tensor(original).clone().view(values["shapes"][name])
    for name, parts in rows.items():
        flat = torch.cat(parts)
        found[name] = flat if name.startswith("optimizer") else flat.view_as(
            strips.empty(strips.stop - strips.start)
        )  # fmt: skip
    return found


def damaged(path: Path, error: Exception) -> CheckpointError:
    """Return the error for a checkpoint that cannot be read."""
    if isinstance(error, CheckpointError):
        return error
    return CheckpointError(
        f"'{path}' and the files that it names cannot be continued "
        f"({error or type(error).__name__}): they must lie together where all processes see them; "
        "leave out --resume to begin anew."
    )
