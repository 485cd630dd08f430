"""Part: every reader under damaged files. It reads them, or says in a sentence that it cannot."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random

import click
import numpy as np

from impasto import images
from impasto.backbones.weights import check_file
from impasto.cli import cli
from impasto.controls import masks
from impasto.errors import UsageError
from impasto.images import FloatArray
from impasto.job import Recipe, prepare
from impasto.plugins import load, tables
from impasto.registry import LEARNING_RATES
from impasto.run import run
from impasto.run.checkpoint_file import read_checkpoint
from impasto.settings import Settings
from impasto.sweeps import Report, make_sweep
from impasto.sweeps.cells import FOLDER
from impasto.sweeps.store import read_result
from tests.torture.mutants import mutant
from tests.torture.originals import NETWORK, PAINTED, Photograph, originals_in
from tests.torture.watched import Case, refusal

MOST_PIXELS = 10**6
"""What pictures may claim to have: a damaged file may well be a sound and large one."""


class Readers:
    """Damages an original, and reads it: the part's cases.

    Every kind of files comes as often as every other, but for pictures, which come as often as all
    others together.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed
        originals = originals_in(folder)
        self.pair = Photograph(originals / "pair")
        self.readers: dict[str, Callable[[Path], object]] = {
            "picture": read_picture,
            "mask": self.read_mask,
            "painting": read_painting,
            "recipe": read_recipe,
            "checkpoint": self.read_checkpoint,
            "weights": partial(check_file, backbone=NETWORK),
            "plugin": read_plugin,
            "cell": self.read_cell,
        }
        self.files = {kind: sorted((originals / kind).iterdir()) for kind in self.readers}
        self.job = prepare(str(self.pair.content), str(self.pair.style), Settings(**PAINTED))
        self.sweep = make_sweep(
            str(self.pair.content), [str(self.pair.style)], PAINTED, ["style_weight=1,2"]
        )
        self.store = originals / "sweep"

    def __call__(self, case: int) -> str:
        """Try one damaged file; it stays where it is if it makes the reader fail."""
        random = Random(f"readers {self.seed} {case}")
        kinds = list(self.readers)
        kind = "picture" if random.random() < 0.5 else random.choice(kinds[1:])
        original, other = random.choice(self.files[kind]), random.choice(self.files[kind])
        damaged = self.folder / "failing" / f"readers-{self.seed}-{case}{original.suffix}"
        damaged.parent.mkdir(exist_ok=True)
        damaged.write_bytes(mutant(original.read_bytes(), other.read_bytes(), random))
        try:
            self.readers[kind](damaged)
            word = f"{kind}: read"
        except UsageError as error:
            refusal(error)
            word = f"{kind}: refused"
        damaged.unlink()
        return word

    def read_mask(self, path: Path) -> None:
        """Find the regions of a mask."""
        mask = images.read(path, MOST_PIXELS)
        content, style = images.read(self.pair.content), images.read(self.pair.style)
        for region in masks.regions([mask], [], content, [style]):
            check_unit(region.content)

    def read_checkpoint(self, path: Path) -> None:
        """Read a checkpoint, and go on from it."""
        checkpoint = read_checkpoint(path)
        optimizer, history = checkpoint.settings.optimizer, checkpoint.settings.history
        settings = Settings(**{**PAINTED, "plan": "16:4"}, optimizer=optimizer, history=history)
        settings = checkpoint.adopt(settings)
        job = prepare(str(self.pair.content), str(self.pair.style), settings, self.job)
        for result in run(job, checkpoint=checkpoint):
            check_unit(result.rgb)

    def read_cell(self, path: Path) -> None:
        """Read the numbers of cells, and write the report of what could be read."""
        for cell in self.sweep.cells:
            (self.store / FOLDER / f"{cell.name}.json").write_bytes(path.read_bytes())
        results = [read_result(self.store, cell, {}) for cell in self.sweep.cells]
        found = [result for result in results if result is not None]
        if not found:
            raise UsageError("the cells are painted again.")
        Report(self.sweep, self.store, found).write()


def check_unit(values: FloatArray) -> None:
    """Raise AssertionError unless all numbers are in [0, 1]."""
    assert np.isfinite(values).all()
    assert values.min() >= 0
    assert values.max() <= 1


def read_picture(path: Path) -> None:
    """Read a picture, and what is embedded in it."""
    check_unit(images.read(path, MOST_PIXELS).rgb)
    images.read_settings(path)


def read_painting(path: Path) -> None:
    """Tell how a picture was painted, as a command and as the library."""
    quietly(["info", str(path)])
    Recipe.of_picture(path)


def read_recipe(path: Path) -> None:
    """Read a recipe as it stands in a picture."""
    Recipe.from_json(path.read_bytes().decode("utf-8", "surrogateescape"))


def read_plugin(path: Path) -> None:
    """Load a plugin, and forget it."""
    everything: Sequence[dict] = [*tables.TABLES.values(), LEARNING_RATES, tables._owners]
    before = [dict(table) for table in everything]
    try:
        with warnings.catch_warnings(action="ignore", category=SyntaxWarning):  # for its author
            load(path)
    finally:
        for table, rows in zip(everything, before, strict=True):
            table.clear()
            table.update(rows)


def quietly(arguments: list[str]) -> None:
    """Run a command in this process; what it prints goes nowhere."""
    from contextlib import redirect_stderr, redirect_stdout
    from io import StringIO

    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        try:
            cli.main(arguments, standalone_mode=False)
        except click.ClickException as error:
            raise UsageError(error.format_message()) from error


def cases(folder: Path, seed: int) -> Case:
    """Return the part's cases."""
    return Readers(folder, seed)
