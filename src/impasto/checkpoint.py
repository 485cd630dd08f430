"""Checkpoints: an interrupted run as a file, from which it goes on to the very same pixels.

A checkpoint is one safetensors file. Its tensors are the next image, the best image and what the
optimizer remembers; its metadata are the recipe, the numbers of the loop and the history, as JSON.
Nothing else enters a run after its start: the noise of the start is drawn from the recipe's seed.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from impasto._version import __version__
from impasto.errors import CheckpointError, UsageError
from impasto.job import Job
from impasto.minimize import WINDOW, State, Step
from impasto.painted import Painted, Position, Progress, Record
from impasto.recipe import Recipe
from impasto.settings import KNOBS, Settings
from impasto.tables import OPTIMIZERS

FORMAT = "impasto checkpoint 1"
_TYPES = {torch.float32: "F32", torch.float64: "F64"}

MACHINE = ("device", "precision", "threads", "tile")
"""What the machine chooses if nobody does: a run that goes on keeps the choices it began with."""

FREE = {
    "plan",
    "iterations",
    "levels",
    "converge",
    "memory",
    "bits",
    "keep_alpha",
    "init",
    "weights",
}
"""Settings that may differ when a run goes on: how long it runs, what is written, and the names of
files, whose contents are compared instead."""


def checkpoint_path(output: Path) -> Path:
    """Return where the checkpoint of a picture lies.

    Example:
        >>> checkpoint_path(Path("out/tree.png")).name
        'tree.checkpoint.safetensors'
    """
    return output.with_name(f"{output.stem}.checkpoint.safetensors")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """An interrupted run.

    Attributes:
        recipe: Settings and inputs that it was painted with.
        position: Where it stands.
        history: The losses of every evaluation so far.
        notes: What went wrong so far.
        path: The file it was read from, for messages.
    """

    recipe: Recipe
    position: Position
    history: list[Record]
    notes: list[str]
    path: Path

    def adopt(self, settings: Settings) -> Settings:
        """Return settings in which choices left to the machine are those of the checkpoint."""
        old = self.recipe.settings
        left = {k: getattr(old, k) for k in MACHINE if getattr(settings, k) is None}
        return settings.replace(**left)

    def resume(self, job: Job) -> Painted:
        """Return the painting as far as it has come; its job goes on at the checkpoint's position.

        Sizes that are finished stay as they are; the present and later ones follow the new plan.

        Raises:
            CheckpointError: If the checkpoint is of another version, picture or settings.
        """
        self._check(job)
        level, state = self.position.level, self.position.state
        counts: dict[int, int] = {}
        for record in self.history:
            counts[record.size] = counts.get(record.size, 0) + 1
        done = tuple((size, counts[size]) for size, _ in job.settings.plan[:level])
        plan = (*done, *job.settings.plan[level:])
        settings = job.settings.replace(plan=plan, levels=len(plan), iterations=plan[-1][1])
        job = replace(job, settings=settings, recipe=replace(job.recipe, settings=settings))
        painted = Painted(job, list(self.history), list(self.notes))
        if state.best is not None:
            step = replace(state.best, index=state.index, seconds=state.seconds)
            painted.last = Progress(job, level, step, self.position.before, state)
        return painted

    def _check(self, job: Job) -> None:
        """Raise CheckpointError unless the job is the checkpoint's, run for as long or longer."""
        old, new = self.recipe, job.recipe
        if old.version != new.version:
            raise self._refuse(f"is of Impasto {old.version}, and this is {new.version}")
        for what in ("content", "styles", "init", "weights"):
            if _digests(getattr(old, what)) != _digests(getattr(new, what)):
                raise self._refuse(f"was made from another file for '{what}'")
        for name in KNOBS:
            was, given = getattr(old.settings, name), getattr(new.settings, name)
            if name not in FREE and was != given:
                raise self._refuse(f"was made with {name} {was}, and now it is {given}")
        level, index = self.position.level, self.position.state.index
        begun, planned = old.settings.plan[: level + 1], new.settings.plan[: level + 1]
        sizes, asked = ([size for size, _ in plan] for plan in (begun, planned))
        if sizes != asked:
            raise self._refuse(f"was painting the sizes {sizes}, and now they are {asked}")
        if planned[-1][1] < index:
            raise self._refuse(f"has {index} evaluations at {sizes[-1]} pixels already, and now "
                               f"there shall be {planned[-1][1]}")  # fmt: skip

    def _refuse(self, reason: str) -> CheckpointError:
        return CheckpointError(
            f"'{self.path}' {reason}: give the same pictures and settings as before, or leave out "
            "--resume to begin anew."
        )


def _digests(inputs: Any) -> list[str | None]:
    listed = inputs if isinstance(inputs, tuple) else (inputs,)
    return [each and each.sha256 for each in listed]


