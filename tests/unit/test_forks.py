"""Work in other processes: a sentence where it would hang, and what the sentence recommends."""

from __future__ import annotations

import multiprocessing
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

import impasto
from impasto.errors import UsageError
from impasto.images import as_picture, read, write

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="who forks by default")

PATIENCE = 60.0
SENTENCE = "start processes with the method 'spawn'"


@pytest.fixture(autouse=True)
def forking() -> Iterator[None]:
    """Let Python not warn of what is tried here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        yield


def answer_of(function: Callable[[], object]) -> str:
    """Return what a forked process says about a function, whose result is there in time."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()

    def report() -> None:
        try:
            theirs.send(repr(function()))
        except Exception as error:
            theirs.send(f"{type(error).__name__}: {error}")

    process = context.Process(target=report)
    process.start()
    try:
        assert ours.poll(PATIENCE), "the child hangs"
        return str(ours.recv())
    finally:
        process.kill()
        process.join()


def test_a_forked_process_does_not_wait_for_the_threads_of_libvips(photograph: Path):
    picture = read(photograph)
    again = photograph.with_name("again.png")
    pillow = Image.fromarray(np.zeros((16, 16, 3), np.uint8))
    for function in (
        lambda: read(photograph).rgb.shape,
        lambda: write(again, picture.rgb),
        lambda: as_picture(pillow).rgb.shape,
        lambda: impasto.stylize(photograph, photograph, size=16, iterations=1),
    ):
        assert SENTENCE in answer_of(function)
    assert not again.exists()
    # Arrays need no libvips.
    assert answer_of(lambda: as_picture(picture.rgb).rgb.shape) == repr(picture.rgb.shape)


def test_a_forked_process_does_not_wait_for_the_threads_of_torch():
    array = np.linspace(0, 1, 24 * 24 * 3, dtype=np.float32).reshape(24, 24, 3)

    def mean(threads: int) -> float:
        fast = {"size": 24, "levels": 1, "iterations": 1, "style_layers": "relu1_1"}
        return float(impasto.stylize(array, array, threads=threads, **fast).rgb.mean())

    before = torch.get_num_threads()
    try:
        expected = mean(threads=2)
        said = answer_of(lambda: mean(threads=2))
        assert SENTENCE in said
        assert "or paint with threads=1" in said
        assert float(answer_of(lambda: mean(threads=1))) == pytest.approx(expected, abs=1e-3)
    finally:
        torch.set_num_threads(before)


def test_workers_of_concurrent_futures_say_it_and_spawned_ones_read(photograph: Path):
    expected = read(photograph).rgb
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
        reading = pool.submit(read, photograph)
        with pytest.raises(UsageError, match=SENTENCE):
            reading.result(PATIENCE)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        assert np.array_equal(pool.submit(read, photograph).result(PATIENCE).rgb, expected)


class Pictures(Dataset):
    """A file of a picture, often."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> torch.Tensor:
        return torch.from_numpy(read(self.path).rgb)


def test_workers_of_a_data_loader_say_it(photograph: Path):
    read(photograph)
    workers = {"num_workers": 1, "timeout": PATIENCE}
    with pytest.raises(UsageError, match=SENTENCE):
        next(iter(DataLoader(Pictures(photograph), multiprocessing_context="fork", **workers)))
