"""Pictures for every test, and a machine that behaves the same everywhere."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, settings
from PIL import Image

from impasto.plugins import tables
from impasto.registry import LEARNING_RATES
from tests.scenes import scene, strokes

# Whoever fails in what tests share is told as much as elsewhere.
pytest.register_assert_rewrite("tests.support")

# On a busy machine, one example may take any time.
settings.register_profile(
    "impasto", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("impasto")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Small pictures are slower on many threads than on one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session", autouse=True)
def heard_interrupts() -> Iterator[None]:
    """Let the commands that tests start hear signals.

    A shell starts a background job with SIGINT ignored, ``nohup`` any with SIGHUP, and children
    inherit that; a handler they do not.
    """
    before = {signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler)}
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, lambda number, frame: None)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(scene(64, 48)).save(path)
    return path


@pytest.fixture
def painting(tmp_path: Path) -> Path:
    path = tmp_path / "painting.jpg"
    Image.fromarray(strokes(60, 70)).save(path, quality=95)
    return path


@pytest.fixture
def forget_plugins() -> Iterator[Callable[[], None]]:
    """A function that takes out what plugins have registered; it is called at the end, too."""
    everything = [*tables.TABLES.values(), LEARNING_RATES, tables._owners]
    before = [dict(table) for table in everything]

    def forget() -> None:
        for table, rows in zip(everything, before, strict=True):
            table.clear()
            table.update(rows)

    yield forget
    forget()
