"""Pictures painted by version 0.1.0 repeat: every option, key and row that it knew has its meaning.

`painted_by_0_1_0` holds what that version wrote, with a mask that it painted from; its other inputs
are the samples. On the machine that painted them they repeated bit for bit after the spine was
rewritten. Processors differ in the last bits, and the optimizer enlarges these differences.
"""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from impasto import images, samples
from impasto.backbones.weights import FIRST_POCKET
from impasto.cli import cli
from impasto.errors import PictureError
from impasto.job import Recipe

PATHS = ("content_mask", "style_mask", "fine_style", "init", "weights")
"""Settings that name files, which lie elsewhere now; the recipe compares their contents."""

FOLDER = Path(__file__).with_name("painted_by_0_1_0")
FIRST_NETWORK = Path(__file__).parents[2] / "training" / "pocket-0.1.0.safetensors"
PICTURES = sorted(path.stem for path in FOLDER.glob("*.png") if path.stem != "mask")


def test_there_are_pictures_of_every_kind():
    assert len(PICTURES) == 7


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    """To repeat a picture sets the threads that it was painted with."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", PICTURES)
def test_it_repeats(name: str, tmp_path: Path):
    for file in (FOLDER / f"{name}.png", FOLDER / "mask.png"):
        shutil.copy(file, tmp_path)
    shutil.copy(FIRST_NETWORK, tmp_path / "pocket.safetensors")
    for sample in (
        *map(samples.photograph, samples.PHOTOGRAPHS),
        *map(samples.painting, samples.PAINTINGS),
    ):
        shutil.copy(sample, tmp_path)
    old, new = tmp_path / f"{name}.png", tmp_path / "new.png"
    cli.main(["repeat", str(old), "-o", str(new), "--quiet"], standalone_mode=False)
    before, after = (images.read(path).rgb for path in (old, new))
    assert before.shape == after.shape
    assert np.abs(before - after).mean() < 0.01
    was, now = (Recipe.of_picture(path) for path in (old, new))
    assert was.version == "0.1.0"
    for setting, value in was.settings.to_dict().items():
        if setting not in PATHS:
            assert getattr(now.settings, setting) == value, setting


def test_without_the_network_that_painted_it_one_sentence_says_where_it_is(tmp_path: Path):
    old = tmp_path / "texture.png"
    shutil.copy(FOLDER / old.name, old)
    for sample in map(samples.painting, samples.PAINTINGS):
        shutil.copy(sample, tmp_path)
    with pytest.raises(PictureError, match=r"by the pocket network of .*pocket-0.1.0.safetensors"):
        cli.main(["repeat", str(old), "--quiet"], standalone_mode=False)
    assert hashlib.sha256(FIRST_NETWORK.read_bytes()).hexdigest() == FIRST_POCKET


def test_another_picture_is_told_apart(tmp_path: Path):
    one, other = (images.read(FOLDER / f"{name}.png").rgb for name in ("photoreal", "texture"))
    rows, columns = (min(pair) for pair in zip(one.shape[:2], other.shape[:2], strict=True))
    assert np.abs(one[:rows, :columns] - other[:rows, :columns]).mean() > 0.05
