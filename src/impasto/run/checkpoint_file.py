"""Checkpoints as files: written atomically, and read to go on to the very same pixels.

A checkpoint is one safetensors file. Its tensors are the next image, the best image and what the
optimizer remembers; its metadata are the recipe, the numbers of the loop and the history, as JSON.
Nothing else enters a run after its start: the noise of the start is drawn from the recipe's seed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from impasto._version import __version__
from impasto.errors import CheckpointError, PluginError, UsageError, printable
from impasto.filesystem import check_regular, replacing
from impasto.job import Recipe
from impasto.optimize import Partition, State, Step
from impasto.registry import OPTIMIZERS
from impasto.run.checkpoint import Checkpoint
from impasto.run.checkpoint_fields import (
    COUNTS,
    MEASURES,
    check_together,
    count,
    entries,
    measure,
    measures,
    step,
    text,
)
from impasto.run.result import Result
from impasto.settings import ResolvedSettings

FORMAT = "impasto checkpoint 6"
WRONG = (SafetensorError, OSError, UsageError, ValueError, KeyError, TypeError, AttributeError,
         OverflowError, RuntimeError, AssertionError)  # fmt: skip
"""What reading may raise if a file is damaged, or of a device that is not there."""

Tensors = Callable[[Any, Mapping[str, Any], str], dict[str, Tensor]]
"""Returns tensors by name, of an open file, its numbers, and the device that they go to."""

_TYPES = {torch.bfloat16: "BF16", torch.float32: "F32", torch.float64: "F64"}


def checkpoint_path(output: Path) -> Path:
    """Return where the checkpoint of a picture lies.

    Example:
        >>> checkpoint_path(Path("out/tree.png")).name
        'tree.png.checkpoint.safetensors'
    """
    return output.with_name(f"{output.name}.checkpoint.safetensors")


def former_checkpoint_path(output: Path) -> Path:
    """Return where it lay when pictures of one stem shared a checkpoint: it is still read."""
    return output.with_name(f"{output.stem}.checkpoint.safetensors")


def write_checkpoint(path: Path, result: Result) -> None:
    """Write where a painting stands, atomically: an older checkpoint stays until this one is whole.

    Raises:
        OSError: If it cannot be written; nothing is left behind then.
    """
    values, tensors = _pack(result.state)
    values |= {"format": FORMAT, "recipe": result.job.recipe.to_json(), "notes": result.notes,
               "history": [_numbers(step) for step in result.history]}  # fmt: skip
    with replacing(path) as file:
        for part in _encode(tensors, values):
            file.write(part)


def _pack(state: State) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return the numbers and the tensors of a loop's state."""
    best, learned = state.best, state.optimizer.state()
    assert best is not None
    tensors = {"image": state.image, "best": best.image}
    tensors |= {f"optimizer {k}": v for k, v in learned.items() if isinstance(v, Tensor)}
    values = {name: getattr(state, name) for name in (*COUNTS, *MEASURES)}
    values |= {
        "optimizer": {k: v for k, v in learned.items() if not isinstance(v, Tensor)},
        "weights": dict(state.weights),
        "recent": list(state.recent),
        "best": _numbers(best),
    }
    return values, tensors


def _numbers(step: Step) -> dict[str, Any]:
    """Return a step without its image."""
    values = {**vars(step), "parts": dict(step.parts), "kinds": dict(step.kinds)}
    del values["image"]
    return values


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
        yield tensor.detach().cpu().flatten().view(torch.uint8).numpy().tobytes()


def _is_channels_last(tensor: Tensor) -> bool:
    return tensor.dim() == 4 and not tensor.is_contiguous()


def read_checkpoint(
    path: Path, tensors_of: Tensors | None = None, partition: Partition | None = None
) -> Checkpoint:
    """Read a checkpoint.

    Args:
        path: The file.
        tensors_of: Reads the tensors; by default all that are in the file.
        partition: How the image is divided; None if it is not.

    Raises:
        CheckpointError: If the file is damaged, or no checkpoint of this version.
        PluginError: If a plugin that it was made with is not loaded.
    """
    try:
        check_regular(path)
        with safe_open(path, "pt") as file:
            values = json.loads((file.metadata() or {})["impasto"])
            if values["format"] != FORMAT:
                raise ValueError(f"its format is {values['format']}")
            recipe = Recipe.from_json(values["recipe"])
            settings = ResolvedSettings.from_dict(recipe.settings.to_dict())
            tensors = (tensors_of or _tensors)(file, values, settings.device)
        state = _unpack(values, tensors, settings, partition)
        no_image = torch.empty(0, device="cpu")
        # They are read here, so that a damaged file is found before the work begins.
        history = [step(numbers, no_image) for numbers in entries(values["history"])]
        check_together(state, history)
        assert state.size in [size for size, _ in settings.plan]
        notes = [printable(text(note)) for note in entries(values["notes"])]
        return Checkpoint(recipe, settings, state, history, notes, path)
    except PluginError:
        raise  # the file is good, and something else is missing
    except WRONG as error:
        raise CheckpointError(
            f"'{path}' cannot be continued ({error or type(error).__name__}): it must be a whole "
            f"checkpoint of Impasto {__version__}; leave out --resume to begin anew."
        ) from None


def _tensors(file: Any, values: Mapping[str, Any], device: str) -> dict[str, Tensor]:
    # Cloned: what is read may lie anywhere in the file, and the order in which a processor adds
    # up a vector, and so the last bit of the sum, can depend on how its memory is aligned.
    kept = {name: _on(device, file.get_tensor(name).clone()) for name in file.keys()}  # noqa: SIM118
    found, channels_last = {}, entries(values["channels_last"])
    for name, original in values["same"].items():
        tensor = kept[original].view(values["shapes"][name])
        if name in channels_last:
            tensor = tensor.contiguous(memory_format=torch.channels_last)
        found[name] = tensor
    return found


def _on(device: str, tensor: Tensor) -> Tensor:
    """Return a tensor on a device, but one in float64 where mps has no such numbers."""
    has_none = tensor.dtype == torch.float64 and device.startswith("mps")
    return tensor if has_none else tensor.to(device)


def _unpack(
    values: Mapping[str, Any],
    tensors: dict[str, Tensor],
    settings: ResolvedSettings,
    partition: Partition | None,
) -> State:
    """Return the loop's state, with an optimizer that remembers what it has learned."""
    divided = () if partition is None else (partition,)
    make = OPTIMIZERS[settings.optimizer].load()
    optimizer = make(settings.learning_rate, settings.history, *divided)
    learned: dict[str, Any] = dict(values["optimizer"])
    measures(learned)
    for name in [name for name in tensors if name.startswith("optimizer ")]:
        # Taken out, so that there is never a second copy of what the optimizer takes over.
        learned[name.removeprefix("optimizer ")] = tensors.pop(name)
    optimizer.restore(learned)
    state = State().begin(tensors["image"], optimizer, weights=measures(values["weights"]))
    vars(state).update({name: count(values[name]) for name in COUNTS})
    vars(state).update({name: measure(values[name]) for name in MEASURES})
    state.best = step(values["best"], tensors["best"])
    state.recent.extend(map(measure, entries(values["recent"])))
    if not state.best.image.isfinite().all():  # the image that comes next may be a step too far
        raise ValueError("its picture has values that are no numbers")
    return state
