"""Checkpoints as files: what is in them, and what is said of those that are damaged."""

import copy
import errno
import json
import math
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from impasto.errors import CheckpointError
from impasto.job import Recipe, prepare
from impasto.run.checkpoint_file import checkpoint_path, read_checkpoint, write_checkpoint
from impasto.settings import Settings
from tests.support.runs import interrupt

SETTINGS = Settings(
    size=32, plan="24:4,32:6", init="noise", init_noise=0.5, precision="float32", backbone="pocket"
)


@pytest.fixture
def path(tmp_path) -> Path:
    return checkpoint_path(tmp_path / "out.png")


def test_it_holds_the_layout_of_tensors_and_those_that_are_the_same(photograph, painting, path):
    painted = interrupt(prepare(photograph, painting, SETTINGS), 3, path)
    state = painted.state
    state.image = state.best.image.contiguous(memory_format=torch.channels_last)
    write_checkpoint(path, painted)
    read = read_checkpoint(path).state
    assert read.image.stride() == state.image.stride()
    assert torch.equal(read.image, state.image)
    assert torch.equal(read.best.image, state.best.image)
    state.image = state.best.image
    write_checkpoint(path, painted)
    again = read_checkpoint(path).state
    assert again.image is again.best.image or torch.equal(again.image, again.best.image)


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "garbled"])
def test_a_damaged_file_is_one_sentence(photograph, painting, path, damage):
    interrupt(prepare(photograph, painting, SETTINGS), 2, path)
    data = path.read_bytes()
    garbled = data.replace(b"recipe", b"recibe", 1)
    bad = {"cut": data[:-100], "empty": b"", "text": b"x" * 99, "garbled": garbled}
    path.write_bytes(bad[damage])
    with pytest.raises(CheckpointError, match="cannot be continued") as caught:
        read_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_a_picture_of_no_numbers_is_one_sentence(photograph, painting, path):
    painted = interrupt(prepare(photograph, painting, SETTINGS), 2, path)
    painted.state.best = replace(painted.state.best, image=painted.state.best.image * torch.nan)
    write_checkpoint(path, painted)
    with pytest.raises(CheckpointError, match="values that are no numbers"):
        read_checkpoint(path)


@pytest.mark.parametrize(
    "damage",
    [
        {"oldest": 9},
        {"oldest": -1},
        {"pairs": 10**10},
        {"pairs": float("inf")},
        {"pairs": 3},
        {"learning_rate": "fast"},
        {"s 1": torch.ones(3)},
        {"y 0": torch.ones(1)},
        {"s 0": 1.0},
        {"products": torch.ones(1, 1, dtype=torch.float64)},
        {"products": 1.0},
        {"measures 0": torch.ones(2, dtype=torch.float64)},
        {"measures 0": torch.tensor([0.0, 1.0, 1.0], dtype=torch.float64)},
        {"measures 1": None},
        {"s 0": None},
        {"gradient": None},
    ],
    ids=str,
)
def test_a_damaged_memory_of_the_optimizer_is_one_sentence(photograph, painting, path, damage):
    painted = interrupt(prepare(photograph, painting, SETTINGS), 7, path)
    optimizer = painted.state.optimizer
    memory = {**optimizer.state(), **damage}
    memory = {name: value for name, value in memory.items() if value is not None}
    optimizer.state = lambda: memory
    write_checkpoint(path, painted)
    with pytest.raises(CheckpointError, match="cannot be continued") as caught:
        read_checkpoint(path)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without CUDA")
def test_a_checkpoint_of_a_device_that_is_not_here_is_one_sentence(
    photograph, painting, path, monkeypatch
):
    interrupt(prepare(photograph, painting, SETTINGS), 2, path)
    read = Recipe.from_json

    def elsewhere(text):
        recipe = read(text)
        return replace(recipe, settings=recipe.settings.replace(device="cuda"))

    monkeypatch.setattr(Recipe, "from_json", elsewhere)
    with pytest.raises(CheckpointError, match=r"cannot be continued .*CUDA"):
        read_checkpoint(path)


def test_a_disk_that_fills_leaves_the_old_checkpoint(photograph, painting, path, monkeypatch):
    painted = interrupt(prepare(photograph, painting, SETTINGS), 2, path)
    before, real = path.read_bytes(), Path.open

    class Limited:
        def __init__(self, file):
            self.file, self.left = file, 2000

        def __enter__(self):
            return self

        def __exit__(self, *exception):
            self.file.close()

        def write(self, data):
            self.left -= len(data)
            if self.left < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return self.file.write(data)

    monkeypatch.setattr(Path, "open", lambda self, *a, **k: Limited(real(self, *a, **k)))
    with pytest.raises(OSError, match="No space"):
        write_checkpoint(path, painted)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir() if file.name.startswith(".")] == []


def places(value, at=()):
    """Yield the way to everything inside JSON values."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inner:
        yield (*at, key)
        if isinstance(each, dict | list):
            yield from places(each, (*at, key))


def with_value(values, place, value):
    changed = copy.deepcopy(values)
    inside = changed
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    return changed


def test_a_field_of_another_kind_is_one_sentence(photograph, painting, path):
    """Or it changes nothing that a run needs: then the run goes on from there."""
    job = prepare(photograph, painting, SETTINGS)
    interrupt(job, 2, path)
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    values = json.loads(header["__metadata__"]["impasto"])
    harmless = set()
    for place in places(values):
        for value in ("text", [], None, 10**400, math.nan):
            changed = with_value(values, place, value)
            header["__metadata__"]["impasto"] = json.dumps(changed)
            text = json.dumps(header).encode()
            path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + size :])
            with suppress(CheckpointError):
                read_checkpoint(path).resume(job)
                harmless.add((*place, str(value)[:4]))
    notes = {("best", "note", "text"), *(("history", at, "note", "text") for at in (0, 1))}
    lists = {("notes", "[]"), ("recent", "[]"), ("channels_last", "[]")}
    assert harmless <= notes | lists
