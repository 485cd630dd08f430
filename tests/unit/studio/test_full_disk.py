"""A full disk loses no finished picture, and the page says what is missing."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from impasto import images
from impasto.errors import PictureError
from impasto.job import Recipe
from impasto.studio import files, worker
from impasto.studio.choices import strip
from impasto.studio.stage import finished
from impasto.studio.store import Store
from impasto.studio.tasks import TaskState
from impasto.studio.views import sentence
from tests.support.studio import wait_for


@pytest.fixture
def fill(monkeypatch) -> Callable[..., None]:
    """Let the disk be full for files of some names."""

    def make(full: Callable[[Path], bool]) -> None:
        def refuse(path: Path) -> None:
            if full(path):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

        def write(path, *arguments, write=images.write, **more):
            try:
                refuse(Path(path))
            except OSError as error:
                raise images.unwritable(Path(path), error) from error
            write(path, *arguments, **more)

        def replacing(path, replacing=files.replacing):
            refuse(path)
            return replacing(path)

        monkeypatch.setattr(images, "write", write)
        monkeypatch.setattr(files, "replacing", replacing)

    return make


def painted(studio, task):
    studio.worker.start()
    wait_for(lambda: task.state.final)
    return task


def test_a_picture_is_listed_once_its_png_is_there(studio, ask, fill):
    fill(lambda path: path.suffix in (".jpg", ".json"))
    task = painted(studio, ask())
    assert task.state is TaskState.DONE
    assert studio.store.latest(5) == [task.entry]
    assert "kept in full resolution, but there was no room" in sentence(task)
    png = studio.store.picture(task.entry).name
    assert png in finished(studio.store, task.entry)
    assert png in strip([task.entry], studio.store)
    assert [path.name for path in studio.store.folder.iterdir()] == [png]


def test_after_a_restart_it_is_still_listed_and_can_be_continued(studio, ask, fill):
    fill(lambda path: path.suffix in (".jpg", ".json"))
    before = painted(studio, ask()).entry
    (entry,) = Store(studio.store.folder).latest(5)
    for name in ("name", "content", "styles", "width", "height", "evaluations"):
        assert getattr(entry, name) == getattr(before, name)


def test_a_picture_that_does_not_fit_is_kept_elsewhere_and_the_page_says_where(
    studio, ask, fill, tmp_path, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fill(lambda path: path.is_relative_to(studio.folder))
    task = painted(studio, ask())
    assert task.state is TaskState.FAILED
    (kept,) = tmp_path.glob("impasto-*/*.png")
    assert f"the picture is kept in '{kept}'" in task.sentence
    assert Recipe.of_picture(kept).settings.iterations == 2
    assert studio.store.latest(5) == []


def test_where_nothing_can_be_written_the_sentence_says_why(studio, ask, fill):
    fill(lambda path: True)
    task = painted(studio, ask())
    assert task.state is TaskState.FAILED
    assert "No space left" in task.sentence


def test_an_error_and_a_full_disk_are_both_told(studio, ask, fill, tmp_path, monkeypatch):
    def breaks(job, run=worker.run, **more):
        yield next(run(job, **more))
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(worker, "run", breaks)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fill(lambda path: path.is_relative_to(studio.folder))
    task = painted(studio, ask())
    assert task.sentence.startswith("there is not enough memory")
    assert "the picture is kept in" in task.sentence


def test_json_that_does_not_fit_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PictureError, match="cannot be written"):
        files.write_json(tmp_path / "a.json", {})
    assert list(tmp_path.iterdir()) == []


def test_samples_can_be_chosen_on_a_full_disk(studio, fill):
    fill(lambda path: True)
    for kind in ("photograph", "painting"):
        assert all(one.path.is_file() for one in studio.inputs.samples(kind))