def write_checkpoint(path: Path, painted: Painted) -> None:
    """Write where a painting stands, atomically: an older checkpoint stays until this one is whole.

    Raises:
        OSError: If it cannot be written; nothing is left behind then.
    """
    assert painted.last is not None
    position = painted.last.position
    values, tensors = _pack(position.state)
    values |= {"format": FORMAT, "level": position.level, "before": position.before,
               "recipe": painted.job.recipe.to_json(), "notes": painted.notes,
               "history": [asdict(record) for record in painted.history]}  # fmt: skip
    # One name, so that runs that are killed while writing leave one such file and not many.
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            for part in _encode(tensors, values):
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _pack(state: State) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return the numbers and the tensors of a loop's state."""
    best, memory = state.best, state.optimizer.state()
    assert best is not None
    tensors = {"image": state.image, "best": best.image}
    tensors |= {f"optimizer {k}": v for k, v in memory.items() if isinstance(v, Tensor)}
    numbers = {k: v for k, v in memory.items() if not isinstance(v, Tensor)}
    values = {
        "optimizer": numbers,
        "index": state.index,
        "seconds": state.seconds,
        "improved": state.improved,
        "divergences": state.divergences,
        "recent": list(state.recent),
        "best": {"index": best.index, "total": best.total, "parts": best.parts,
                 "seconds": best.seconds},
    }  # fmt: skip
    return values, tensors


def _encode(tensors: dict[str, Tensor], values: dict[str, Any]) -> Iterator[bytes]:
    """Yield a safetensors file piece by piece, so that there is never a second copy of it all.

    Tensors that share their memory are written once. Source: the format's own description.
    """
    first: dict[tuple[int, int], str] = {}
    same = {name: first.setdefault((t.data_ptr(), t.numel()), name) for name, t in tensors.items()}
    kept = {name: tensors[name] for name in first.values()}
    values |= {"same": same, "shapes": {name: list(t.shape) for name, t in tensors.items()}}
    values["channels_last"] = [name for name, t in tensors.items() if _is_channels_last(t)]
    header: dict[str, Any] = {"__metadata__": {"impasto": json.dumps(values)}}
    end = 0
    for name, tensor in kept.items():
        begin, end = end, end + tensor.nbytes
        shape, kind = list(tensor.shape), _TYPES[tensor.dtype]
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    yield len(text).to_bytes(8, "little") + text
    for tensor in kept.values():
        yield tensor.detach().cpu().contiguous().numpy().tobytes()


def _is_channels_last(tensor: Tensor) -> bool:
    return tensor.dim() == 4 and not tensor.is_contiguous()


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        CheckpointError: If the file is damaged, or no checkpoint of this version.
    """
    try:
        with safe_open(path, "pt") as file:
            values = json.loads((file.metadata() or {})["impasto"])
            if values["format"] != FORMAT:
                raise ValueError(f"its format is {values['format']}")
            recipe = Recipe.from_json(values["recipe"])
            tensors = _tensors(file, values, recipe.settings.device)
        return Checkpoint(
            recipe,
            Position(values["level"], values["before"], _unpack(values, tensors, recipe.settings)),
            [Record(**record) for record in values["history"]],
            values["notes"],
            path,
        )
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, UsageError) as error:
        raise CheckpointError(
            f"'{path}' cannot be continued ({error or type(error).__name__}): it must be a whole "
            f"checkpoint of Impasto {__version__}; leave out --resume to begin anew."
        ) from None


def _tensors(file: Any, values: Mapping[str, Any], device: str) -> dict[str, Tensor]:
    # Cloned: what is read may lie anywhere in the file, and the order in which a processor adds
    # up a vector, and so the last bit of the sum, can depend on how its memory is aligned.
    kept = {name: file.get_tensor(name).clone().to(device) for name in file.keys()}  # noqa: SIM118
    found = {}
    for name, original in values["same"].items():
        tensor = kept[original].view(values["shapes"][name])
        if name in values["channels_last"]:
            tensor = tensor.contiguous(memory_format=torch.channels_last)
        found[name] = tensor
    return found


def _unpack(values: Mapping[str, Any], tensors: dict[str, Tensor], settings: Settings) -> State:
    """Return the loop's state, with an optimizer that remembers what it has learned."""
    optimizer = OPTIMIZERS[settings.optimizer].load()(settings.learning_rate, settings.history)
    memory: dict[str, Any] = dict(values["optimizer"])
    for name, tensor in tensors.items():
        if name.startswith("optimizer "):
            memory[name.removeprefix("optimizer ")] = tensor
    optimizer.restore(memory)
    best, image = values["best"], tensors["best"]
    return State(
        tensors["image"],
        optimizer,
        values["index"],
        values["seconds"],
        Step(image=image, best=image, best_total=best["total"], **best),
        values["improved"],
        values["divergences"],
        deque(values["recent"], maxlen=WINDOW + 1),
    )
