"""A studio without a page, and pictures that people have sent to it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from impasto.studio.inputs import Upload
from impasto.studio.studio import Studio
from impasto.studio.tasks import Task
from tests.support.studio import SMALL, upload


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    made = Studio(tmp_path / "studio")
    yield made
    made.worker.close()


@pytest.fixture
def pair(studio: Studio, photograph: Path, painting: Path) -> tuple[Upload, Upload]:
    return upload(studio, photograph), upload(studio, painting)


@pytest.fixture
def ask(studio: Studio, pair: tuple[Upload, Upload]) -> Callable[..., Task]:
    """Ask for a small picture, as a page does."""

    def make(session: str = "a", **changes: object) -> Task:
        photo, style = pair
        task = Task(session, photo, (style,), SMALL.replace(**changes), store=studio.store)
        studio.worker.ask(task)
        return task

    return make
