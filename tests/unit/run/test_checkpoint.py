"""A checkpoint leads to the very same images, and is refused where it would lead to others."""

import errno
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from impasto.errors import CheckpointError
from impasto.job.prepare import prepare
from impasto.job.recipe import Recipe
from impasto.run.checkpoint_file import checkpoint_path, read_checkpoint, write_checkpoint
from impasto.run.result import Painted
from impasto.settings import Settings
from impasto.transfer import paint

SETTINGS = Settings(size=32, plan="24:4,32:6", init="noise", init_noise=0.5, precision="float32")


def begin(photograph, painting, settings=SETTINGS):
    return Painted(prepare(photograph, painting, settings))


def follow(painted, count=None, path=None):
    """Paint ``count`` more evaluations, and write a checkpoint after the last of them."""
    position = painted.last.position if painted.last else None
    for number, progress in enumerate(paint(painted.job, position), start=1):
        painted.add(progress)
        if number == count:
            write_checkpoint(path, painted)
            break
    return painted


@pytest.fixture
def path(tmp_path) -> Path:
    return checkpoint_path(tmp_path / "out.png")


@pytest.mark.parametrize("optimizer", ["lbfgs", "lbfgs-wolfe", "lbfgsb", "adam"])
@pytest.mark.parametrize("count", [1, 4, 7, 10])
def test_a_run_goes_on_to_the_same_pixels(photograph, painting, path, optimizer, count):
    settings = SETTINGS.replace(optimizer=optimizer)
    whole = follow(begin(photograph, painting, settings))
    follow(begin(photograph, painting, settings), count, path)
    resumed = read_checkpoint(path).resume(prepare(photograph, painting, settings))
    assert len(resumed.history) == count
    follow(resumed)
    assert (resumed.rgb == whole.rgb).all()
    assert [r.total for r in resumed.history] == [r.total for r in whole.history]
    assert [r.index for r in resumed.history] == list(range(1, 11))
    assert resumed.settings == whole.settings


@pytest.mark.parametrize("optimizer", ["lbfgs", "lbfgs-wolfe"])
@pytest.mark.parametrize("count", [1, 2, 5, 8, 12, 15])
def test_it_goes_on_within_continuation_and_between_its_stages(
    photograph, painting, path, optimizer, count
):
    settings = SETTINGS.replace(optimizer=optimizer, plan="32:20", continuation=15)
    whole = follow(begin(photograph, painting, settings))
    part = follow(begin(photograph, painting, settings), count, path)
    assert part.last.state.stage == {1: 0, 2: 1, 5: 2, 8: 2, 12: 3, 15: 3}[count]
    resumed = follow(read_checkpoint(path).resume(prepare(photograph, painting, settings)))
    assert (resumed.rgb == whole.rgb).all()
    assert [r.total for r in resumed.history] == [r.total for r in whole.history]


def test_an_interrupted_run_with_continuation_repeats_as_painted(photograph, painting, path):
    settings = SETTINGS.replace(plan="32:60", continuation=None)
    part = follow(begin(photograph, painting, settings), 20, path)
    assert part.settings.continuation == 45
    again = follow(begin(photograph, painting, part.settings))
    assert (again.rgb == part.rgb).all()


def test_it_holds_the_layout_of_tensors_and_those_that_are_the_same(photograph, painting, path):
    painted = follow(begin(photograph, painting), 3, path)
    state = painted.last.state
    state.image = state.best.image.contiguous(memory_format=torch.channels_last)
    write_checkpoint(path, painted)
    read = read_checkpoint(path).position.state
    assert read.image.stride() == state.image.stride()
    assert torch.equal(read.image, state.image)
    assert torch.equal(read.best.image, state.best.image)
    state.image = state.best.image
    write_checkpoint(path, painted)
    again = read_checkpoint(path).position.state
    assert again.image is again.best.image or torch.equal(again.image, again.best.image)


def test_choices_left_to_the_machine_are_those_of_the_checkpoint(photograph, painting, path):
    follow(begin(photograph, painting, SETTINGS.replace(tile=0)), 2, path)
    checkpoint = read_checkpoint(path)
    adopted = checkpoint.adopt(SETTINGS.replace(precision=None))
    assert (adopted.precision, adopted.tile, adopted.threads) == ("float32", 0, 1)
    assert checkpoint.adopt(SETTINGS.replace(tile=512)).tile == 512


