"""Several people in one studio: what each has is apart, and one worker paints for all."""

from collections.abc import Iterator

import pytest

from impasto.errors import PictureError
from impasto.studio import views
from impasto.studio.studios import Studios
from impasto.studio.tasks import Task
from tests.support.studio import SMALL, upload, wait_for


@pytest.fixture
def studios(tmp_path) -> Iterator[Studios]:
    made = Studios(tmp_path, ["ann", "ben"])
    yield made
    made.worker.close()


def test_what_one_has_painted_and_uploaded_the_other_does_not_see(studios, photograph, painting):
    ann, ben = studios.of("ann"), studios.of("ben")
    photo, style = upload(ann, photograph), upload(ann, painting)
    task = Task("a", photo, (style,), SMALL, store=ann.store)
    studios.worker.start()
    studios.worker.ask(task)
    wait_for(lambda: task.state.final)
    assert [entry.name for entry in ann.store.all()] == [task.entry.name]
    assert ben.store.all() == []
    assert ben.inputs.recent() == []
    with pytest.raises(PictureError, match="not there anymore"):
        ben.choose(photo.name)
    with pytest.raises(PictureError, match="not there anymore"):
        ben.history.show(ben.tabs.of("b"), task.entry.name)


def test_a_queue_tells_of_others_no_titles_and_nobody_adopts_their_pictures(
    studios, photograph, painting
):
    ann, ben = studios.of("ann"), studios.of("ben")
    task = Task("a", upload(ann, photograph), (upload(ann, painting),), SMALL, store=ann.store)
    studios.worker.ask(task)
    tasks = studios.worker.unfinished()
    assert task.title in views.queue(tasks, "x", None, ann.is_own)
    assert "something of somebody else" in views.queue(tasks, "b", None, ben.is_own)
    assert task.title not in views.queue(tasks, "b", None, ben.is_own)
    tab = ben.tabs.of("b")
    ben.adopt(tab)
    assert tab.task is None


def test_the_first_has_the_folder_itself_and_so_has_who_need_not_log_in(studios, tmp_path):
    assert studios.of("ann").folder == Studios(tmp_path).of(None).folder == tmp_path
    assert studios.of("ben").folder == tmp_path / "users" / "ben"
    with pytest.raises(KeyError):
        studios.of("eve")
