"""A studio without a page, and pictures that people have sent to it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from impasto.settings.settings import Settings
from impasto.studio.inputs import Input
from impasto.studio.studio import Studio
from impasto.studio.tasks import Task

SMALL = Settings(size=48, iterations=2, precision="float32")


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    made = Studio(tmp_path / "studio")
    yield made
    made.worker.close()


@pytest.fixture
def pair(studio: Studio, photograph: Path, painting: Path) -> tuple[Input, Input]:
    return studio.upload(str(photograph)), studio.upload(str(painting))


@pytest.fixture
def ask(studio: Studio, pair: tuple[Input, Input]) -> Callable[..., Task]:
    """Ask for a small picture, as a page does."""

    def make(session: str = "a", **changes: object) -> Task:
        photo, style = pair
        task = Task(session, photo, (style,), SMALL.replace(**changes))
        studio.worker.ask(task)
        return task

    return make


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