def test_a_finished_run_can_be_continued(photograph, painting, path):
    follow(begin(photograph, painting), 10, path)
    longer = SETTINGS.replace(plan="24:9,32:11")
    resumed = follow(read_checkpoint(path).resume(prepare(photograph, painting, longer)))
    whole = follow(begin(photograph, painting, SETTINGS.replace(plan="24:4,32:11")))
    assert resumed.settings.plan == ((24, 4), (32, 11))  # the coarse size stays as it was
    assert (resumed.rgb == whole.rgb).all()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"style_weight": 7}, "was made with style_weight 100.0, and now it is 7.0"),
        ({"seed": 1}, "seed 0, and now it is 1"),
        ({"size": 40, "plan": "24:4,40:6"}, "size 32"),
        ({"plan": "20:4,32:6"}, r"was painting the sizes \[24, 32\], and now they are \[20, 32\]"),
        ({"plan": "24:4,32:2"}, "has 3 evaluations at 32 pixels already"),
        ({"precision": "float64"}, "precision float32"),
    ],
)
def test_other_settings_are_refused(photograph, painting, path, changes, reason):
    follow(begin(photograph, painting), 7, path)
    with pytest.raises(CheckpointError, match=reason) as caught:
        read_checkpoint(path).resume(prepare(photograph, painting, SETTINGS.replace(**changes)))
    assert str(caught.value).count(". ") == 0
    assert "--resume" in str(caught.value)


def test_other_pictures_and_versions_are_refused(photograph, painting, path, monkeypatch):
    follow(begin(photograph, painting), 2, path)
    with pytest.raises(CheckpointError, match="another file for 'content'"):
        read_checkpoint(path).resume(prepare(painting, painting, SETTINGS))
    with pytest.raises(CheckpointError, match="another file for 'styles'"):
        read_checkpoint(path).resume(prepare(photograph, [painting, painting], SETTINGS))
    read = read_checkpoint(path)
    object.__setattr__(read.recipe, "version", "0.0.1")
    with pytest.raises(CheckpointError, match=r"is of Impasto 0\.0\.1"):
        read.resume(prepare(photograph, painting, SETTINGS))


def test_what_runs_longer_or_writes_otherwise_is_no_difference(photograph, painting, path):
    follow(begin(photograph, painting), 2, path)
    other = SETTINGS.replace(plan="24:40,32:60", bits=16, converge=0.1)
    checkpoint = read_checkpoint(path)
    settings = checkpoint.adopt(other)
    assert settings.continuation == 0  # as it began
    assert checkpoint.resume(prepare(photograph, painting, settings)).last is not None


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "garbled"])
def test_a_damaged_file_is_one_sentence(photograph, painting, path, damage):
    follow(begin(photograph, painting), 2, path)
    data = path.read_bytes()
    garbled = data.replace(b"recipe", b"recibe", 1)
    bad = {"cut": data[:-100], "empty": b"", "text": b"x" * 99, "garbled": garbled}
    path.write_bytes(bad[damage])
    with pytest.raises(CheckpointError, match="cannot be continued") as caught:
        read_checkpoint(path)
    assert "\n" not in str(caught.value)


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
        {"s 0": None},
        {"gradient": None},
    ],
    ids=str,
)
def test_a_damaged_memory_of_the_optimizer_is_one_sentence(photograph, painting, path, damage):
    painted = follow(begin(photograph, painting), 7, path)
    optimizer = painted.last.state.optimizer
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
    follow(begin(photograph, painting), 2, path)
    read = Recipe.from_json

    def elsewhere(text):
        recipe = read(text)
        return replace(recipe, settings=recipe.settings.replace(device="cuda"))

    monkeypatch.setattr(Recipe, "from_json", elsewhere)
    with pytest.raises(CheckpointError, match=r"cannot be continued .*CUDA"):
        read_checkpoint(path)


def test_a_disk_that_fills_leaves_the_old_checkpoint(photograph, painting, path, monkeypatch):
    painted = follow(begin(photograph, painting), 2, path)
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
